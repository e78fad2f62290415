"""The phone numbers of a cell, however they are written: those a family can be texted at, or why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from conversations.folding import fold

US = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
"""The United States and its territories: what a text costs the same to."""
NOTHING = frozenset({"", "0", "na", "n a", "none", "no", "null", "unknown", "ninguno", "nada", "no tiene", "no phone", "sin telefono"})
FEW_DIGITS = 7
_LOCAL, _WHOLE = 7, 10
_APART = re.compile(r"[;,/|\n]|\s+(?:or|o|y|and|u)\s+", re.IGNORECASE)
_SHORTENED = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2,}\.?")
_EXTENSION = re.compile(r"\s*(?:ext\.?|extension|x|#)\s*\d+\s*", re.IGNORECASE)
_NOT_PERSONAL = {
    PhoneNumberType.TOLL_FREE: "a toll-free number",
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a company's number",
    PhoneNumberType.UAN: "a company's number",
    PhoneNumberType.PERSONAL_NUMBER: "a forwarding number",
    PhoneNumberType.PAGER: "a pager",
    PhoneNumberType.VOICEMAIL: "a voicemail",
}


@dataclass(frozen=True)
class Unusable:
    """A number nobody can be texted at. It shows no more of it than its last two digits."""

    why: str
    ends: str = ""
    strange: bool = False
    """It is not even like a number: many of these, and the columns are shifted."""


def read(cell: str) -> Iterator[str | Unusable]:
    """Each number in a cell as +1 and ten digits, or why it cannot be used; nothing for an empty one."""
    if fold(cell) in NOTHING or not cell.strip(" -/."):
        return
    if _SHORTENED.fullmatch(cell.strip()):
        yield Unusable("shortened by the spreadsheet: format the column as text, and enter it again")
        return
    parts = [part for part in _APART.split(cell) if part.strip()]
    if len(parts) > 1 and all(len(_digits(part)) < FEW_DIGITS for part in parts):
        parts = [cell]  # 661/555/0120
    yield from (_number(part) for part in parts)


def _without_words(text: str) -> str:
    """Without the words of "mom 661-555-0120 (cell)": a letter would be read as a key of the phone."""
    return _WORDS.sub(lambda word: word[0] if word[0].casefold().startswith("ext") else " ", text).replace("( )", " ")


def last_two(number: str) -> str:
    return f"…{number[-2:]}"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _number(text: str) -> str | Unusable:
    digits = _digits(text)
    ends = last_two(digits) if len(digits) >= _LOCAL else ""
    if _EXTENSION.fullmatch(text):
        return Unusable("only an extension")
    if len(digits) < FEW_DIGITS:
        return Unusable("not a phone number" if not digits else "too few digits", strange=True)
    if len(digits) == _LOCAL:
        return Unusable("no area code", ends)
    try:
        number = phonenumbers.parse(_without_words(text).replace("#", " x"), "US")
    except phonenumbers.NumberParseException:
        return Unusable("not a phone number", ends, strange=True)
    return _fit(number, ends)


def _fit(number: phonenumbers.PhoneNumber, ends: str) -> str | Unusable:
    if number.extension:
        return Unusable("with an extension: it cannot be texted", last_two(str(number.national_number)))
    if not phonenumbers.is_valid_number(number):
        return Unusable("a number nobody can have" if len(str(number.national_number)) == _WHOLE else "not ten digits", ends)
    if phonenumbers.region_code_for_number(number) not in US:
        return Unusable("not a number of the United States", ends)
    if (kind := _NOT_PERSONAL.get(phonenumbers.number_type(number))) is not None:
        return Unusable(f"{kind}, nobody's own", ends)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
