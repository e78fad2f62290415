"""What people text, in every language at once: the words come from the catalogs, and from nowhere else.

`locales.texted` lists what a translator is asked for. An entry of a catalog holds phrases with commas between. A phrase that
begins with "=" counts only when it is the whole message; `phrases` says how one phrase stands for many. "wanna = want to" under
"other spellings" says that two mean the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from conversations.folding import fold
from conversations.keywords import Crisis, Keyword, Leaving, Meaning
from conversations.needs import NEEDS
from conversations.reply import Tongue

from .catalogs import LANGUAGES, catalog
from .phrases import Hit, Phrases, Tokens, choices, written_out
from .texted import NEED, NUMBERS, PLACE
from .tongues import NAMED, OF_A_TOWN
from .typos import Typos

V = TypeVar("V")


@dataclass(frozen=True)
class Lexicon:
    """Everything people text, folded, in all languages; `tongue` is the language of a phrase that just one of them knows."""

    whole: Mapping[Tokens, Mapping[str, Keyword]]
    at_door: Mapping[Tokens, str | None]
    """What stands before a door's code, with the language it is of."""
    numbers: Mapping[Tokens, Mapping[str, int]]
    languages: Mapping[Tokens, str]
    language_phrases: Phrases[str]
    needs: Phrases[str]
    whole_needs: Mapping[Tokens, str]
    not_needs: NotNeeds
    crises: Phrases[Crisis]
    not_crisis: Phrases[None]
    maybe_crisis: Phrases[None]
    leaving: Phrases[None]
    doubtful: frozenset[Tokens]
    not_leaving: Phrases[None]
    meanings: Mapping[Meaning, Meant]
    tongues: Mapping[Tokens, Tongue]
    tongue_phrases: Phrases[Tongue]
    courtesy: frozenset[str]
    before_number: frozenset[str]
    asking: frozenset[str]
    before_place: Phrases[None]
    around_joining: frozenset[str]
    reactions: frozenset[str]
    spelling: Spelling
    tongue: Mapping[Tokens, str]
    typos: Typos


@dataclass(frozen=True)
class Spelling:
    """Ways of typing the same words, made one: short forms written out, fillers dropped, "sooooo" shortened."""

    short: Mapping[Tokens, Tokens]
    filler: frozenset[str]
    known: frozenset[str] = frozenset()

    def plain(self, words: Iterable[str]) -> Tokens:
        said = [self._calm(word) for word in words]
        plain: list[str] = []
        place = 0
        while place < len(said):
            pair, one = tuple(said[place : place + 2]), (said[place],)
            taken = pair if pair in self.short else one
            plain += self.short.get(taken, taken)
            place += len(taken)
        return tuple(word for word in plain if word not in self.filler) or tuple(plain)

    def _calm(self, word: str) -> str:
        """A letter typed three times and more is meant once or twice."""
        if not _LONG.search(word):
            return word
        twice = _LONG.sub(r"\1\1", word)
        return twice if twice in self.known else _LONG.sub(r"\1", word)


@dataclass(frozen=True)
class Meant:
    """How one meaning is said: as the whole message, inside one, and what only sounds like it."""

    whole: frozenset[Tokens]
    inside: Phrases[None]
    excluded: Phrases[None]

    def within(self, words: Tokens) -> bool:
        """It is said, and not as part of something else."""
        if words in self.whole:
            return True
        hits = list(self.inside.find(words))
        masks = [(hit.start, hit.end) for hit in self.excluded.find(words)] if hits else []
        return any(not any(start <= hit.end and hit.start <= end for start, end in masks) for hit in hits)


@dataclass(frozen=True)
class NotNeeds:
    """Where a need is named and not asked for: inside `around`, after `before` ("thanks for the") or before `after` ("was great")."""

    around: Phrases[None]
    before: Phrases[None]
    after: Phrases[None]

    def asked(self, hits: list[Hit[str]], words: Tokens) -> list[Hit[str]]:
        """The hits that are wishes."""
        if not hits:
            return hits
        inside = [(hit.start, hit.end) for hit in self.around.find(words)]
        begins, ends = [hit.end for hit in self.before.find(words)], [hit.start for hit in self.after.find(words)]
        named = [hit for hit in hits if any(hit.start <= at < hit.end for at in begins) or any(hit.start < at <= hit.end for at in ends)]
        inside += [(hit.start, hit.end) for hit in named]
        return [hit for hit in hits if not any(start <= hit.start and hit.end <= end for start, end in inside)]

    def said(self, words: Tokens) -> bool:
        """There is such a phrase, so that what is left of the message is no wish."""
        return any(True for _hit in self.around.find(words))


_NAME = "0"
"""Stands for the name of a language once a phrase is folded."""
_LONG = re.compile(r"([^\W\d])\1{2,}")


@cache
def lexicon() -> Lexicon:
    """Read every catalog once. Raises `NoCatalog`."""
    return _Reading().lexicon()


def entries(tag: str, context: str, msgid: str) -> list[str]:
    """The phrases a catalog lists, as its translator wrote them; if it lists none, the name of a keyword or a need, which is a word too."""
    return [phrase for each in raw(tag, context, msgid) for phrase in written_out(each)]


def raw(tag: str, context: str, msgid: str) -> list[str]:
    """The same, as the catalog has them: one phrase may stand for many."""
    listed = catalog(tag).pgettext(context, msgid)
    if listed == msgid and (context not in {"keyword", "need"} or msgid == "not a need"):
        return []
    return [phrase for each in listed.split(",") if (phrase := " ".join(each.split()))]


@dataclass
class _Reading:
    """The lexicon while it is being read."""

    tongues: dict[Tokens, set[str]] = field(default_factory=lambda: defaultdict(set))
    words: set[str] = field(default_factory=set)

    def lexicon(self) -> Lexicon:
        spelling = self.spelling()
        self.plain, self.filler = spelling.plain, spelling.filler
        needs, whole_needs = self.needs()
        whole = self.whole()
        languages, language_phrases = self.languages()
        targets = {word for phrase in self.tongues for word in phrase}
        crises = Phrases[Crisis]()
        for kind in Crisis:
            self.fill(crises, "crisis", kind.value, kind)
        return Lexicon(
            whole=whole,
            at_door=self.at_door(),
            numbers=self.numbers(),
            languages=languages,
            language_phrases=language_phrases,
            needs=needs,
            whole_needs=whole_needs,
            not_needs=self.not_needs(),
            crises=crises,
            not_crisis=self.fill(Phrases(), "crisis", "not crisis"),
            maybe_crisis=self.fill(Phrases(), "crisis", "maybe crisis"),
            leaving=self.fill(Phrases(), "leaving", Leaving.SURE.value),
            doubtful=frozenset(words for _tag, words in self.folded("leaving", Leaving.DOUBT.value)),
            not_leaving=self.fill(Phrases(), "leaving", "not leaving"),
            meanings={each: self.meant(each.value) for each in Meaning},
            tongues=self.tongues_by_name(),
            tongue_phrases=self.asked_for(),
            courtesy=self.singles("courtesy"),
            before_number=self.singles("before a number"),
            asking=self.singles("asking"),
            before_place=self.fill(Phrases(), "small words", "before a place"),
            around_joining=self.singles("around joining"),
            reactions=frozenset(" ".join(words) for _tag, words in self.folded("small words", "reaction")),
            spelling=Spelling(spelling.short, spelling.filler, frozenset(self.words)),
            tongue=self.tongue(),
            typos=Typos(targets, frozenset(self.words | self.singles("ordinary"))),
        )

    def folded(self, context: str, msgid: str) -> Iterator[tuple[str, Tokens]]:
        """Every phrase of an entry with its language, in folded words; they are known from now on."""
        for tag in LANGUAGES:
            for phrase in entries(tag, context, msgid):
                if words := tuple(fold(phrase).split()):
                    self.words.update(words)
                    yield tag, words

    def singles(self, msgid: str) -> frozenset[str]:
        return frozenset(word for _tag, words in self.folded("small words", msgid) for word in words)

    def spelling(self) -> Spelling:
        short: dict[Tokens, Tokens] = {}
        for tag in LANGUAGES:
            for each in entries(tag, "small words", "other spellings"):
                brief, _is, long = each.partition("=")
                short[tuple(fold(brief).split())] = tuple(fold(long).split())
        self.words.update(word for pair in short.items() for phrase in pair for word in phrase)
        return Spelling(short, self.singles("filler"))

    def fill(self, phrases: Phrases[V], context: str, msgid: str, value: V = None) -> Phrases[V]:  # type: ignore[assignment]
        for tag in LANGUAGES:
            for phrase in raw(tag, context, msgid):
                if context == "meaning" and phrase.startswith("="):
                    continue
                if "/" in phrase:
                    slots = [[self.choice(each, filler=context == "meaning") for each in slot] for slot in choices(phrase)]
                    phrases.add_choices(tuple(map(tuple, slots)), value)
                elif words := tuple(fold(phrase).split()):
                    self.words.update(words)
                    self.tongues[self.plain(words)].add(tag)
                    phrases.add(self.plain(words), value)
        return phrases

    def meant(self, msgid: str) -> Meant:
        listed = [phrase for tag in LANGUAGES for phrase in raw(tag, "meaning", msgid)]
        whole = {self.choice(each) for phrase in listed if phrase.startswith("=") for each in written_out(phrase)}
        inside = self.fill(Phrases[None](), "meaning", msgid)
        return Meant(frozenset(whole), inside, self.fill(Phrases(), "meaning", f"not {msgid}"))

    def tongues_by_name(self) -> dict[Tokens, Tongue]:
        names = [(words, name) for name in (*NAMED, *OF_A_TOWN) for _tag, words in self.folded("tongue", name)]
        self.named = {words: Tongue(name, name in OF_A_TOWN) for words, name in names}
        return self.named

    def asked_for(self) -> Phrases[Tongue]:
        """Every way of asking for a language, with the name of each that we do not speak."""
        found = Phrases[Tongue]()
        for name, tongue in self.named.items():
            for asked, _inside in self.asking():
                if len(asked) > 1:
                    found.add(self.plain(word for each in asked for word in (name if each == _NAME else (each,))), tongue)
        return found

    def choice(self, text: str, *, filler: bool = False) -> Tokens:
        """One choice of a phrase in plain spelling; nothing, if it is a filler and fillers do not count."""
        words = tuple(fold(text).split())
        self.words.update(words)
        plain = self.plain(words) if words else words
        return tuple(word for word in plain if word not in self.filler) or (words if filler else ())

    def whole(self) -> dict[Tokens, dict[str, Keyword]]:
        found: dict[Tokens, dict[str, Keyword]] = defaultdict(dict)
        for keyword in Keyword:
            if keyword is Keyword.HERE:
                continue
            for tag, words in self.folded("keyword", keyword.value):
                self.tongues[words].add(tag)
                found[words].setdefault(tag, keyword)
        return dict(found)

    def at_door(self) -> dict[Tokens, str | None]:
        """Of no meaning by themselves, and of no language either where several have them."""
        found: dict[Tokens, str | None] = {}
        for tag, words in self.folded("keyword", Keyword.HERE.value):
            found[words] = tag if found.get(words, tag) == tag else None
        return found

    def needs(self) -> tuple[Phrases[str], dict[Tokens, str]]:
        anywhere, whole = Phrases[str](), dict[Tokens, str]()
        for slug in NEEDS:
            for tag in LANGUAGES:
                for phrase in entries(tag, "need", slug):
                    words = self.plain(fold(phrase).split())
                    self.words.update(words)
                    self.tongues[words].add(tag)
                    if phrase.startswith("="):
                        whole[words] = slug
                    else:
                        anywhere.add(words, slug)
        return anywhere, whole

    def not_needs(self) -> NotNeeds:
        found = NotNeeds(Phrases(), Phrases(), Phrases())
        for tag in LANGUAGES:
            for phrase in entries(tag, "need", "not a need"):
                words = self.plain(fold(phrase.replace(NEED, "")).split())
                self.words.update(words)
                place = found.before if phrase.endswith(NEED) else found.after if phrase.startswith(NEED) else found.around
                place.add(words, None)
        return found

    def languages(self) -> tuple[dict[Tokens, str], Phrases[str]]:
        """Every name of every language, alone and in every way of asking for one, across all languages."""
        whole, anywhere = dict[Tokens, str](), Phrases[str]()
        for name, tag in [(words, named) for named in LANGUAGES for _tag, words in self.folded("language", named)]:
            self.tongues[name] |= {"", *LANGUAGES}  # a language's name says nothing of who texts it
            whole[name] = tag
            for asked, inside in self.asking():
                phrase = self.plain(word for each in asked for word in (name if each == _NAME else (each,)))
                whole[phrase] = tag
                if inside:
                    anywhere.add(phrase, tag)
        return whole, anywhere

    def asking(self) -> Iterator[tuple[Tokens, bool]]:
        """The ways of asking for a language, and whether each counts inside a sentence too."""
        for tag in LANGUAGES:
            for phrase in entries(tag, "language", "asks for a language"):
                words = tuple(fold(phrase.replace(PLACE, _NAME)).split())
                self.words.update(words)
                yield words, not phrase.startswith("=")

    def numbers(self) -> dict[Tokens, dict[str, int]]:
        found: dict[Tokens, dict[str, int]] = defaultdict(dict)
        for n in range(NUMBERS):
            for tag, words in self.folded("number", str(n)):
                self.tongues[words].add(tag)
                found[words][tag] = n
        return dict(found)

    def tongue(self) -> dict[Tokens, str]:
        for tag, words in self.folded("small words", "telltale"):
            self.tongues[words].add(tag)
        return {words: next(iter(tags)) for words, tags in self.tongues.items() if len(tags) == 1}
