"""What families ask about an event, answered from what is known of it: when it ends, where it is, whether there is food."""

from __future__ import annotations

from collections.abc import Mapping

from ..words import LanguageName, Words, _, as_is, joined
from .event import Event

ENDS, STARTS, WHERE, FOOD, CHILDREN, LANGUAGES, FREE = "ends", "starts", "where", "food", "child care", "languages", "costs"
ASKED: Mapping[str, str] = {
    ENDS: "How people ask when it ends, or how long it is.",
    STARTS: "How people ask on which day and when it begins.",
    WHERE: "How people ask where it is.",
    FOOD: "How people ask whether there is food.",
    CHILDREN: "How people ask whether there is child care, or children may come.",
    LANGUAGES: "How people ask for its language, or an interpreter.",
    FREE: "How people ask what it costs.",
}
"""Msgids of the catalogs (msgctxt "event question") with a word to the translator."""


def answered(event: Event, asked: str, language: str) -> Words:
    """One sentence; the language is that of the question."""
    offered = event.offered
    match asked:
        case "ends":
            return _("It ends at {time}.", time=event.ends.time())
        case "starts":
            return _("It begins on {when}.", when=event.starts)
        case "where":
            place = joined(" ", as_is(event.place), as_is(event.map_link) if event.map_link else None)
            return _("It is here: {place}.", place=place) if event.place else _("The place is not decided yet.")
        case "food":
            return _("Yes, there is a free meal.") if offered.meal else _("There is no meal.")
        case "child care":
            low, high = offered.ages
            if offered.childcare is None:
                return _("Children are welcome. There is no child care.")
            return _("Children are welcome. There is free child care for ages {low} to {high}.", low=low, high=high)
        case "languages":
            named = joined(", ", *(_("{language}", language=LanguageName(tag)) for tag in offered.interpreters))
            return (
                _("There are free interpreters: {languages}.", languages=named) if offered.interpreters else _("There is no interpreter.")
            )
        case _:
            return _("It is free.")
