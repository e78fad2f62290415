"""A liaison writes a draft in her language, sees it as it will go out, and approves it; and an author asks for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from ..announcements import composing, translating
from ..announcements.hints import refuse_code
from ..announcements.orders import Verb
from ..announcements.translating import AskForTranslation, NoTask, Pending, PendingOf, Task, TaskOf, Translated
from ..folding import fold
from ..questions import Choice, Question, Shown, Unclear, chosen
from ..reply import Reply
from ..steps import Next
from ..talk import Json, Talk
from ..words import LanguageName, Words, _, as_is, joined

LONGEST = composing.LONGEST
PIECE = "+"
"""Stands before a further piece in what is remembered of an answer."""


@dataclass(frozen=True)
class Piece(Question[str]):
    """Words to be sent, as they were typed: nothing in them is an answer, a need or a danger of hers."""

    def read(self, reply: Reply, shown: Shown) -> str:
        refuse_code(reply.text)
        if reply.bare or not fold(reply.text):
            raise Unclear(_("I found no words in your message."))
        if len(reply.text) > LONGEST:
            raise Unclear(_("That is longer than {most} characters. Please send it shorter.", most=LONGEST))
        return reply.text.strip()

    def load(self, stored: Json) -> str:
        return str(stored)


@dataclass(frozen=True)
class Approval(Question[str]):
    """Yes, or once more; any other words are the next piece of a long text. A bare number is an answer, never a piece."""

    choices: Mapping[str, Words]

    def options(self) -> Mapping[str, Words]:
        return self.choices

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.order is not None and reply.order.verb.value == "done":
            raise Unclear(_("That is all I have, then."))
        if reply.order is not None and reply.order.verb is Verb.APPROVE:
            return "yes"
        refuse_code(reply.text)
        key = chosen(reply, shown)
        if key is None and (reply.bare or reply.pressed is not None or not fold(reply.text)):
            raise Unclear(_("Please answer with a number from the list."))
        return key or f"{PIECE}{reply.text.strip()}"

    def load(self, stored: Json) -> str:
        return str(stored)


async def translate(talk: Talk) -> object:
    """Write, look, approve. If the source has changed meanwhile, she sees it again with her words still there."""
    number, tag = int(talk.about["number"]), str(talk.about["language"])
    task = await talk.look_up(TaskOf(number, tag))
    if isinstance(task, NoTask):
        talk.say(refused(task, number))
        return None
    if talk.about.get("choose") and await talk.ask(_who(task)) == "them":
        return Next("ask_translator", {"number": number})
    body = await _written(talk, task)
    began: dict[str, Json] = {"number": number, "language": tag, "digest": task.digest}
    if body is None:
        return Next("translate", {**began, "again": True})
    if task.digest != talk.about["digest"]:
        talk.say(_("The draft has changed while you wrote. Please look at both again; nothing is approved yet."))
        return Next("translate", {**began, "text": body})
    await talk.do("approved", Translated(number, tag, body, task.digest))
    missing = [each.language for each in await talk.look_up(PendingOf(number)) or () if each.language != tag]
    talk.say(translating.approved(number, tag, missing) if task.own else _thanks(task))
    return None


async def ask_translator(talk: Talk) -> None:
    """The author wants it translated: who can be asked is asked, and what cannot be had is said at once."""
    number = int(talk.about["number"])
    pending = await talk.look_up(PendingOf(number))
    if pending is None:
        talk.say(refused(NoTask.NO_SUCH, number))
    elif not pending:
        talk.say(_("Draft {number} lacks no language. To send it: SEND {number}.", number=number))
    for each in pending or ():
        talk.say(_state(number, each))
    new = tuple(each.language for each in pending or () if not (each.asked or each.nobody))
    if new:
        await talk.do("asked", AskForTranslation(number, new))


async def no_task(talk: Talk) -> None:
    """Why there is nothing to translate."""
    talk.say(refused(NoTask(talk.about["why"]), int(talk.about["number"])))


async def _written(talk: Talk, task: Task) -> str | None:
    """The whole text as she approves it; None if she wants to write it again."""
    if not talk.about.get("again"):
        _show(talk, task)
    what = _("Please send it in {language}. Long texts may come in pieces.", language=LanguageName(task.language))
    given = str(talk.about.get("text", ""))
    pieces = [composing.Piece(given or await talk.ask(Piece("text", what)))]
    for n in count():
        body = composing.texts(pieces, {}, task.language)[task.language]
        if len(body) > LONGEST:
            talk.say(_("That is longer than {most} characters. Please send it shorter.", most=LONGEST))
            return None
        missing, of = composing.missing(pieces)
        if missing:
            talk.say(_("Here: {here} of {of}. Missing: {missing}.", here=of - len(missing), of=of, missing=_numbers(missing)))
        talk.say(_("Draft {number} in {language}:", number=task.number, language=LanguageName(task.language)))
        talk.say(as_is(body))
        question = _("Approve just these words? More words are added to them.")
        answer = await talk.ask(Approval(f"approval {n}", question, {"yes": _("Yes, approve"), "again": _("Write it again")}))
        if not answer.startswith(PIECE):
            return body if answer == "yes" else None
        pieces.append(composing.Piece(answer[len(PIECE) :]))
    return None


def _numbers(parts: tuple[int, ...]) -> Words:
    return joined(", ", *(as_is(str(part)) for part in parts))


def _show(talk: Talk, task: Task) -> None:
    """The source, what stood here before, the school's own words, and a machine's draft, marked as one."""
    talk.say(_("Draft {number} in {language}:", number=task.number, language=LanguageName(task.source_language)))
    talk.say(as_is(task.source))
    if task.before:
        talk.say(_("So far: “{before}”", before=as_is(task.before)))
    if task.terms:
        words = joined(", ", *(as_is(f"{term} = {says}") for term, says in task.terms))
        talk.say(_("Words of the school: {words}.", words=words))
    if task.machine:
        talk.say(_("A machine suggests (it makes mistakes, and is never sent as it is): “{draft}”", draft=as_is(task.machine)))


def _who(task: Task) -> Choice:
    question = _("Draft {number} needs {language}. Who writes it?", number=task.number, language=LanguageName(task.language))
    return Choice("who", question, choices={"me": _("I do"), "them": _("Ask a translator")})


def _thanks(task: Task) -> Words:
    gaps = {"number": task.number, "language": LanguageName(task.language)}
    return _("Thank you. {language} of draft {number} is approved, and its author is told.", **gaps)


def _state(number: int, each: Pending) -> Words:
    if each.nobody:
        return translating.nobody_listed(number, each.language)
    gaps = {"language": LanguageName(each.language), "until": each.until}
    if each.asked:
        return _("{language} was asked for already, by {until}. You hear when it is approved.", **gaps)
    return _("We ask for {language}, by {until}. You hear when it is approved.", **gaps)


def refused(why: NoTask, number: int) -> Words:
    return {
        NoTask.NOTHING: _("Nothing waits for your translation now."),
        NoTask.NO_SUCH: _("There is no draft {number} that is yours to translate or send.", number=number),
        NoTask.NOT_LISTED: _(
            "Draft {number} needs nothing in a language that you are listed for. Whoever runs this can list you.", number=number
        ),
        NoTask.OVER: _("Draft {number} was dropped or has left already: nothing of it can be written any more.", number=number),
        NoTask.DONE: _("Draft {number} is approved in your language already. Nothing is to be done.", number=number),
    }[why]
