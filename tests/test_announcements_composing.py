"""Pieces of a draft put together, and whom a draft goes to, in the words of who writes it."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.announcements import composing
from conversations.announcements.audience import Audience, Criterion
from conversations.announcements.audience_words import in_words, labelled, read
from conversations.announcements.composing import Piece
from conversations.announcements.orders import Order, Verb
from conversations.announcements.steps import Made, Said
from conversations.flows.announce import Writing
from locales import audience, orders, render

KNOWN = audience.vocabulary({"mesa": "Mesa Verde Elementary"})
TWO = audience.vocabulary({"mesa": "Mesa Verde Elementary", "rio": "Rio Seco Elementary"})
WORDS = st.text(st.sampled_from("abcñé .,!\n"), min_size=1, max_size=40).filter(str.strip)
ANY = st.text(max_size=60).filter(str.strip)


def of(*clauses, but=()):
    return Audience(
        tuple(tuple(Criterion(*each.split(":")) for each in clause.split()) for clause in clauses),
        tuple(tuple(Criterion(*each.split(":")) for each in clause.split()) for clause in but),
    )


def letters(text):
    return Counter(c for c in text if not c.isspace())


def texts(*pieces, language="en"):
    return composing.texts([Piece(each) for each in pieces], KNOWN.labels, language)


# In order


@given(st.lists(WORDS, min_size=2, max_size=9), st.randoms())
def test_a_text_cut_by_a_phone_is_whole_in_whatever_order_it_comes(parts, chance):
    """A long text that a phone has cut and marked reads as it was written, and no letter of it is lost."""
    marked = [f"({n}/{len(parts)}) {part}" for n, part in enumerate(parts, 1)]
    in_order = texts(*marked)
    chance.shuffle(marked)

    assert texts(*marked) == in_order
    assert letters("".join(parts)) == letters("".join(in_order.values()))
    assert ((), len(parts)) == composing.missing([Piece(each) for each in marked])


@given(st.lists(ANY, min_size=1, max_size=6))
def test_no_letter_is_lost_whatever_is_sent(parts):
    """But for marks and the names of languages, every letter of every piece stands in the text."""
    lost = letters("".join(parts))
    lost.subtract(letters("".join(texts(*parts).values())))
    taken = letters(
        "".join(c for part in parts if composing.mark_of(part) or list(composing.sections(part, KNOWN.labels))[1:] for c in part)
    )

    assert all(n >= 0 for n in lost.values())
    assert all(n <= taken[c] for c, n in lost.items())


def test_a_piece_that_comes_twice_is_there_once():
    """A phone that sends a part again does not double it."""
    assert {"en": "Come on Friday."} == texts("(2/2) on Friday.", "(1/2) Come", "(2/2) on Friday.")


@pytest.mark.parametrize("day", ["12/18 Winter concert", "1/2 day on Friday", "3/3"])
def test_a_day_is_not_taken_for_a_mark(day):
    """ "12/18" begins a text about the 18th of December."""
    assert {"en": day} == texts(day)


def test_marks_without_brackets_count_when_they_bear_each_other_out():
    """ "2/2 …" and "1/2 …" are two parts of one text."""
    assert {"en": "Come on Friday."} == texts("2/2 on Friday.", "1/2 Come")


def test_missing_parts_are_named():
    """Of three parts, two have not come."""
    assert ((1, 3), 3) == composing.missing([Piece("(2/3) and")])


def test_two_languages_share_one_text():
    """EN: and ES: part a text, at the beginning of a line or, in capitals, behind a sentence."""
    wanted = {"en": "No school.", "es": "No hay clases."}

    assert wanted == texts("EN: No school.\nES: No hay clases.")
    assert wanted == texts("English: No school.\nEspañol: No hay clases.")
    assert wanted == texts("EN: No school. ES: No hay clases.")
    assert {"es": "No hay clases.", "en": "No school."} == texts("No hay clases.\nEN: No school.", language="es")


def test_the_words_tell_the_language_of_a_text_without_a_label():
    """A coordinator who reads English may write Spanish."""
    assert {"es": "No hay clases el lunes"} == composing.texts([Piece("No hay clases el lunes", "es")], KNOWN.labels, "en")


# By number


@given(st.text(st.sampled_from("ab .!?\n"), max_size=80))
def test_lines_put_together_again_are_the_text(text):
    """Numbering a text changes nothing in it."""
    assert text == composing.whole(composing.lines(text))


@given(
    st.lists(WORDS.map(lambda text: text.replace("\n", " ").strip() or "a"), min_size=1, max_size=6), st.integers(1, 6), st.integers(1, 6)
)
def test_moving_a_line_keeps_every_word(parts, number, to):
    """A line at another place, or a sentence that there is none of that number."""
    lines = [composing.Line(each, "\n") for each in parts]
    if max(number, to) > len(parts):
        with pytest.raises(IndexError):
            composing.moved(lines, number, to)
    else:
        moved = composing.moved(lines, number, to)
        assert Counter(parts) == Counter(each.text for each in moved)
        assert parts[number - 1] == moved[to - 1].text


def test_a_line_gets_new_words_or_goes():
    """ "2: …" changes the second sentence, "2:" takes it away."""
    lines = composing.lines("One. Two.\nThree.")

    assert "One. Twelve.\nThree." == composing.whole(composing.changed(lines, 2, "Twelve."))
    assert "One. Three." == composing.whole(composing.changed(lines, 2, ""))
    assert "One. Two." == composing.whole(composing.changed(lines, 3, ""))


@pytest.mark.parametrize(
    ("text", "told"), [("3: new words", (3, "new words")), ("3:", (3, "")), ("3:30 in the gym", None), ("Bring 3: one", None)]
)
def test_what_changes_a_line(text, told):
    """A time of day is no number of a line."""
    assert told == composing.edit(text)


MOVES = st.one_of(
    ANY.map(lambda text: Said(Made.TEXT, text)),
    st.integers(0, 9).map(lambda n: Said(Made.NUMBER, str(n))),
    st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda pair: Said(Made.MOVE, f"{pair[0]} {pair[1]}")),
    st.tuples(st.integers(1, 5), WORDS).map(lambda pair: Said(Made.TEXT, f"{pair[0]}: {pair[1]}")),
    st.sampled_from(
        [Said(Made.DONE), Said(Made.SHOW), Said(Made.EMPTY), Said(Made.LONG, "20000"), Said(Made.YES, "ok"), Said(Made.NO, "no")]
    ),
)


@given(st.lists(MOVES, max_size=12))
def test_whatever_is_done_to_a_draft_nothing_goes_in_silence(moves):
    """Each step keeps all pieces, adds its own, changes the one it names, or says why it does nothing; and there is always something to say."""
    writing = Writing(KNOWN, "en")
    for move in moves:
        after = writing.after(move)
        before, now = Counter(each.text for each in writing.pieces), Counter(each.text for each in after.pieces)
        gone, new = before - now, now - before
        if move.made in {Made.TEXT, Made.NUMBER} and after.note is None:
            assert not gone
            assert [move.text] == list(new)
        elif gone or new:
            assert composing.edit(move.text) is not None
            assert gone.total() == 1
        assert after.words.singular
        writing = after


# To whom


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("families", of("school:mesa group:families")),
        ("Families es", of("school:mesa group:families language:es")),
        ("familias en español", of("school:mesa group:families language:es")),
        ("staff + partners", of("school:mesa group:staff", "school:mesa group:partners")),
        ("personal y socios", of("school:mesa group:staff", "school:mesa group:partners")),
        ("families not es", of("school:mesa group:families", but=("language:es",))),
        (
            "todos menos personal",
            of(*(f"school:mesa group:{each}" for each in ("families", "staff", "partners", "community")), but=("group:staff",)),
        ),
        ("spanish", of("school:mesa group:families language:es")),
        ("families mesa", of("school:mesa group:families")),
        ("liaisons", of("school:mesa role:liaison")),
        ("the families who speak Spanish", of("school:mesa group:families language:es")),
        ("3rd grade", None),
        ("families of Atlantis", None),
        ("", None),
        ("and", None),
    ],
)
def test_an_audience_in_words(words, meant):
    """In the words of either language; what is not understood names nobody, rather than somebody else."""
    assert meant == read(words, KNOWN)


def test_whoever_has_two_schools_reaches_both_unless_one_is_named():
    """Without a school's name an audience is of all schools of who writes."""
    assert of("school:mesa group:families", "school:rio group:families") == read("families", TWO)
    assert of("school:rio group:families") == read("families rio", TWO)
    assert "families MESA, families RIO" == render(in_words(TWO.own, TWO), "en")


@pytest.mark.parametrize(
    ("text", "to", "rest", "unknown"),
    [
        ("families: No school.", "families", "No school.", ""),
        ("families", "families", "", ""),
        ("Reminder: no school.", None, "Reminder: no school.", "Reminder"),
        ("We meet at 5:30 in the gym", None, "We meet at 5:30 in the gym", ""),
        ("EN: No school.", None, "EN: No school.", ""),
        ("No school", None, "No school", ""),
        ("All students must bring a coat", None, "All students must bring a coat", ""),
    ],
)
def test_what_stands_before_the_text(text, to, rest, unknown):
    """An audience before the first colon is taken; anything else stays in the text, and is said to be nobody."""
    assert (read(to, KNOWN) if to else None, rest, unknown) == labelled(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("SEND families: hi", Order(Verb.SEND, None, "families: hi")),
        ("(1/3) SEND families: hi", Order(Verb.SEND, None, "(1/3) families: hi")),
        ("(2/3) there", Order(Verb.SEND, None, "(2/3) there", head=False)),
        ("LISTO", Order(Verb.DONE)),
        ("done with dishes", None),
        ("MOVE 3 1", Order(Verb.MOVE, 3, "1")),
        ("mover 3 1", Order(Verb.MOVE, 3, "1")),
    ],
)
def test_orders_of_who_composes(text, order):
    """A phone's mark may stand before the word."""
    assert order == orders.read(text)


def test_shuffled_a_hundred_times_a_bilingual_draft_is_the_same():
    """900 characters in two languages, cut in four."""
    english, spanish = "Family Night is on Friday. " * 17, "La Noche Familiar es el viernes. " * 14
    words = f"EN: {english.strip()} ES: {spanish.strip()}".split()
    cut = [f"({n + 1}/4) {' '.join(words[n * len(words) // 4 : (n + 1) * len(words) // 4])}" for n in range(4)]
    for seed in range(100):
        random.Random(seed).shuffle(cut)
        assert texts(*cut) == {"en": english.strip(), "es": spanish.strip()}
