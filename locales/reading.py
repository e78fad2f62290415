"""What a message means, read from its words alone: every language at once, whichever one the person has chosen."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from conversations.folding import fold
from conversations.keywords import Crisis, Keyword, Leaving, Meaning
from conversations.needs import NEEDS, URGENT
from conversations.reply import Reply, Tongue

from . import household, redaction, tongues
from .lexicon import Lexicon, lexicon
from .phrases import Hit, Phrases, Tokens

V = TypeVar("V")

GENERAL = {
    "baby": frozenset({"health", "dental", "vision", "childcare", "clothing", "disability"}),
    "health": frozenset({"dental", "vision", "mental_health", "addiction", "disability"}),
    "housing": frozenset({"rent", "shelter"}),
    "immigration": frozenset(NEEDS) - {"immigration", "legal"},
    "legal": frozenset({"immigration"}),
    "youth": frozenset({"tutoring"}),
}
"""A need that says less than these: "a doctor for my teeth" is the dentist, and who tells why they have no food wants food."""
GRAVEST = (Crisis.SELF, Crisis.CHILD, Crisis.VIOLENCE, Crisis.THREAT)
"""Which danger is answered when a message tells of several."""
TAPPED = {"👍": Keyword.OK, "👌": Keyword.OK, "✅": Keyword.OK, "👎": Keyword.NO} | dict.fromkeys(
    "🙏❤♥💕💖💛💙💜🧡💚😊🙂😀😃😍🥰😘🤗👏🎉🙌", Keyword.THANKS
)
"""Emoji that are an answer by themselves."""
MOST_OF_STOP = 60
"""Characters of a sentence that may still be STOP and nothing else."""
MOST_WORDS = 1000
"""Words of a message that are read; a longer one is nobody's answer."""

_COMMAND = re.compile(r"\s*/([A-Za-z0-9_]+)(?:@\w+)?(?:\s+(.*))?\s*", re.DOTALL)
_ZIP = re.compile(r"(?<![\w$#])(?<!\d[-.,/])(\d{5})(?:-\d{4})?(?![\w%]|[-.,/:]\d)")
_QUOTED = re.compile(r"(.{1,60}?)[“\"«„].*[”\"»“]?\s*", re.DOTALL)
_SIGNED = re.compile(r"[-+$%/*=<>]\s*\d|\d\s*[%/*=]")
_SENTENCE = re.compile(r"[.,;:!?\n]+")
_ANSWERS = frozenset({Keyword.YES, Keyword.NO, Keyword.OK})
_MOST_DIGITS = 3
_MOST_OF_A_PLACE = 3
_MOST_AROUND = 6
_LONGEST_KEYWORD = 20
_CODE_DIGITS = 6
_AT_DOOR = re.compile(r"((?:[^\W\d_]+ ){0,3}[^\W\d_]+) ?([0-9]{2}) ?([0-9]{2})(?![0-9])(.*)")
_LINKED_DOOR = re.compile(r"here-([0-9]{4})")


def read(text: str, *, language: str | None = None) -> Reply:
    """The message with every meaning found in it. `language` is the person's own: it decides where two languages differ."""
    said = _visible(text)
    if command := _COMMAND.fullmatch(said):
        return _command(text, command[1], command[2] or "", language)
    words = tuple(fold(said).split())[:MOST_WORDS]
    if (tapped := _tapped(said, words)) is not None:
        return Reply(text, keyword=tapped)
    return _Message(text, said, words, lexicon(), language).reply() if words else Reply(text)


def _command(text: str, name: str, rest: str, language: str | None) -> Reply:
    """Telegram's "/start MESA" and its kin; what follows any other command is read along with it."""
    if name.lower() == "start" and (door := _LINKED_DOOR.fullmatch(rest.strip().lower())):
        return Reply(text, keyword=Keyword.HERE, code=door[1])
    if name.lower() == "start":
        return Reply(text, keyword=Keyword.START, start_with=rest.strip())
    heard = read(f"{name} {rest}".strip(), language=language)
    return Reply(**{**vars(heard), "text": text})


def _visible(text: str) -> str:
    """Without characters that nobody sees, and that can part a word in two."""
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")


def _tapped(said: str, words: Tokens) -> Keyword | None:
    """A message that is nothing but emoji, or a phone's "Liked “…”", which quotes our words and says none."""
    if not words:
        return next((TAPPED[c] for c in said if c in TAPPED), None)
    quoted = _QUOTED.fullmatch(said)
    return Keyword.THANKS if quoted and fold(quoted[1]) in lexicon().reactions else None


class _Message:
    """One message being read: its folded words, and those words in plain spelling."""

    def __init__(self, text: str, said: str, words: Tokens, known: Lexicon, language: str | None) -> None:
        self.text, self.said, self.words, self.known, self.language = text, said, words, known, language
        self.plain = known.spelling.plain(words)
        self.heard: list[Tokens] = []
        """The phrases that meant something, which tell the language."""

    def reply(self) -> Reply:
        joins, code = self.code()
        if code:
            return Reply(self.text, keyword=joins, code=code, speaks=self.speaks())
        if door := self.door():
            return Reply(self.text, keyword=Keyword.HERE, code=door[0], speaks=door[1])
        if (desk := self.about_a_call()) is not None:
            return Reply(self.text, keyword=desk, code=self.words[-1], speaks=self.speaks())
        keyword, number = self.keyword(), self.number()
        if keyword is Keyword.STOP:
            return Reply(self.text, keyword=keyword, speaks=self.speaks())
        crisis = self.crisis()
        leaving = self.leaving(crisis) if keyword in {None, Keyword.WRONG} else None
        wanted = None if keyword else self.wanted(self.plain)
        needs = () if keyword or number is not None else self.needs(self.plain)
        meaning = None if keyword else self.meaning()
        tongue = None if keyword or needs else self.tongue()
        if not (keyword or number is not None or wanted or needs or crisis or leaving or meaning or tongue):
            keyword, wanted, needs, leaving = self.corrected()
        place, placed = ("", False) if keyword else self.place(needs)
        maybe = crisis is None and self.has(self.known.maybe_crisis, self.known.not_crisis)
        return Reply(
            self.text,
            keyword=keyword,
            language=wanted,
            speaks=self.speaks(),
            number=number,
            zip=self.zip(),
            place=place,
            placed=placed,
            need=needs[0] if needs else None,
            also=needs[1:],
            crisis=crisis,
            maybe_crisis=maybe,
            leaving=leaving,
            meaning=meaning,
            tongue=tongue,
            status=redaction.tells_status(self.said),
            safe=None if (safe := redaction.kept(self.said)) == self.said else safe,
            polite=keyword in _ANSWERS and self.says(Keyword.THANKS),
            lone="" if keyword or number is not None else self.lone(),
        )

    # The whole message

    def keyword(self) -> Keyword | None:
        """A keyword, alone or with courtesy around it, once or again and again: "STOP STOP", "yes please"."""
        spelled = ("".join(self.words),) if len(self.words) > 2 and max(map(len, self.words)) == 1 else self.words  # noqa: PLR2004
        for words in (self.words, spelled, _once(self.words), self.core(self.words), _once(self.core(self.words))):
            if (found := self.own(self.known.whole.get(words))) is not None:
                self.heard.append(words)
                return found
        plain = self.own(self.known.whole.get(self.core(self.plain)))
        if plain is None and all(word in self.known.courtesy for word in self.words):
            return Keyword.THANKS if self.says(Keyword.THANKS) else Keyword.HELLO if self.says(Keyword.HELLO) else None  # "hola buenas"
        return None if plain in {Keyword.STOP, Keyword.START} else plain

    def says(self, keyword: Keyword) -> bool:
        """One of the words is this by itself."""
        return any(keyword in self.known.whole.get((word,), {}).values() for word in self.words)

    def code(self) -> tuple[Keyword | None, str]:
        """Six digits, however they are spaced, after the word that joins: "LINK 552 811"; empty if it is anything else."""
        words = tuple("".join(map(_digit, word)) for word in self.words)
        said = tuple(word for word in words if not word.isdecimal())
        digits = "".join(words[len(said) :])
        if not (digits.isdecimal() and len(digits) == _CODE_DIGITS):
            return None, ""
        joins = self.own(self.known.whole.get(self.core(said)))
        if joins not in {Keyword.LINK, Keyword.HOUSEHOLD}:
            return None, ""
        self.heard.append(said)
        return joins, digits

    def door(self) -> tuple[str, str | None] | None:
        """Four digits after a word for being there, and its language: "HERE 4821", "aqui4821", "HERE 4821 2 adults 3 kids"."""
        found = _AT_DOOR.fullmatch(" ".join("".join(map(_digit, word)) for word in self.words))
        words = tuple(found[1].split()) if found else ()
        if found is None or words not in self.known.at_door:
            return None
        rest = found[4].strip()
        if rest and ((said := household.read(rest)) is None or said.counted is None):
            return None
        return found[2] + found[3], self.known.at_door[words]

    def about_a_call(self) -> Keyword | None:
        """What staff say of a call by its number: "DONE 12"."""
        if len(self.words) != len(("done", "12")) or not self.words[1].isdecimal() or len(self.words[1]) > _CODE_DIGITS:
            return None
        found = self.own(self.known.whole.get(self.words[:1]))
        return found if found in {Keyword.DONE, Keyword.TAKE} else None

    def own(self, meanings: Mapping[str, V] | None) -> V | None:
        """What the words mean in the person's own language, or in any. STOP is STOP in every one."""
        if not meanings:
            return None
        if Keyword.STOP in meanings.values():
            return next(each for each in meanings.values() if each is Keyword.STOP)
        return meanings.get(self.language or "", next(iter(meanings.values())))

    def core(self, words: Tokens, courtesy: frozenset[str] | None = None) -> Tokens:
        """The words without courtesy around them; all of them if nothing else is there."""
        courtesy = self.known.courtesy if courtesy is None else courtesy
        start, end = 0, len(words)
        while start < end and words[start] in courtesy:
            start += 1
        while end > start and words[end - 1] in courtesy:
            end -= 1
        return words[start:end] or words

    def number(self) -> int | None:
        """A whole number below 1000. "12" is twelve; "-2", "5%" and "1/2" are not numbers of a list."""
        core = self.core(self.words, self.known.courtesy | self.known.before_number)
        if len(core) == 1 and core[0].isdecimal() and core[0].isascii() and len(core[0]) <= _MOST_DIGITS:
            return None if _SIGNED.search(self.said) else int(core[0])
        found = self.own(self.known.numbers.get(core))
        if found is not None:
            self.heard.append(core)
        return found

    def wanted(self, words: Tokens) -> str | None:
        """The language asked for: "español", "in english please"."""
        found = self.known.languages.get(self.words) or self.known.languages.get(words) or self.known.languages.get(self.core(words))
        return found or next((hit.value for hit in self.known.language_phrases.find(words)), None)

    # Inside a sentence

    def zip(self) -> str | None:
        """Five digits that stand alone. Of several the last: an address ends with it."""
        digits = self.said if self.said.isascii() else "".join(_digit(c) for c in self.said)
        found = _ZIP.findall(digits)
        return found[-1] if found else None

    def needs(self, words: Tokens) -> tuple[str, ...]:
        """The needs asked for. First the one named first, or one that says the same more exactly, or one that cannot wait."""
        small = self.known.asking | self.known.courtesy
        core = self.core(tuple(word for word in self.core(words, small) if not word.isdecimal()), small)
        hits = self.known.not_needs.asked(list(self.known.needs.find(words)), words)
        whole = words if words in self.known.whole_needs or hits or self.known.not_needs.said(words) else core
        if (slug := self.known.whole_needs.get(whole)) is not None:
            self.heard.append(whole)
            return (slug,)
        if not hits:
            return ()
        first = hits[0]
        better = next((hit for hit in hits if hit.start >= first.end and hit.value in GENERAL.get(first.value, ())), first)
        self.heard.append(better.phrase)
        return _in_order(better.value, [hit.value for hit in hits if not _within_another(hit, hits)])

    # Names of places and schools

    def place(self, needs: Tokens) -> tuple[str, bool]:
        """What may be the name of a town, and whether a word before it said that a place follows: "food in Lamont", "food lamont"."""
        known = self.known.spelling.known
        said = self.core(self.words)
        for hit in reversed(list(self.known.before_place.find(said))):
            words = said[hit.end :]
            if 0 < len(words) <= _MOST_OF_A_PLACE and not any(word.isdecimal() for word in words):
                return " ".join(words), any(word not in known for word in words)
        return (self.beside(), False) if needs else ("", False)

    def beside(self) -> str:
        """The words before or after all that was understood, if nothing else is known of them."""
        hits = list(self.known.needs.find(self.plain))
        if not hits:
            return ""
        small = self.known.asking | self.known.courtesy
        for words in (self.plain[max(hit.end for hit in hits) :], self.plain[: hits[0].start]):
            name = self.core(words, small)
            if 0 < len(name) <= _MOST_OF_A_PLACE and not any(word in self.known.spelling.known or word.isdecimal() for word in name):
                return " ".join(name)
        return ""

    def lone(self) -> str:
        """The one word of a short message that is not said around joining: "hi, mesa please"; empty if there are more, or none."""
        around = self.known.around_joining | self.known.courtesy
        left = [word for word in self.words if word not in around]
        return left[0] if len(left) == 1 and len(self.words) <= _MOST_AROUND and len(left[0]) <= _LONGEST_KEYWORD else ""

    # Danger, leaving, and what else a sentence is about

    def crisis(self) -> Crisis | None:
        """The gravest danger told of. Of a phrase within a longer one only the longer counts: "he threatens to | kill me"."""
        hits = list(self.unless(self.known.crises, self.known.not_crisis))
        found = {
            hit.value
            for hit in hits
            if not any(each.start <= hit.start and hit.end <= each.end and each.phrase != hit.phrase for each in hits)
        }
        return next((kind for kind in GRAVEST if kind in found), None)

    def leaving(self, crisis: Crisis | None) -> Leaving | None:
        """Sure in a sentence that says so; in doubt where a part of the message is STOP, or it nearly is."""
        if self.has(self.known.leaving, self.known.not_leaving):
            return Leaving.SURE
        parts = [part for part in _SENTENCE.split(self.said) if part and not part.isspace()]
        if len(parts) > 1 and (self.is_stop(parts[0]) or self.is_stop(parts[-1])):
            return Leaving.SURE if crisis else Leaving.DOUBT
        doubtful = {self.words, self.plain, self.core(self.words), self.core(self.plain)} & self.known.doubtful
        return Leaving.DOUBT if doubtful else None

    def is_stop(self, part: str) -> bool:
        return len(part) <= MOST_OF_STOP and self.own(self.known.whole.get(self.core(tuple(fold(part).split())))) is Keyword.STOP

    def meaning(self) -> Meaning | None:
        """The first that is said, in plain words or in bad ones: those are no fillers here."""
        said = (self.plain, self.words, self.core(self.plain))
        return next((each for each, meant in self.known.meanings.items() if any(meant.within(words) for words in said)), None)

    def tongue(self) -> Tongue | None:
        """A language that is not ours: by its script, by its name alone, or asked for."""
        named = self.known.tongues.get(self.words) or self.known.tongues.get(self.core(self.words))
        return tongues.by_script(self.said) or named or next((hit.value for hit in self.known.tongue_phrases.find(self.plain)), None)

    def corrected(self) -> tuple[Keyword | None, str | None, tuple[str, ...], Leaving | None]:
        """The same again with its typing mistakes mended: keyword, language, needs, leaving. STOP and START are never guessed."""
        plain = tuple(self.known.typos.correct(word) for word in self.plain)
        if plain == self.plain:
            return None, None, (), None
        keyword = self.own(self.known.whole.get(self.core(plain)))
        if keyword is Keyword.STOP:
            return None, None, (), Leaving.DOUBT
        if keyword is not None and keyword is not Keyword.START:
            self.heard.append(self.core(plain))
            return keyword, None, (), None
        return None, self.wanted(plain), self.needs(plain), None

    def has(self, phrases: Phrases[None], excluded: Phrases[None]) -> bool:
        return any(True for _hit in self.unless(phrases, excluded))

    def unless(self, phrases: Phrases[V], excluded: Phrases[None]) -> Iterator[Hit[V]]:
        """The phrases found, but for those that lie within an excluded one, or begin inside it: "no | dejen de mandarme | mensajes"."""
        hits = list(phrases.find(self.plain))
        masks = [(hit.start, hit.end) for hit in excluded.find(self.plain)] if hits else []
        for hit in hits:
            if not any(start <= hit.start < end and (hit.end <= end or start < hit.start) for start, end in masks):
                self.heard.append(hit.phrase)
                yield hit

    def speaks(self) -> str | None:
        """The language most of its telling words belong to; None where two are level."""
        tongue = self.known.tongue
        votes = Counter(tag for words in {*self.heard, *((word,) for word in self.words if len(word) > 1)} if (tag := tongue.get(words)))
        (best, most), (_other, less) = (*votes.most_common(2), ("", 0), ("", 0))[:2]
        return best if most > 2 * less else None


def _within_another(hit: Hit[str], hits: list[Hit[str]]) -> bool:
    """It is a part of a longer phrase: the food of "food stamps"."""
    return any(each.start <= hit.start and hit.end <= each.end and each.phrase != hit.phrase for each in hits)


def _in_order(first: str, named: list[str]) -> tuple[str, ...]:
    """Each need once, what cannot wait before the rest; one that another says more exactly is left out."""
    urgent = next((slug for slug in URGENT if slug in named), first)
    first = urgent if urgent not in GENERAL.get(first, ()) and first not in GENERAL.get(urgent, ()) else first
    exact = [slug for slug in dict.fromkeys((first, *named)) if not any(other in GENERAL.get(slug, ()) for other in named)]
    return tuple(dict.fromkeys((first, *exact)))


def _once(words: Tokens) -> Tokens:
    """What is said again and again, once: "opt out opt out"."""
    lengths = (n for n in range(1, len(words)) if words == words[:n] * (len(words) // n))
    return words[: next(lengths, len(words))]


def _digit(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None or not character.isdecimal() else str(digit)
