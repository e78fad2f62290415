"""One message in, one turn out. The order in which a message is heard is a promise: see `Hearing.hear`."""

from __future__ import annotations

from dataclasses import replace

from . import at_work, desk, doubt, linking, lists, say, topics, wishes
from .announcements.orders import Verb
from .effects import Leave, LetGo, LockMe, Return, SetLanguage, TellStaff
from .engine import Run, back
from .events import door
from .events import hearing as events
from .gate import Asked, AskedLately
from .keywords import Keyword, Leaving
from .questions import Unclear
from .replies import hearing as replies
from .reply import Reply
from .state import Conversation, Memory, Turn
from .steps import Flows, Steps, Turns
from .surveys import hearing as surveys
from .talk import Json, SchoolCalled
from .who import Who
from .words import _

MOST_UNCLEAR = 8
"""Messages in a row that mean nothing to us; past that we are talking with a machine, and are silent."""
OFFER_AT = 3
"""Unclear replies, of which the last is answered with the offer of a person."""
MOST_OF_COMMAND = 3
"""Words of a command in the middle of a draft; a longer message is a piece of it."""


def hear(flows: Flows, memory: Memory, reply: Reply, who: Who) -> Turns:
    """One message of a person: what to say, to do and to remember."""
    guess: tuple[object, ...] = ()
    if reply.speaks is not None and (who.language is None or (who.guessed and (reply.need is not None or reply.crisis is not None))):
        who, guess = replace(who, language=reply.speaks), (SetLanguage(reply.speaks, guessed=True),)
    hearing = Hearing(flows, replace(memory, nudges=0), reply, who)
    turn = yield from (doubt.heard(hearing) if who.doubted else hearing.hear())
    if reply.order is not None or (memory.open is not None and memory.open.flow in flows and flows[memory.open.flow].drafting):
        return replace(turn, effects=(*guess, *turn.effects))
    if reply.maybe_crisis and not who.in_crisis and (line := say.if_it_is_crisis(who)) not in turn.said:
        turn = replace(turn, said=(line, *turn.said))
    if reply.status and reply.crisis is None:
        turn = replace(turn, said=(say.no_status(who), *turn.said))
    return replace(turn, effects=(*guess, *turn.effects))


def silence(flows: Flows, memory: Memory, who: Who) -> Turns:
    """Nobody answered in time: ask once more, then let it rest."""
    hearing = Hearing(flows, memory, Reply(""), who)
    if memory.open is not None and memory.nudges > 0 and memory.open.flow in flows and flows[memory.open.flow].rests:
        return Turn(memory)
    if memory.open is None or memory.nudges > 0:
        return Turn(replace(memory, open=None, nudges=0))
    return (yield from hearing.again(_("Are you still there?"), replace(memory, nudges=memory.nudges + 1)))


class Hearing(Steps):
    def hear(self) -> Turns:
        """STOP, crisis, opting out in words, START, HELP, language; then the open question; then wishes."""
        reply = self.reply
        if reply.keyword is Keyword.STOP:
            return self.leave("keyword")
        if (turn := (yield from at_work.heard(self))) is not None:
            return turn
        if reply.crisis is not None:
            return self.crisis()
        return (yield from self.said())

    def said(self) -> Turns:
        """What comes after STOP and danger."""
        reply = self.reply
        if reply.keyword is Keyword.NOT_ME:
            return (yield from self.not_me())
        if reply.leaving is Leaving.SURE:
            return self.leave("free text")
        if reply.leaving is Leaving.DOUBT:
            return (yield from self.may_leave())
        if reply.keyword is Keyword.START or (self.who.stopped and self.says_yes_to_nothing):
            return (yield from self.come_back())
        if reply.language is not None:
            return (yield from self.switch(reply.language))
        if reply.keyword in COMMANDS:
            return (yield from COMMANDS[reply.keyword](self))
        return (yield from lists.lettered(self)) or (yield from self.ordinary())

    def ordinary(self) -> Turns:
        if self.reply.pressed is not None and self.reply.pressed.event:
            return (yield from events.pressed(self))
        if (
            turn := (yield from replies.from_staff(self)) or (yield from events.coded(self)) or (yield from events.instead(self))
        ) is not None:
            return turn
        if (turn := (yield from surveys.invited(self))) is not None:
            return turn
        if self.memory.open is not None:
            return (yield from self.answer(self.memory.open))
        return (yield from wishes.heard(self)) or (yield from surveys.to_ours(self)) or (yield from self.lost())

    @property
    def says_yes_to_nothing(self) -> bool:
        """A stopped person's YES with no question open: the carriers take it for START."""
        return self.reply.keyword is Keyword.YES and self.memory.open is None

    @property
    def drafting(self) -> bool:
        """They are writing something to be sent, and this is no command by itself."""
        if self.memory.open is None or not self.flows[self.memory.open.flow].drafting:
            return False
        command = self.reply.keyword in {*COMMANDS, Keyword.NOT_ME} or self.reply.language is not None
        if self.reply.order is not None and self.reply.order.verb is Verb.DONE:
            return True  # of the draft; DONE with a number is of a call
        return not (command and len(self.reply.text.split()) <= MOST_OF_COMMAND)

    # Leaving, coming back, danger

    def leave(self, how: str) -> Turn:
        """One confirmation, once; everything that was going on is over."""
        over = Memory(questions=self.memory.questions)
        if self.who.stopped:
            return Turn(over)
        said = () if self.reply.answered else (say.goodbye(self.who),)
        return Turn(over, said, effects=(Leave(how),))

    def crisis(self) -> Turn:
        """988 or 911 before anything else, no menu and no question; staff are told, the conversation waits."""
        assert self.reply.crisis is not None
        calm = replace(self.pause(), open=None)
        effects: tuple[object, ...] = (TellStaff(self.reply.crisis),)
        if self.reply.leaving is Leaving.SURE and not self.who.stopped:
            return Turn(calm, (*say.crisis(self.reply.crisis, self.who), say.goodbye(self.who)), effects=(*effects, Leave("free text")))
        return Turn(calm, say.crisis(self.reply.crisis, self.who), effects=effects)

    def may_leave(self) -> Turns:
        """Ask whether they want no more texts, unless the open question wanted just this answer: a wrong number.

        Whoever has stopped gets none already: there is nothing to ask, only what else they wrote.
        """
        if self.who.stopped:
            return (yield from wishes.heard(self)) or Turn(self.memory)
        if self.memory.open is not None:
            ran = yield from self.run(self.memory.open, self.reply)
            if any(isinstance(effect, LetGo) for effect in ran.effects):
                return (yield from self.settle(ran))
        return (yield from self.start("leave"))

    def not_me(self) -> Turns:
        """Somebody else used the number of a staff member. Heard only where the gate was asked lately; else it is ordinary text."""
        asked = yield AskedLately()
        if asked is Asked.NOTHING:
            self.reply = replace(self.reply, keyword=None)
            return (yield from self.hear())
        return Turn(Memory(questions=self.memory.questions), say.locked(something_done=asked is Asked.DONE), effects=(LockMe(),))

    def come_back(self) -> Turns:
        school = None
        if self.reply.start_with:
            school = yield SchoolCalled(self.reply.start_with)
            if school is None and not self.who.stopped and (turn := (yield from surveys.linked(self))) is not None:
                return turn
        if school is None and self.who.stopped and not self.who.joined:
            said = () if self.reply.answered else (say.back_and_not_joined(self.who),)
            return self.returning(Turn(self.memory, said))
        if school is not None or not self.who.joined:
            turn = yield from self.start("join", how="start", **({"school": school.keyword} if school else {}))
            return self.returning(turn)
        if self.who.stopped:
            said = () if self.reply.answered else (say.welcome_back(self.who),)
            return self.returning(Turn(self.memory, said))
        if not (yield topics.WantedHere()).everything:
            return (yield from topics.everything(self))
        return Turn(self.memory) if self.reply.answered else (yield from self.again(say.hello(self.who)))

    def returning(self, turn: Turn) -> Turn:
        return replace(turn, effects=(Return("start"), *turn.effects)) if self.who.stopped else turn

    # Commands

    def switch(self, language: str) -> Turns:
        """Set the language, and ask the open question again in it, unless the question wanted just this answer."""
        if self.memory.open is not None and self.reply.plain:
            ran = yield from self.run(self.memory.open, self.reply)
            if any(isinstance(effect, SetLanguage) for effect in ran.effects) or surveys.chose(self.memory.open, ran):
                return (yield from self.settle(ran))
        self.who = replace(self.who, language=language)
        effects = (SetLanguage(language),)
        if self.memory.open is None:
            if (found := (yield from wishes.heard(self))) is not None:
                return replace(found, effects=(*effects, *found.effects))
            return Turn(self.memory, (say.language_set(self.who),), effects=effects)
        ran = yield from self.run(self.memory.open)
        turn = yield from self.settle(ran)
        return replace(turn, effects=(*effects, *turn.effects))

    def help(self) -> Turns:
        return Turn(self.memory) if self.reply.answered else (yield from self.again(say.help_text(self.who)))

    def menu(self) -> Turns:
        place = lists.place(self.memory)
        about: dict[str, Json] = {"zip": place} if place else {}
        return (yield from self.start("menu", pause=True, **about))

    def back(self) -> Turns:
        if self.memory.open is None or (self.memory.open.flow == "find_help" and not self.memory.open.answers):
            return (yield from self.menu())
        if not self.memory.open.answers:
            return (yield from self.again(_("This is where we began.")))
        return (yield from self.settle((yield from self.run(back(self.memory.open)))))

    def call(self) -> Turns:
        return (yield from self.start("call_me"))

    def choose_language(self) -> Turns:
        return (yield from self.start("language"))

    def forget(self) -> Turns:
        return (yield from self.start("forget"))

    def my_data(self) -> Turns:
        return (yield from self.start("my_data"))

    # The open question

    def answer(self, before: Conversation) -> Turns:
        """Give the reply to the open question, if it is plain that it is meant for it."""
        reply, asked = self.reply, before.asked
        if reply.pressed is not None and (asked is None or reply.pressed.question != asked.number):
            return (yield from lists.pressed(self)) or (yield from self.again(_("That button belongs to an earlier question.")))
        if reply.nowhere:
            return (yield from self.again(say.off_the_map(self.who)))
        if reply.bare and not reply.plain:
            if (turn := (yield from surveys.over_it(self)) or (yield from events.over_it(self))) is not None:
                return turn
            return (yield from self.again(_("To be sure I understand you, please answer this once more:")))
        if before.flow == lists.FLOW and not self.who.joined and (turn := (yield from wishes.joins(self))) is not None:
            return turn  # below a list stands how to join, and some keyword is the name of a town: Mesa, Arizona
        ran = yield from self.run(before, reply)
        if ran.unclear is None:
            return (yield from self.settle(ran))
        surveys.only_if_asked(self)
        wished = None if self.drafting else ((yield from wishes.heard(self)) or (yield from surveys.to_ours(self)))
        return wished or (yield from self.missed(before, ran, ran.unclear))

    # Not understood

    def missed(self, before: Conversation, ran: Run, unclear: Unclear) -> Turns:
        """The open question got no answer: say why and ask again; the third time offer a person, once."""
        if self.misses > MOST_UNCLEAR:
            return Turn(replace(self.memory, unclear=self.misses))
        tries = ran.conversation.asked.tries if ran.conversation and ran.conversation.asked else 0
        if tries > 1 and unclear.keeps is not None and before.asked is not None:
            kept = replace(before, answers={**before.answers, before.asked.name: unclear.keeps}, asked=None)
            return (yield from self.settle((yield from self.run(kept))))
        if tries < OFFER_AT:
            turn = yield from self.settle(replace(ran, said=(unclear.hint,)))
        elif before.flow == "offer_call":
            turn = Turn(replace(self.memory, open=None, paused=()), (say.rest(self.who),))
        else:
            turn = yield from self.start("offer_call")
        return replace(turn, memory=replace(turn.memory, unclear=self.misses))

    def lost(self) -> Turns:
        """Nothing was understood and nothing is open: say what works here; the third time offer a person."""
        if self.reply.pressed is not None:
            if (turn := (yield from lists.pressed(self))) is not None:
                return turn
            return Turn(self.memory, (_("That button belongs to an earlier question."), _("Text what you need, or MENU.")))
        if self.misses > MOST_UNCLEAR:
            return Turn(replace(self.memory, unclear=self.misses))
        if self.who.in_crisis:
            return Turn(replace(self.memory, unclear=self.misses), (say.if_it_is_crisis(self.who),))
        if (turn := (yield from events.lost(self))) is not None:
            return turn
        turn = (yield from self.start("offer_call")) if self.misses == OFFER_AT else Turn(self.memory, (say.not_understood(self.who),))
        return replace(turn, memory=replace(turn.memory, unclear=self.misses))


COMMANDS = {
    Keyword.HELP: Hearing.help,
    Keyword.MENU: Hearing.menu,
    Keyword.BACK: Hearing.back,
    Keyword.CALL: Hearing.call,
    Keyword.LANGUAGE: Hearing.choose_language,
    Keyword.FORGET: Hearing.forget,
    Keyword.MY_DATA: Hearing.my_data,
    Keyword.INBOX: desk.inbox,
    Keyword.TAKE: desk.take,
    Keyword.DONE: desk.done,
    Keyword.LINK: linking.heard,
    Keyword.UNLINK: linking.unlink,
    Keyword.EVENTS: events.events,
    Keyword.CHANGE: events.change,
    Keyword.HOUSEHOLD: events.household,
    Keyword.HERE: door.heard,
    **topics.COMMANDS,
}
