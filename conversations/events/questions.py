"""What a household is asked: who comes, how old the children are, what they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..folding import fold
from ..keywords import Keyword
from ..questions import Question, Shown, Unclear
from ..reply import Reply
from ..talk import Json, LookUp
from ..words import _
from .answering import packed, unpacked
from .event import PartStat
from .household import AgesIn, Household, HouseholdIn, Wishes, WishesIn, Word

LONGEST_NOTE = 80
"""Characters of what they need that are kept in their own words."""


@dataclass(frozen=True)
class WhoComes(Question[Household]):
    """A household in any words."""

    called: str = ""

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return HouseholdIn(reply.text, self.called)

    def read(self, reply: Reply, shown: Shown) -> str:
        said = reply.found
        if not isinstance(said, Household) or (
            said.partstat is PartStat.ACCEPTED and said.people is None and said.children is None and said.adults is None
        ):
            raise Unclear(_("Please tell me how many come, for example: 2 adults 3 kids. If nobody comes: 0."))
        return " ".join(f"{key}={str(value).replace(' ', '_')}" for key, value in packed(said).items())

    def load(self, stored: Json) -> Household:
        about = dict(pair.split("=", 1) for pair in str(stored).split())
        said = unpacked({key: value.replace("_", " ") if key in {"ages", "meal", "access"} else value for key, value in about.items()})
        if said is None:
            raise ValueError(stored)
        return said


@dataclass(frozen=True)
class Ages(Question[tuple[int, ...] | None]):
    """Ages of children; SKIP leaves them open, NO means that none needs care. So does 0, unless it can only be a baby's age."""

    known: bool = False
    """They have said that children come."""

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return AgesIn(reply.text)

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword is Keyword.SKIP:
            return "skip"
        if reply.keyword is Keyword.NO or (reply.number == 0 and not self.known):
            return "none"
        if not isinstance(reply.found, tuple):
            raise Unclear(_("Please send the ages in numbers, for example: 3 6 9. A baby is 0. Or SKIP."))
        return " ".join(map(str, reply.found))

    def load(self, stored: Json) -> tuple[int, ...] | None:
        """None: left open."""
        if stored == "skip":
            return None
        return () if stored == "none" else tuple(int(age) for age in str(stored).split())


@dataclass(frozen=True)
class Needs(Question[Mapping[str, Json]]):
    """A ride, a meal, access: named in any words, or none."""

    def wants(self, reply: Reply) -> LookUp[Any] | None:
        return WishesIn(reply.text)

    def read(self, reply: Reply, shown: Shown) -> str:
        if reply.keyword in {Keyword.NO, Keyword.SKIP} or reply.number == 0:
            return ""
        if reply.keyword is not None or reply.number is not None or not fold(reply.text):
            raise Unclear(_("Please tell us in a few words what you need, or reply NO."))
        wishes = reply.found if isinstance(reply.found, Wishes) else Wishes()
        note = " ".join(reply.kept.replace("|", " ").split())[:LONGEST_NOTE]
        allergy = wishes.meal == Word.ALLERGY  # the kitchen must know which
        if reply.need is not None and not (wishes.ride or wishes.meal or wishes.access):
            raise Unclear(_("Please tell us in a few words what you need, or reply NO."))
        named_ = {"ride": "1" if wishes.ride else "", "meal": "" if allergy else wishes.meal, "access": wishes.access}
        known = {key: value for key, value in named_.items() if value}
        return "|".join(f"{key}={value}" for key, value in ({**known, "other": note} if allergy or not known else known).items())

    def load(self, stored: Json) -> Mapping[str, Json]:
        return dict(pair.split("=", 1) for pair in str(stored).split("|") if pair)
