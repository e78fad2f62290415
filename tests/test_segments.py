"""What a text costs as SMS, what is folded to make it cost less, and where a long one is cut."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.segments import Segments, fold, length, segments, split

ENGLISH = "Food at First Parish, 12 Elm St, today 3-6 pm. Bring a bag; no papers needed. Questions? Text 3 for a person. "
SPANISH = "Hay comida el sábado en la Iglesia, calle Alamo 12, de 3 a 6. Mañana también: traiga una bolsa, ¿necesita ayuda? "
PUNJABI = "ਸ਼ਨਿੱਚਰਵਾਰ ਨੂੰ ਸਕੂਲ ਵਿੱਚ ਖਾਣਾ ਮਿਲੇਗਾ। ਕੀ ਤੁਸੀਂ ਆ ਸਕਦੇ ਹੋ? ਕਿਰਪਾ ਕਰਕੇ ਜਵਾਬ ਦਿਓ। "
CHINESE = "星期六下午三点到六点，学校发放食品。请带一个袋子！不需要证件。您能来吗？"
FAMILY, FLAG, WAVE, ACUTE = "👨‍👩‍👧‍👦", "🇲🇽", "👋🏽", "e\u0301"

gsm_or_not = st.text(st.sampled_from("abc ñÑáéíóúü¿¡Ç[]{}€\n'’“”–…\u202f\u00a0ਸ中😀🇲\u0301\u200d."), max_size=400)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("", "GSM-7", 0),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("中" * 70, "UCS-2", 1),
        ("中" * 71, "UCS-2", 2),
        ("|", "GSM-7", 1),
        ("a" * 80 + "\r\n" + "a" * 79, "GSM-7", 2),
        ("a" * 80 + "\n" + "a" * 79, "GSM-7", 1),
        ("a" * 200 + "\r\n" + "a" * 105, "GSM-7", 3),
        ("é" * 70, "GSM-7", 1),
        (ACUTE * 70, "UCS-2", 3),
        ("“Hi”", "UCS-2", 1),
        ("😘|", "UCS-2", 1),
        ("]" * 153, "GSM-7", 3),
        ("]" * 152, "GSM-7", 2),
        ("this is a " + "]" * 75 + "😘", "UCS-2", 2),
        ("e\u0301\u0301\u0301" + "a" * 69, "UCS-2", 2),
        ("|" * 24 + "{" + "|" * 28 + "∞" + "|" * 10 + "^" + "|" * 5, "UCS-2", 1),
        ("a" * 66 + "👋" + "a" * 65, "UCS-2", 2),
        ("a" * 66 + "👋" + "a" * 66, "UCS-2", 3),
    ],
)
def test_a_text_is_counted_as_the_provider_bills_it(text, encoding, count):
    """The figures were compared with what the provider charged for these very texts, or follow from its published packing."""
    counted = segments(text)

    assert (encoding, count) == (counted.encoding, counted.count)


def test_a_bracket_is_two_units_only_in_the_small_alphabet():
    """[ and € are an escape pair in GSM-7, and one unit each as soon as the text is UCS-2."""
    assert Segments("GSM-7", 4, 1) == segments("[€")
    assert Segments("UCS-2", 3, 1) == segments("[€中")


@given(gsm_or_not | anything)
def test_no_text_costs_less_than_its_length_allows(text):
    """However it is packed, a text needs at least its units divided by the room, and never more than one unit a segment is wasted."""
    counted = segments(text)
    alone, joined = (160, 153) if counted.encoding == "GSM-7" else (70, 67)
    tight = -(-counted.units // joined)
    loose = -(-counted.units // (joined - 1))

    assert counted.count in (range(2) if counted.units <= alone else range(tight, loose + 1))


def test_accents_go_when_that_saves_a_segment():
    """A Spanish text of 120 characters is two segments with its accents, and one without."""
    text = "Reunión el sábado a las 6:30 en la cafetería. Habrá comida y cuidado de niños. ¿Vendrá? Responda 1 sí, 2 no. ¡Gracias!"

    assert segments(text).count == 2
    assert (
        fold(text)
        == "Reunion el sabado a las 6:30 en la cafeteria. Habra comida y cuidado de niños. ¿Vendra? Responda 1 si, 2 no. ¡Gracias!"
    )
    assert segments(fold(text)).count == 1


def test_accents_stay_where_they_cost_nothing():
    """A short text is one segment either way, so it keeps its marks."""
    assert fold("Reunión el sábado, ¿sí?") == "Reunión el sábado, ¿sí?"


def test_a_date_never_makes_an_sms_dear():
    """The narrow space a calendar puts before p.m. is an ordinary space in every text that leaves."""
    assert fold("6:30\u202fp.m.") == "6:30 p.m."
    assert fold("ਸ਼ਾਮ\u00a06:30") == "ਸ਼ਾਮ 6:30"


@pytest.mark.parametrize("word", ["año", "niñas", "AÑO", "man\u0303ana"])
def test_an_enye_is_never_folded(word):
    """A year stays a year, whatever it costs and however the ñ was typed."""
    long = f"{word} sábado “{'a' * 90}”"

    assert unicodedata.normalize("NFC", word) in fold(long)


@pytest.mark.parametrize("text", [PUNJABI * 2, CHINESE * 3, "Pizza 🍕 el sábado " * 6, "Họp phụ huynh vào thứ Bảy ở trường nhé. " * 3])
def test_a_text_that_cannot_be_folded_keeps_every_letter(text):
    """Half-folded would cost the same and read worse."""
    assert text == fold(text)


@given(gsm_or_not | anything)
def test_folding_never_costs_more_and_folds_once(text):
    """Folding twice is folding once; the ñ survive; and what saves nothing changes no letter."""
    folded = fold(text)
    composed = unicodedata.normalize("NFC", text)

    assert folded == fold(folded)
    assert segments(folded).count <= segments(text).count
    assert composed.count("ñ") + composed.count("Ñ") == sum(unicodedata.normalize("NFC", folded).count(c) for c in "ñÑ")
    assert {"\u202f", "\u00a0", "\t"}.isdisjoint(folded)


def test_a_text_that_fits_is_one_text():
    """Nothing is trimmed from a text that needs no cutting."""
    assert split(" Hi \n", 1600) == [" Hi \n"]
    assert split("", 1600) == [""]


def test_a_long_text_is_cut_where_a_reader_would_pause():
    """A paragraph first, then a line, a sentence, a word, and only then a letter."""
    assert split("One two.\nThree.\n\nFour five six.", 22) == ["One two.\nThree.", "Four five six."]
    assert split("One two. Three.\nFour five six.", 20) == ["One two. Three.", "Four five six."]
    assert split("One two. Three! Four five six.", 20) == ["One two. Three!", "Four five six."]
    assert split("one two three four five six", 20) == ["one two three four", "five six"]
    assert split("学校发放食品。请带一个袋子", 8) == ["学校发放食品。", "请带一个袋子"]
    assert split("a" * 15, 10) == ["aaaaaaaaaa", "aaaaa"]


def test_four_thousand_chinese_characters_are_split():
    """No spaces, no sentence ends: still within the limit."""
    assert [len(part) for part in split("中" * 4000, 1600)] == [1600, 1600, 800]


@pytest.mark.parametrize("whole", [FAMILY, FLAG, WAVE, ACUTE, "क्ष", "ਨੂੰ", "1\ufe0f\u20e3"])
def test_nothing_a_reader_sees_as_one_character_is_cut_in_two(whole):
    """A family, a flag, a skin tone, an accent typed on its own: wherever the limit falls, it stays whole."""
    for limit in range(length(whole), 3 * length(whole) + 1):
        parts = split(whole * 6, limit)

        assert all(part == whole * (len(part) // len(whole)) for part in parts)
        assert whole * 6 == "".join(parts)


def test_a_pile_of_marks_longer_than_the_limit_is_cut_all_the_same():
    """The limit holds even for a text made to break it."""
    assert max(length(part) for part in split("a" + "\u0301" * 500, 100)) <= 100


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([ENGLISH, SPANISH, PUNJABI, CHINESE, FAMILY, FLAG, "\n", "\n\n", "x" * 90]), max_size=25).map("".join),
    st.integers(min_value=30, max_value=400),
)
def test_the_parts_fit_and_together_are_the_text(text, limit):
    """In every script: no part over the limit, none empty, and nothing lost but white space at the cuts."""
    parts = split(text, limit)

    assert all(0 < length(part) <= limit for part in parts) or parts == [text]
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", "".join(parts))


@given(anything, st.integers(min_value=2, max_value=50))
def test_even_nonsense_is_split_within_the_limit(text, limit):
    """Any characters at all, in any order."""
    parts = split(text, limit)

    assert max(map(length, parts)) <= limit or parts == [text]
    assert "".join(text.split()) == "".join("".join(parts).split())
