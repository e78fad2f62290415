"""What every channel is made of: what it parses to, what it sends, and how a send can fail.

DeliveryError
├── TryLater     provably not sent; worth another try, at `after` seconds if they said when
├── Refused      never: a bad number, a message they will not carry; `gone`: no such number any more
├── PersonLeft   they told the carrier STOP, or blocked the bot
├── Moved        the chat has another id now; send there
├── OurFault     configuration or money: nothing will go out until somebody mends it
└── Unknown      it may have been sent and may not; asked about, never blindly repeated
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from conversations.reply import Pressed

_BUTTON = re.compile(r"([qe]):(0|[1-9][0-9]{0,8}):(0|[1-9][0-9]?)")


@dataclass(frozen=True)
class Received:
    """One message as a provider delivered it.

    `channel` and `provider_id` together name it for ever: the same pair again is the same message.
    """

    channel: str
    """"sms", "telegram" or "phone"."""
    provider_id: str
    address: str
    """Of the sender: "+16615550100", a Telegram chat id, a phone of the page."""
    text: str
    to: str = ""
    """Our own number or bot, where the provider says."""
    sent_at: datetime | None = None
    """When the provider got it, if it says; aware."""
    pressed: Pressed | None = None
    start_with: str = ""
    """What followed /start in a deep link."""
    location: tuple[float, float] | None = None
    """Latitude and longitude in degrees, turned into a ZIP code at once and not kept."""
    media: bool = False
    """A photo, voice message or file came with it, or instead."""
    file: str = ""
    """A text file that came with it, by the provider's name for it. Staff's are read (`bot.attachments`), nobody else's."""
    language: str = ""
    """The app's language tag, a first guess only."""
    answered: bool = False
    """The carrier has answered this keyword by itself."""
    left: bool | None = None
    """The provider tells us they blocked us (True) or came back (False), without a message."""
    group: bool = False
    """Said in a group, to us; with `left`, we were put out of one."""
    by: str = ""
    """In a group: the private chat of who wrote it."""
    moved_to: str = ""
    """A group has another id from now on."""
    late: bool = False
    """Fetched after an outage rather than delivered."""


def button(data: str) -> Pressed | None:
    """What a button carries: of a question "q:12:0", of an event "e:7:1"; None if it is none of ours."""
    found = _BUTTON.fullmatch(data)
    if found is None:
        return None
    number, option = int(found[2]), int(found[3])
    return Pressed(number, option) if found[1] == "q" else Pressed(-1, option, event=number)


@dataclass(frozen=True)
class File:
    """What goes with a text, on a channel that carries files."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Message:
    """One text to hand off. `buttons` are labels with the data a press sends back, or with an address (https://…) that it opens.

    A channel without buttons has none.
    """

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    ask_location: str = ""
    """The label of a button that shares the location, where the channel has one."""
    retire: str = ""
    """Provider id of the earlier message to this address whose buttons are over."""
    file: File | None = None


@dataclass(frozen=True)
class Handoff:
    """One outbox row on its way out. `row` is its id; the provider's callbacks carry it back to us."""

    row: int
    address: str
    message: Message
    sender: str = ""
    """The number of ours that it leaves from; empty: the usual one."""
    valid_for: int | None = None
    """Seconds after which nobody must get it any more, where the provider can see to that: whoever still waits in its queue at night."""


@dataclass(frozen=True)
class Sent:
    """A row the provider knows: its own id, and the status it names."""

    provider_id: str
    status: str = "sent"


@runtime_checkable
class Erasing(Protocol):
    """A channel whose provider lets us take back what it keeps."""

    async def erase(self, provider_id: str) -> None:
        """Take the words out of a message, theirs or ours, that has come to its end; raises a `DeliveryError`. Done twice it is done once."""


class DeliveryError(Exception):
    """The message was not sent, or may not have been. `code` is the provider's, for the books."""

    def __init__(self, code: str = "", *, after: float | None = None) -> None:
        super().__init__(code)
        self.code, self.after = code, after


class TryLater(DeliveryError): ...


class Refused(DeliveryError):
    def __init__(self, code: str = "", *, after: float | None = None, gone: bool = False) -> None:
        super().__init__(code, after=after)
        self.gone = gone


class PersonLeft(DeliveryError): ...


class OurFault(DeliveryError): ...


class Unknown(DeliveryError): ...


class Moved(DeliveryError):
    def __init__(self, address: str) -> None:
        super().__init__(f"moved to {address}")
        self.address = address


class Channel(Protocol):
    """A way to reach people. `name` is stored with every address and message: never rename one."""

    name: str
    taps: bool
    """It shows buttons."""
    carries_at_most: int
    """Characters of one text; a longer one is split (`split`)."""
    per_second: float
    """How many texts one sender may hand off."""

    async def send(self, handoff: Handoff) -> Sent:
        """Hand one text to the provider; raises a `DeliveryError`."""
        ...

    async def find(self, handoff: Handoff, since: datetime, *, known: Collection[str] = ()) -> Sent | None:
        """What became of a send begun at `since`: found, or None if provably absent; `Unknown` if it can never be asked.

        `known` are provider ids that belong to other rows: the same words may have gone to the same address twice.
        """
        ...

    def split(self, text: str) -> Sequence[str]:
        """The texts it takes to carry this one: nearly always one."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class StatusReport:
    """What a provider says later about a text it took: for row `row` if it names one, else by `provider_id`."""

    provider_id: str
    status: str
    """One of ours: "sent", "delivered" or "failed"."""
    row: int | None = None
    code: str = ""
    """The provider's reason for a failure."""
    left: bool = False
    """The reason is that they told the carrier STOP."""
    gone: bool = False
    """The reason is that there is no such number any more: who has it next is somebody else."""
    pauses: bool = False
    """The reason holds for everybody: a carrier filters these words, or does not know our sender."""
