"""Which language a cell names: a word in English, Spanish or its own, an ISO code, or one of California's own codes.

CALPADS had two digits until 2023 and has ISO 639-2 since; the state's child care forms still have the digits:
https://www.cde.ca.gov/sp/cd/ci/childprimarylanguage.asp
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversations.folding import fold

_KNOWN = """
en  00  en eng            English, ingles, inglesa
es  01  es spa sp esp     Spanish, espanol, castellano, spanish castilian
vi  02  vi vie            Vietnamese, vietnamita, tieng viet
yue 03  yue               Cantonese, cantones
ko  04  ko kor            Korean, coreano
tl  05  tl tgl fil        Tagalog, Filipino, Pilipino, tagalo
pt  06  pt por            Portuguese, portugues
cmn 07  cmn zh chi zho    Mandarin, Chinese, mandarin putonghua, chino, mandarin chinese
ja  08  ja jpn            Japanese, japones
km  09  km khm            Khmer, Cambodian, khmer cambodian, camboyano
lo  10  lo lao            Lao, Laotian
ar  11  ar ara            Arabic, arabe
hy  12  hy arm hye        Armenian, armenio
my  13  my bur mya        Burmese, birmano
fa  16  fa per fas        Farsi, Persian, farsi persian, persa
fr  17  fr fre fra        French, frances
de  18  de ger deu        German, aleman
he  21  he heb            Hebrew, hebreo
hi  22  hi hin            Hindi
hmn 23  hmn               Hmong
ilo 25  ilo               Ilocano
id  26  id ind            Indonesian, indonesio
it  27  it ita            Italian, italiano
pa  28  pa pan            Punjabi, Panjabi
ru  29  ru rus            Russian, ruso
sm  30  sm smo            Samoan, samoano
th  32  th tha            Thai, tailandes
tr  33  tr tur            Turkish, turco
to  34  to ton            Tongan
ur  35  ur urd            Urdu
uk  38  uk ukr            Ukrainian, ucraniano
ps  40  ps pus            Pashto, pastun
pl  41  pl pol            Polish, polaco
syr 42  syr aii           Assyrian, asirio
gu  43  gu guj            Gujarati
ium 44  ium               Mien, Yao
ro  45  ro rum ron        Romanian, Rumanian, rumano
mh  48  mh mah            Marshallese
mxb 49  mxb mix           Mixteco, Mixtec
zap -   zap               Zapoteco, Zapotec
trq -   trq trc           Triqui
nah -   nah               Nahuatl
am  -   am amh            Amharic, amarico
so  -   so som            Somali
ti  -   ti tir            Tigrinya
ne  -   ne nep            Nepali
bn  -   bn ben            Bengali, Bangla
te  -   te tel            Telugu
ta  -   ta tam            Tamil
ht  -   ht hat            Haitian Creole, Creole, criollo haitiano
ase -   ase sgn           American Sign Language, ASL, sign language
"""
"""Tag, CALPADS digits, codes, names: the first name is the one we say."""

_NOT_SAID = frozenset({"", "na", "n a", "none", "unknown", "desconocido", "null", "undetermined", "und", "ninguno", "uu"})
_OF_A_LANGUAGE = frozenset({"language", "only", "idioma", "lengua", "solo", "solamente"})
OTHER = "another language"


@dataclass(frozen=True)
class Spoken:
    """A language: its tag, and its name in English."""

    tag: str
    name: str


def _table() -> dict[str, Spoken]:
    found: dict[str, Spoken] = {}
    for line in _KNOWN.strip().splitlines():
        tag, digits, codes = line[:4].strip(), line[4:8].strip(), line[8:26].split()
        names = [each.strip() for each in line[26:].split(",")]
        spoken = Spoken(tag, names[0])
        found |= dict.fromkeys([digits, digits.lstrip("0") or "0", *codes, *(fold(each) for each in names)], spoken)
    found.pop("-")
    return found


_BY_WORD = _table()


def read(cell: str) -> Spoken | None:
    """The first language a cell names, `OTHER` where it names one we have never heard of, None where it names none."""
    whole = fold(cell)
    if whole in _NOT_SAID:
        return None
    if (found := _BY_WORD.get(whole)) is not None:
        return found
    if (tagged := re.fullmatch(r"([A-Za-z]{2,3})[-_][A-Za-z0-9]{2,4}", cell.strip())) and tagged[1].casefold() in _BY_WORD:
        return _BY_WORD[tagged[1].casefold()]
    words = [word for word in whole.split() if word not in _OF_A_LANGUAGE]
    first = next((_BY_WORD[word] for word in words if word in _BY_WORD and (len(word) > 2 or word.isdecimal())), None)  # noqa: PLR2004
    return first or Spoken("", OTHER)
