"""Repair what feeds commonly get wrong: letters, capitals, phone numbers, ZIP codes, dates. Unsure means untouched, or left out."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date

import phonenumbers
from phonenumbers import PhoneNumberMatcher

from ..places import point
from .feed import Phone

NOTE_LENGTH = 160

_FOREIGN = re.compile(r"[^\x00-\x7f]{2,}")
_READ_WRONG_AS = ("cp1252", "cp850", "cp437")
_GREEK = re.compile(r"GÇ([^\x00-\x7f])")
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "…": "..."})
_LATIN = 0x180
_PUNCTUATION = range(0x2010, 0x2123)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")
_SMALL = {"a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with", "de", "del", "la", "las", "los", "el", "y"}
_ACRONYMS = {"YMCA", "YWCA", "WIC", "ESL", "GED", "USA", "US", "HIV", "AIDS", "LGBTQ", "VA", "UC", "PTA", "II", "III", "IV", "CSUB", "CA"}
_NOTHING = {"none", "none.", "n/a", "na", "no", "-", "null", "vary", "vary.", "varies", "varies."}
_STRAY_STOP = re.compile(r"(?<=[a-z]{4})\.,")
_SHORT_CODE = re.compile(r"\d{3}")
_EXTENSION = re.compile(r"\d{1,6}")
_AREA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")


@dataclass(frozen=True)
class Numbers:
    """The phones a cell holds, and whether something in it was not understood."""

    phones: tuple[Phone, ...]
    doubtful: bool


def clean(text: str) -> str:
    r"""One line of plain text: HTML entities, literal \n and wrongly read letters undone, e-mail addresses dropped."""
    whole = html.unescape(text).replace("\\r", " ").replace("\\n", " ")
    whole = _FOREIGN.sub(_reread, _GREEK.sub(_reread_greek, whole))
    return " ".join(_EMAIL.sub("", whole.translate(_PLAIN)).split())


def name(text: str) -> str:
    """A name without shouting: "FOOD BANK OF THE YMCA" is Food Bank of the YMCA."""
    whole = _STRAY_STOP.sub(",", clean(text))
    words = whole.split()
    if whole != whole.upper() or whole == whole.lower() or (len(words) == 1 and len(whole) <= 5):  # noqa: PLR2004
        return whole
    return " ".join(_calm(word, first=n == 0) for n, word in enumerate(words))


def says(text: str) -> bool:
    """Whether a cell says anything: "None." and "Varies" do not."""
    return clean(text).casefold() not in {"", *_NOTHING}


def sentence(*parts: str) -> str:
    """The parts that say anything as one line, cut at a word where it grows too long for a text message."""
    said = [part if part[-1] in ".!?" else f"{part}." for part in map(clean, parts) if says(part)]
    whole = " ".join(dict.fromkeys(said))
    if len(whole) <= NOTE_LENGTH:
        return whole
    return f"{whole[: NOTE_LENGTH - 3].rsplit(' ', 1)[0].rstrip(',;.')}..."


def numbers(text: str, extension: str = "", kind: str = "") -> Numbers:
    """All numbers of a cell in E.164 with their extensions; three digits are a short code (211)."""
    if _SHORT_CODE.fullmatch(text.strip()):
        return Numbers((Phone(text.strip(), "", kind or "voice"),), doubtful=False)
    found: list[Phone] = []
    for match in PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        if _AREA.fullmatch(number) or not number.startswith("+1"):
            own = match.number.extension or (extension if not found else "")
            found.append(Phone(number, own if _EXTENSION.fullmatch(own) else "", kind or "voice"))
    lost = bool(extension) and not _EXTENSION.fullmatch(extension)
    return Numbers(tuple(found), doubtful=lost or not found)


def zip_code(text: str, state: str = "") -> str:
    """The five digits; a leading zero that a spreadsheet has eaten is put back where the state bears it out. Empty if there is none."""
    bare = text.strip()
    if re.fullmatch(r"\d{5}([- ]?\d{4})?", bare):
        return bare[:5]
    if re.fullmatch(r"\d{4}", bare) and (spot := point(f"0{bare}")) is not None and spot.state == state.strip().upper():
        return spot.zip
    return ""


def number_of(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def day(text: str) -> date | None:
    """The day of an ISO date or moment; None for anything else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _reread(run: re.Match[str]) -> str:
    """Letters that are UTF-8 read in another code page, read again rightly; any others as they are."""
    for page in _READ_WRONG_AS:
        try:
            right = run[0].encode(page).decode("utf-8")
        except UnicodeError:
            continue
        if all(ord(c) < _LATIN or ord(c) in _PUNCTUATION for c in right):
            return right
    return run[0]


def _reread_greek(run: re.Match[str]) -> str:
    """A dash or quote of UTF-8 read as code page 437, whose gamma somebody then wrote as G."""
    try:
        return (b"\xe2\x80" + run[1].encode("cp437")).decode("utf-8")
    except UnicodeError:
        return run[0]


def _calm(word: str, *, first: bool) -> str:
    bare = word.strip("(),.&/-:;\"'")
    if bare in _ACRONYMS or not bare.isascii() or any(c.isdigit() for c in bare):
        return word if bare in _ACRONYMS or any(c.isdigit() for c in bare) else word.capitalize()
    if bare.lower() in _SMALL and not first:
        return word.lower()
    return re.sub(r"[A-Z]+('[A-Z]+)?", lambda part: part[0].capitalize(), word)
