"""What nobody should have told us, taken out of a text before it is kept: numbers of papers and cards, and immigration status.

Only what is stored changes; what the message asks for is still read from the message itself. A ZIP code and a phone number stay.
"""

from __future__ import annotations

import re
import unicodedata

from conversations.folding import fold
from conversations.keywords import Meaning

from .lexicon import lexicon

REDACTED = "[redacted]"

_PAPERS = re.compile(
    r"(?<![\w-])(?:"
    r"\d{3}[- .]\d{2}[- .]\d{4}"  # a Social Security number or an ITIN
    r"|\d{9}"
    r"|A[-#]?\s?\d{8,9}|A[-#]?\s?\d{3}[- ]\d{3}[- ]\d{2,3}"  # an alien registration number
    r"|[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d"  # a CURP
    r"|[A-Z]{1,4}\d{7,13}"  # a passport, a licence, a case at USCIS
    r")(?![\w-])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(ssn|itin|social(?: security)?(?: number)?|seguro(?: social)?|passport|pasaporte|licen[sc]e|licencia|matr[ií]cula|visa|"
    r"green card|alien|uscis|curp|case number|numero de caso)(\W+(?:\w{1,6}\W+){0,3}?)([A-Z]{0,4}\d[\d -]{4,17}\d)\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_AGENCY = re.compile(r"(?<![\w.])I\.?C\.?E\b(?!\s*-?\s*(?:cream|pack|chest|rink|skat|tea|box|water|machine|cube))", re.IGNORECASE)


def kept(text: str) -> str:
    """The text as it may be stored: without numbers of papers; of a message on immigration status nothing."""
    seen = text if text.isascii() else "".join(each for each in text if unicodedata.category(each) != "Cf")
    if tells_status(seen):
        return REDACTED
    if not any(character.isdecimal() for character in seen):
        return text
    without = _CARD.sub(lambda found: REDACTED if _luhn(found[0]) else found[0], seen)
    without = _NAMED.sub(lambda found: f"{found[1]}{found[2]}{REDACTED}", without)
    without = _PAPERS.sub(REDACTED, without)
    return text if without == seen else without


_TELLS_WHO = re.compile(
    r"\d{3}|@|https?:|www\.|"
    r"\b(?:mr|mrs|ms|miss|dr|sr|sra|srta|maestr[oa]|profe\w*|teacher|coach|principal|director[a]?)\b\.?\s+[A-ZÁÉÍÓÚÑ]\w+|"
    r"\b(?:my|mi)\s+(?:son|daughter|kid|child|hij[oa]|niñ[oa])\s+[A-ZÁÉÍÓÚÑ]\w+",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;] )[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+|[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+ [A-ZÁÉÍÓÚÑ][a-záéíóúñü]+")


def quotable(text: str) -> bool:
    """Words that others may read: no number, no address, nobody's name as far as one can see, and nothing that was taken out."""
    return kept(text) == text and REDACTED not in text and not _TELLS_WHO.search(text) and not _NAME.search(text)


def tells_status(text: str) -> bool:
    """Papers, ICE, deportation: of the person or anyone else. "ICE" in capitals among other letters is the agency."""
    if any(found[0].replace(".", "").isupper() for found in _AGENCY.finditer(text)) and not text.isupper():
        return True
    known = lexicon()
    return known.meanings[Meaning.STATUS].within(known.spelling.plain(fold(text).split()))


def _luhn(digits: str) -> bool:
    """The check sum of every payment card."""
    each = [int(character) for character in reversed(digits) if character.isdecimal()]
    return sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(each)) % 10 == 0
