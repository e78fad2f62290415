"""Whom a draft goes to, in the words of who writes it: "families", "families es", "staff + partners", "all not staff", "families mesa"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from ..folding import fold
from ..talk import LookUp
from ..words import Words, _, as_is, joined, pgettext
from .audience import COMMUNITY, FAMILIES, GROUP, GROUPS, LANGUAGE, PARTNERS, ROLE, SCHOOL, STAFF, TOPIC, Audience, Clause, Criterion

EVENT, COMING = "event", "coming"
"""Whoever comes to an event: `Criterion("event", "12:coming")`."""
ALL, AND, NOT, SMALL = "all", "and", "not", "small words"
"""Msgids of the catalogs (msgctxt "audience") that name no criterion."""
ROLES = ("liaison", "coordinator", "principal")
TOPICS = ("events", "surveys", "news")
NAMED: tuple[tuple[str, str], ...] = (
    *((GROUP, group) for group in GROUPS),
    *((ROLE, role) for role in ROLES),
    *((TOPIC, topic) for topic in TOPICS),
)
"""Every criterion that a catalog has words for; languages and schools are called by their own names."""
LABEL_LONGEST = 60
_LABEL = re.compile(r"([^\n:]{1,60}?)[ \t]*:(?![\d/])[ \t]*(.*)", re.DOTALL)
_SIGNS = re.compile(r"\s*([+&,]|\s-\s?)\s*")


@dataclass(frozen=True)
class Vocabulary:
    """The words that somebody can name an audience and a language with, folded, and the schools where they may announce."""

    words: Mapping[str, Criterion | str] = field(default_factory=dict)
    """Of all languages: a criterion, or one of ALL, AND, NOT, SMALL."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What languages are called ("en", "spanish", "espanol"), with their tags."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Tags, with the languages' own names."""
    schools: Mapping[str, str] = field(default_factory=dict)
    """Keyword, folded, and name."""

    events: Mapping[str, Criterion] = field(default_factory=dict)
    """What names who comes to an event, the code itself first: "pizza", "pizza coming"."""

    @property
    def own(self) -> Audience:
        """The families of these schools."""
        return Audience(tuple((Criterion(SCHOOL, keyword), Criterion(GROUP, FAMILIES)) for keyword in self.schools))


@dataclass(frozen=True)
class Vocabularies(LookUp[Vocabulary]):
    """The words of who writes; no school is in it where they may announce nowhere."""


def labelled(text: str, known: Vocabulary) -> tuple[Audience | None, str, str]:
    """The audience a text begins with ("families: …") or is, what follows it, and the label that names none ("Reminder")."""
    if ":" not in text and (alone := read(text, known)) is not None:
        return alone, "", ""
    first, _line, more = text.strip().partition("\n")
    if more and ":" not in first and (above := read(first, known)) is not None:
        return above, more.strip(), ""
    found = _LABEL.fullmatch(text.strip())
    if found is None or fold(found[1]) in known.labels:
        return None, text.strip(), ""
    audience = read(found[1], known)
    return (audience, found[2], "") if audience is not None else (None, text.strip(), found[1].strip())


def read(text: str, known: Vocabulary) -> Audience | None:
    """The audience a text names; None if any word of it is none of these."""
    words = fold(_SIGNS.sub(lambda sign: " not " if "-" in sign[1] else " and ", text)).split()
    said: list[Meant] = list(_meant(words, known)) if len(words) > 0 and len(text) <= LABEL_LONGEST else [None]
    if None in said or all(each in {AND, SMALL} for each in said):
        return None
    include, exclude = _split(said, NOT)
    parts = [part for part in _parts(include, AND) if part]
    if not parts:
        return None
    clauses = [clause for part in parts for clause in _clauses(part, known, default=(FAMILIES,))]
    others = [clause for part in _parts(exclude, AND) if part for clause in _clauses(part, known)]
    return Audience(tuple(dict.fromkeys(clauses)), tuple(dict.fromkeys(others)))


Meant = Criterion | str | None


def _meant(words: Sequence[str], known: Vocabulary) -> Iterable[Meant]:
    """What each word or phrase means; None for what means nothing here. "en" before a language is "in"."""
    place = 0
    while place < len(words):
        for length in (3, 2, 1):
            phrase = " ".join(words[place : place + length])
            follows = words[place + 1] if place + 1 < len(words) else ""
            found: Meant = SMALL if phrase == "en" and follows in known.labels else _one(phrase, known)
            if found is not None or length == 1:
                yield found
                place += length if place + length <= len(words) else len(words) - place
                break


def _one(phrase: str, known: Vocabulary) -> Meant:
    if phrase in known.schools:
        return Criterion(SCHOOL, phrase)
    if phrase in known.labels:
        return Criterion(LANGUAGE, known.labels[phrase])
    return known.words.get(phrase) or known.events.get(phrase)


def _split(said: list[Meant], at: str) -> tuple[list[Meant], list[Meant]]:
    place = said.index(at) if at in said else len(said)
    return said[:place], [AND if each == at else each for each in said[place + 1 :]]


def _parts(said: list[Meant], at: str) -> list[list[Meant]]:
    parts: list[list[Meant]] = [[]]
    for each in said:
        if each == at:
            parts.append([])
        elif each != SMALL:
            parts[-1].append(each)
    return parts


def _clauses(part: list[Meant], known: Vocabulary, default: tuple[str, ...] = ()) -> list[Clause]:
    """One clause for each way to choose a school, a group or role, a language and a topic of those named."""
    found: dict[str, list[Criterion]] = {kind: [] for kind in (SCHOOL, GROUP, ROLE, LANGUAGE, TOPIC, EVENT)}
    for each in part:
        if isinstance(each, Criterion):
            found[each.kind].append(each)
    who = [*found[GROUP], *found[ROLE]]
    if ALL in part and not who:
        who = [Criterion(GROUP, group) for group in GROUPS]
    who = who or [Criterion(GROUP, group) for group in default if not found[EVENT]]
    schools = found[SCHOOL] or [Criterion(SCHOOL, keyword) for keyword in (known.schools if default else ())]
    kinds = [each for each in (schools, who, found[LANGUAGE], found[TOPIC], found[EVENT]) if each]
    return [tuple(clause) for clause in product(*kinds)] if kinds else []


# Said again

GROUP_WORDS: Mapping[str, Words] = {
    FAMILIES: pgettext("group", "families"),
    STAFF: pgettext("group", "staff"),
    PARTNERS: pgettext("group", "partners"),
    COMMUNITY: pgettext("group", "community"),
    "liaison": pgettext("group", "liaisons"),
    "coordinator": pgettext("group", "coordinators"),
    "principal": pgettext("group", "principals"),
}
TOPIC_WORDS: Mapping[str, Words] = {
    "events": _("who hear about events"),
    "surveys": _("who hear about surveys"),
    "news": _("who hear about news"),
}


def in_words(audience: Audience, known: Vocabulary) -> Words:
    """Like "families Español, staff, but not partners". A school is named where there are several."""
    include = _listed(audience.include, known)
    if not audience.exclude:
        return include
    return _("{who}, but not {others}", who=include, others=_listed(audience.exclude, known))


def _listed(clauses: Sequence[Clause], known: Vocabulary) -> Words:
    return joined(", ", *(_clause(clause, known) for clause in clauses))


def _clause(clause: Clause, known: Vocabulary) -> Words:
    named = [each for each in clause if each.kind != SCHOOL or len(known.schools) > 1]
    return joined(" ", *(_named(each, known) for each in sorted(named, key=lambda each: each.kind == SCHOOL)))


def _named(each: Criterion, known: Vocabulary) -> Words:
    match each.kind:
        case "language":
            return as_is(known.names.get(each.value, each.value))
        case "school":
            return as_is(each.value.upper())
        case "event":
            code = next((phrase for phrase, criterion in known.events.items() if criterion == each), each.value)
            return _("who come to {code}", code=code.upper())
        case "blocked":
            return _("whom {n} did not reach, since a carrier blocked it", n=each.value)
        case "survey silent":
            return _("who have not taken part")
        case "topic":
            return TOPIC_WORDS.get(each.value, as_is(each.value))
        case _:
            return GROUP_WORDS.get(each.value, as_is(each.value))


def nobody_called(text: str) -> Words:
    return _("“{text}” is nobody I know.", text=as_is(text))


def what_there_is(known: Vocabulary) -> Words:
    """To somebody whose words named nobody."""
    groups = joined(", ", *(GROUP_WORDS[group] for group in GROUPS))
    languages = as_is(", ".join(known.names.values()))
    if len(known.schools) > 1:
        schools = as_is(", ".join(keyword.upper() for keyword in known.schools))
        return _(
            "There are: {groups}; languages: {languages}; schools: {schools}. Put them together: “families Español”, “staff + partners”, “all not staff”.",
            groups=groups,
            languages=languages,
            schools=schools,
        )
    return _(
        "There are: {groups}; languages: {languages}. Put them together: “families Español”, “staff + partners”, “all not staff”.",
        groups=groups,
        languages=languages,
    )
