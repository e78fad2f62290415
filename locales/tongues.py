"""Languages that we do not speak, by their own names, and the scripts that tell them."""

from __future__ import annotations

import unicodedata

from conversations.reply import Tongue

BY_SCRIPT = {
    "GURMUKHI": "ਪੰਜਾਬੀ",
    "ARABIC": "العربية / فارسی / اردو",
    "CJK": "中文",
    "HIRAGANA": "日本語",
    "KATAKANA": "日本語",
    "HANGUL": "한국어",
    "CYRILLIC": "Русский / Українська",
    "THAI": "ไทย",
    "KHMER": "ខ្មែរ",
    "LAO": "ລາວ",
    "MYANMAR": "မြန်မာ",
    "DEVANAGARI": "हिन्दी",
    "ARMENIAN": "Հայերեն",
    "HEBREW": "עברית",
    "ETHIOPIC": "አማርኛ",
    "BENGALI": "বাংলা",
    "GUJARATI": "ગુજરાતી",
    "TAMIL": "தமிழ்",
    "TELUGU": "తెలుగు",
    "GREEK": "Ελληνικά",
    "GEORGIAN": "ქართული",
}
"""The first word of a letter's Unicode name, and the languages written with it."""
NAMED = (
    *("ਪੰਜਾਬੀ", "中文", "Tiếng Việt", "한국어", "Tagalog", "Ilokano", "Hmoob", "العربية", "فارسی", "اردو", "हिन्दी", "Русский"),
    *("Українська", "日本語", "ខ្មែរ", "ລາວ", "Հայերեն", "Português", "Français", "Kreyòl ayisyen", "Soomaali"),
)
OF_A_TOWN = (
    "Mixteco",
    "Triqui",
    "Zapoteco",
    "Purépecha",
    "Náhuatl",
    "Otomí",
    "Mam",
    "Qʼanjobʼal",
    "Kʼicheʼ",
    "Chatino",
    "Tlapaneco",
    "Maya",
)
"""Indigenous languages: those of two towns may not understand each other, and many of their speakers do not read them."""

_LETTERS = 2


def by_script(text: str) -> Tongue | None:
    """The language that most letters of a text belong to, when they are of a script we know and not of ours."""
    if text.isascii():
        return None
    letters = [unicodedata.name(character, "").split(" ")[0].split("-")[0] for character in text if character.isalpha()]
    foreign = [letter for letter in letters if letter in BY_SCRIPT]
    if len(foreign) < _LETTERS or 2 * len(foreign) < len(letters):
        return None
    script = "HIRAGANA" if "HIRAGANA" in foreign else max(foreign, key=foreign.count)
    return Tongue(BY_SCRIPT[script])
