"""What a conversation changes in the world. The shell applies these in the turn's own transaction."""

from __future__ import annotations

from dataclasses import dataclass

from .gate import Action
from .keywords import Crisis


@dataclass(frozen=True)
class SetLanguage:
    language: str
    guessed: bool = False
    """Inferred from their words, not asked for: a later choice always wins."""


@dataclass(frozen=True)
class Join:
    """They asked to hear from the school of a keyword. `how` is what they did ("keyword", "start")."""

    school: str
    how: str
    wording: str
    """The version of the words they agreed to, as in the consent log."""


@dataclass(frozen=True)
class Leave:
    """Nothing that we start leaves for this person any more, on any channel."""

    how: str


@dataclass(frozen=True)
class Return:
    """They want to hear from us again."""

    how: str


@dataclass(frozen=True)
class Prefer:
    """They chose what we may begin to text them about. Topics are those of `conversations.topics`."""

    mute: tuple[str, ...] = ()
    hear: tuple[str, ...] = ()
    pause: bool | None = None
    """Two weeks without anything routine from now, or (False) no rest any more; None leaves it as it is."""


@dataclass(frozen=True)
class LinkChat:
    """The phone that texted this code and the chat that showed it are one person from now on. Both hear of it."""

    code: str


@dataclass(frozen=True)
class WriteAt:
    """What we begin goes to their address on this channel."""

    channel: str


@dataclass(frozen=True)
class Unlink:
    """The addresses of this person are one person each again."""


@dataclass(frozen=True)
class StillMe:
    """The address is still theirs."""


@dataclass(frozen=True)
class NotMe:
    """The address is somebody else's now: what we kept of whoever had it is erased, and their consent has ended."""


@dataclass(frozen=True)
class AskForCall:
    """A person of the school shall ring them, or write where they cannot be rung."""

    when: str
    """When it suits them: a key of the list, or their own words."""
    number: str = ""
    """Where to ring, if not at the address itself."""
    why: str = ""
    """One word of ours, never a text of theirs: "language: mixteco", "crisis"."""
    hour: str = ""
    """The key of the hour that is promised (`conversations.replies.calls`), if one is."""


@dataclass(frozen=True)
class CloseCall:
    """A member of staff has rung; the number that was left is forgotten."""

    number: int


@dataclass(frozen=True)
class CountLookUp:
    """Somebody looked for something. Kept without the person."""

    need: str
    zip: str
    results: int
    nearest_miles: float | None = None


@dataclass(frozen=True)
class ShowedHelp:
    """These listings are on the screen, the one they looked at closely first: we may ask once whether it helped."""

    need: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class CountOutcome:
    """Whether it helped. Kept without the person; what they looked for is forgotten with it."""

    answer: str


@dataclass(frozen=True)
class TellStaff:
    """Trained staff must know, now. No text of the person's goes with it."""

    crisis: Crisis


@dataclass(frozen=True)
class Welcome:
    """Somebody the school had brought with it has answered its introduction."""

    wording: str


@dataclass(frozen=True)
class LetGo:
    """The number is somebody else's: nothing that we start goes there any more, and they have no part in a school."""


@dataclass(frozen=True)
class AskForCode:
    """A code for this action goes to the address on file; whoever asks does not see it here."""

    action: Action


@dataclass(frozen=True)
class LockMe:
    """Somebody else used their number: nothing gated passes for them until an operator unlocks it."""


@dataclass(frozen=True)
class Forget:
    """Everything on this address is erased, but for the proof that they agreed or left. The answer to it is the last text."""

    action: Action


@dataclass(frozen=True)
class NoteShown:
    """Somebody was told what is held on their own address."""

    action: Action


@dataclass(frozen=True)
class ForgetChild:
    """A child wrote, and we are for adults: the address and the message are erased. The answer is the last text."""
