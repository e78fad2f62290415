"""Surveys that ship with it, three questions each, to take as they are or to change: climate, needs, assets, after an event.

Their words stand in the catalogs, so a new language of ours has them too; a person of the school approves them all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..words import Words, _
from .definition import Choice, Definition, Kind, Question

Say = Callable[[Words, str], str]
"""Words in a language."""


@dataclass(frozen=True)
class Item:
    name: str
    kind: Kind
    words: Words
    choices: Mapping[str, Words] | None = None
    or_other: bool = False


@dataclass(frozen=True)
class Ready:
    title: Words
    items: tuple[Item, ...]


def definition(slug: str, say: Say, languages: Iterable[str]) -> Definition:
    """A survey of the bank in these languages, the first of them its source. KeyError: there is none of this name."""
    ready, tags = BANK[slug], tuple(languages)

    def texts(words: Words) -> dict[str, str]:
        return {tag: say(words, tag) for tag in tags}

    def question(item: Item) -> Question:
        choices = tuple(Choice(name, texts(label)) for name, label in (item.choices or {}).items())
        return Question(item.kind, item.name, texts(item.words), choices=choices, or_other=item.or_other)

    return Definition(texts(ready.title), tags[0], tuple(map(question, ready.items)), slug=slug)


_DEGREES = {"very": _("very much"), "somewhat": _("somewhat"), "little": _("a little"), "not": _("not at all")}

BANK: Mapping[str, Ready] = {
    "climate": Ready(
        _("How school feels"),
        (
            Item("safe", Kind.SELECT_ONE, _("How safe does your child feel at school?"), _DEGREES),
            Item("welcome", Kind.SELECT_ONE, _("How welcome do you feel at school?"), _DEGREES),
            Item("first", Kind.TEXT, _("What one thing should we fix first?")),
        ),
    ),
    "needs": Ready(
        _("What would help"),
        (
            Item(
                "help",
                Kind.SELECT_MULTIPLE,
                _("What would help your family most now?"),
                {
                    "food": _("food"),
                    "health": _("doctor or dentist"),
                    "home": _("a place to live, rent"),
                    "work": _("work or classes"),
                    "childcare": _("child care"),
                },
                or_other=True,
            ),
            Item(
                "hard",
                Kind.SELECT_MULTIPLE,
                _("What makes it hard to get help?"),
                {
                    "where": _("not knowing where"),
                    "hours": _("the hours"),
                    "ride": _("no ride"),
                    "language": _("not in my language"),
                    "cost": _("it costs too much"),
                },
                or_other=True,
            ),
            Item("more", Kind.TEXT, _("What else should the school know?")),
        ),
    ),
    "assets": Ready(
        _("What we have to share"),
        (
            Item(
                "share",
                Kind.SELECT_MULTIPLE,
                _("What could you share with other families?"),
                {
                    "cook": _("cooking"),
                    "make": _("building, sewing, repairs"),
                    "teach": _("sports, music, art"),
                    "translate": _("translating"),
                    "hands": _("a helping hand"),
                },
                or_other=True,
            ),
            Item(
                "when",
                Kind.SELECT_ONE,
                _("When could you come?"),
                {
                    "mornings": _("mornings"),
                    "afternoons": _("afternoons"),
                    "evenings": _("evenings"),
                    "weekends": _("weekends"),
                    "never": _("not now"),
                },
            ),
            Item("good", Kind.TEXT, _("What is good in our neighborhood? A person, a place, a group.")),
        ),
    ),
    "after event": Ready(
        _("How was it?"),
        (
            Item("night", Kind.SELECT_ONE, _("How was the event for you?"), {"good": _("good"), "ok": _("ok"), "bad": _("bad")}),
            Item(
                "found",
                Kind.SELECT_ONE,
                _("Did you get what you came for?"),
                {"all": _("yes"), "some": _("in part"), "none": _("no")},
            ),
            Item("better", Kind.TEXT, _("What should we do better next time?")),
        ),
    ),
}
