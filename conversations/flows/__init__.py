"""Every flow there is. Adding one means adding one line here."""

from ..steps import Entry
from ..words import _
from .announce import announce
from .ask import ask
from .call_list import call_list
from .call_me import call_me, call_missed, offer_call
from .door import door
from .draft import draft
from .drafts import drafts
from .event import event
from .event_change import event_change
from .events import events, rsvp_which
from .find_help import find_help
from .for_whom import for_whom
from .forget import forget, my_data
from .helped import helped, not_helped
from .housing import housing
from .interpreter import interpreter
from .introduce import introduce
from .join import join, may_join
from .language import language
from .leave import leave
from .linked import unlink, where
from .menu import menu, resume
from .rsvp import rsvp, rsvp_care, rsvp_more, rsvp_split
from .series import series_leave
from .slot import slot, slot_more
from .still_you import still_you
from .survey import survey
from .templates import templates
from .topics import topics
from .translate import ask_translator, no_task, translate
from .upset import upset
from .urgent import approve, urgent, urgent_send

FLOWS: dict[str, Entry] = {
    "menu": Entry(menu, _("the menu"), pauses=False),
    "resume": Entry(resume, _("going on"), pauses=False),
    "join": Entry(join, _("joining")),
    "may_join": Entry(may_join, _("joining"), pauses=False),
    "introduce": Entry(introduce, _("choosing a language"), pauses=False),
    "language": Entry(language, _("choosing a language"), pauses=False),
    "leave": Entry(leave, _("leaving"), pauses=False),
    "find_help": Entry(find_help, _("finding help"), pauses=False),
    "call_me": Entry(call_me, _("asking for a call")),
    "call_missed": Entry(call_missed, _("asking for a call"), pauses=False),
    "offer_call": Entry(offer_call, _("asking for a call"), pauses=False),
    "forget": Entry(forget, _("erasing your data"), pauses=False),
    "my_data": Entry(my_data, _("what we keep"), pauses=False),
    "topics": Entry(topics, _("choosing topics"), pauses=False),
    "still_you": Entry(still_you, _("this phone"), pauses=False),
    "helped": Entry(helped, _("whether it helped"), pauses=False),
    "not_helped": Entry(not_helped, _("whether it helped"), pauses=False),
    "where": Entry(where, _("where we write"), pauses=False),
    "unlink": Entry(unlink, _("unlinking"), pauses=False),
    "housing": Entry(housing, _("help with housing")),
    "interpreter": Entry(interpreter, _("your language"), pauses=False),
    "translate": Entry(translate, _("translating"), drafting=True),
    "ask_translator": Entry(ask_translator, _("translating"), pauses=False),
    "no_task": Entry(no_task, _("translating"), pauses=False),
    "announce": Entry(announce, _("what you were writing"), drafting=True),
    "event": Entry(event, _("making an event"), drafting=True),
    "event_change": Entry(event_change, _("changing an event"), pauses=False),
    "ask": Entry(ask, _("making a survey"), drafting=True),
    "draft": Entry(draft, _("the draft"), pauses=False, drafting=True),
    "drafts": Entry(drafts, _("the drafts"), pauses=False),
    "rsvp": Entry(rsvp, _("your answer to the event")),
    "rsvp_split": Entry(rsvp_split, _("your answer to the event")),
    "rsvp_care": Entry(rsvp_care, _("your answer to the event")),
    "rsvp_more": Entry(rsvp_more, _("your answer to the event")),
    "series_leave": Entry(series_leave, _("your answer to the event")),
    "slot": Entry(slot, _("picking a time")),
    "slot_more": Entry(slot_more, _("picking a time")),
    "rsvp_which": Entry(rsvp_which, _("your answer to the event"), pauses=False),
    "survey": Entry(survey, _("the survey"), rests=True),
    "door": Entry(door, _("the door"), pauses=False),
    "events": Entry(events, _("the events"), pauses=False),
    "urgent": Entry(urgent, _("something urgent"), drafting=True),
    "urgent_send": Entry(urgent_send, _("something urgent"), drafting=True),
    "approve": Entry(approve, _("agreeing to something urgent"), pauses=False),
    "call_list": Entry(call_list, _("a call list"), pauses=False),
    "templates": Entry(templates, _("approving urgent texts"), pauses=False),
    "for_whom": Entry(for_whom, _("your answer to a family"), pauses=False),
    "upset": Entry(upset, _("asking for a call"), pauses=False),
}
