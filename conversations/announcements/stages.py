"""How far an announcement is, in words, and what can be done with it there."""

from __future__ import annotations

from ..words import Words, _, as_is, joined
from .drafts import Brief, Draft


def stands(found: Draft) -> Words:
    """To somebody who wants to work with what is no draft any more, or to know where it is."""
    n, why = found.number, as_is(found.why)
    match found.stage:
        case "draft":
            return _("Draft {n} is not sent yet. EDIT {n}, SEND {n} or DROP {n}.", n=n)
        case "scheduled":
            return _("{n} is set for {when}. UNDO {n} holds it, DROP {n} cancels it.", n=n, when=found.send_at or "")
        case "running":
            return _("{n} is being sent. STATUS {n}: how far. HALT {n}: nothing more of it leaves.", n=n)
        case "paused":
            return _("{n} is paused: {why} GO ON {n} goes on, HALT {n} ends it.", n=n, why=why)
        case "done":
            return _("{n} is sent. STATUS {n}: the account. WHO {n}: who did not get it, and why.", n=n)
        case "cancelled":
            return _("{n} was dropped. Nothing of it was sent.", n=n)
        case _:
            return _("{n} was stopped; what had not left stays unsent. STATUS {n}: the account.", n=n)


SHOWN = 9
"""Drafts in one text; MORE has the others."""
STAGES = {
    "draft": _("draft"),
    "scheduled": _("scheduled"),
    "running": _("being sent"),
    "paused": _("paused"),
}


def listed(brief: Brief) -> Words:
    """One line of the list: "27 scheduled Fri 4:30pm: Mesa Verde: no school…"."""
    stage = STAGES.get(brief.stage, as_is(brief.stage))
    when = _("{when}", when=brief.send_at) if brief.send_at is not None else None
    return _("{n} {stage}: {beginning}", n=brief.number, stage=joined(" ", stage, when), beginning=as_is(brief.beginning))
