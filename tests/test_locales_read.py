"""What people text is understood, in every language at once."""

import hearing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.folding import fold
from conversations.keywords import Crisis, Keyword, Leaving
from conversations.needs import NEEDS
from conversations.reply import Reply
from locales import LANGUAGES
from locales.lexicon import entries, raw
from locales.phrases import choices
from locales.reading import read

PUBLISHED = {"stop": (0.99, 0.99), "crisis": (0.99, 0.99), "needs": (0.95, 0.97)}
"""Recall and precision that docs/hearing.md promises."""
CARRIER = ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"]
SPANISH_STOP = ["alto", "parar", "pare", "basta", "baja", "cancelar", "darme de baja"]


def first_and_last(phrase):
    """What a phrase with choices says when every first choice is taken, and when every last one is."""
    slots = choices(phrase)
    return {" ".join(words) for words in ([slot[0] for slot in slots], [slot[-1] or slot[0] for slot in slots])}


# Sets of messages with their meaning


@pytest.mark.parametrize(("kind", "language"), hearing.SETS)
def test_the_labelled_messages_are_many_and_half_of_them_only_sound_like_it(kind, language):
    """A set is worth something when it is large and full of messages that must not be taken for what they are not."""
    messages = hearing.labelled(kind, language)
    meanings = [meant for _text, meant in messages]
    assert len(messages) >= 300
    assert meanings.count("none") >= 0.3 * len(messages)
    assert len({text for text, _meant in messages}) == len(messages)


@pytest.mark.parametrize(("kind", "language"), hearing.SETS)
def test_the_labelled_messages_are_heard_as_well_as_published(kind, language):
    """Who wants out is let out, who is in danger hears 988, who needs something gets it: never less often than we say."""
    recall, precision = PUBLISHED[kind]
    found = hearing.score(kind, hearing.labelled(kind, language))
    assert (found.recall >= recall, found.precision >= precision) == (True, True), "\n".join(found.missed)


@pytest.mark.parametrize("language", ["en", "es"])
def test_words_that_may_be_a_crisis_hear_of_988(language):
    """ "i feel hopeless": the request is answered, and the number that helps stands above it."""
    doubtful = [text for text, meant in hearing.labelled("crisis", language) if meant == "maybe"]
    assert len(doubtful) >= 10
    assert [text for text in doubtful if hearing.danger(text) == "none"] == []


@pytest.mark.parametrize("kind", ["stop", "needs"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_everyday_message_is_no_crisis(kind, language):
    """Two messages name violence as such; for all others the alarm stays silent."""
    alarms = [text for text, meant in hearing.labelled(kind, language) if read(text).crisis and meant != "violence"]
    assert alarms == []


@pytest.mark.parametrize(
    ("text", "language"), [(text, tag) for tag in ("en", "es") for text, meant in hearing.labelled("needs", tag) if meant != "none"]
)
def test_nobody_is_taken_for_a_speaker_of_the_other_language(text, language):
    """Whoever writes Spanish is not answered in English."""
    assert read(text).speaks in {language, None}


# STOP


@given(st.sampled_from(CARRIER + SPANISH_STOP), st.data())
def test_stop_is_stop_however_it_is_typed(word, data):
    """Any capitals, any punctuation, any emoji around it."""
    around = st.text(" .!?,;:-*\n\t\"'()¡¿❤🛑🙏", max_size=6)
    typed = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in word)
    assert read(data.draw(around) + typed + data.draw(around)).keyword is Keyword.STOP


@given(st.sampled_from(CARRIER), st.sampled_from(["en", "es", "pa", None]))
def test_a_carrier_word_ends_the_texts_in_any_language(word, language):
    """STOP wins, whatever language was chosen."""
    assert read(word.upper(), language=language).keyword is Keyword.STOP
    assert read(f"{word} {word}", language=language).keyword is Keyword.STOP


@given(st.sampled_from(["stop", "unsubscribe", "cancelar", "revoke"]), st.data())
def test_stop_is_never_guessed_from_a_typo(word, data):
    """Two letters swapped: we may ask, we never leave unasked."""
    place = data.draw(st.integers(0, len(word) - 2))
    typo = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    assert typo == word or read(typo).keyword is not Keyword.STOP


def test_stop_within_a_cry_for_help_is_both():
    """The help line comes first, and the texts end."""
    reply = read("stop, i want to die")
    assert reply.crisis is Crisis.SELF
    assert reply.leaving is Leaving.SURE


# Keywords


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
@pytest.mark.parametrize("keyword", list(Keyword))
def test_every_listed_word_means_what_it_is_listed_for(keyword, tag):
    """What a translator writes down is what we understand; of being at a door, with the code that is seen there."""
    code = " 4821" if keyword is Keyword.HERE else ""
    assert [phrase for phrase in entries(tag, "keyword", keyword.value) if read(phrase + code, language=tag).keyword is not keyword] == []


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("START", Keyword.START),
        ("empezar", Keyword.START),
        ("YES", Keyword.YES),
        ("si por favor", Keyword.YES),
        ("Sí!", Keyword.YES),
        ("no gracias", Keyword.NO),
        ("INFO", Keyword.HELP),
        ("ayudaa", Keyword.HELP),
        ("mneu", Keyword.MENU),
        ("MENÚ", Keyword.MENU),
        ("ok gracias 🙏", Keyword.THANKS),
        ("hola buenas tardes", Keyword.HELLO),
        ("hola buenas", Keyword.HELLO),
        ("buenas gracias", Keyword.THANKS),
        ("good day", Keyword.HELLO),
        ("👍", Keyword.OK),
        ("👍🏽", Keyword.OK),
        ("👎", Keyword.NO),
        ("🙏❤️", Keyword.THANKS),
        ("Liked “Coming? 1 yes 2 no. Text STOP to end”", Keyword.THANKS),
        ("Le gustó “¿Viene? 1 sí 2 no”", Keyword.THANKS),
        ("Reacted 👍 to “I want to die of laughter”", Keyword.THANKS),
        ("/help@PlaticaBot", Keyword.HELP),
        ("/language", Keyword.LANGUAGE),
        ("/stop", Keyword.STOP),
        ("/menu", Keyword.MENU),
        ("strat", None),
        ("MESA", None),
        ("Shafter", None),
        ("Stop by at 5?", None),
    ],
)
def test_a_keyword_is_known_however_it_is_typed(text, keyword):
    """Small typing mistakes are forgiven, a school's keyword or a town is not "corrected"."""
    assert read(text).keyword is keyword


def test_a_deep_link_brings_its_school():
    """A poster's link opens the chat with the school's keyword."""
    assert read("/start MESA") == Reply("/start MESA", keyword=Keyword.START, start_with="MESA")


# Numbers, places, languages


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("2.", 2),
        ("2)", 2),
        ("(2)", 2),
        ("#2", 2),
        (" 2 ", 2),
        ("2️⃣", 2),
        ("٢", 2),
        ("२", 2),
        ("two", 2),
        ("Dos", 2),
        ("2 please", 2),
        ("el 2", 2),
        ("opción 2", 2),
        ("uno", 1),
        ("12", 12),
        ("0", 0),
        ("once", 11),
        ("-2", None),
        ("5%", None),
        ("1/2", None),
        ("5:30", None),
        ("2 5 8", None),
        ("1000", None),
        ("3 kids", None),
    ],
)
def test_a_number_is_the_whole_number_or_none(text, number):
    """ "12" never counts as 1."""
    assert read(text).number == number


@pytest.mark.parametrize(
    ("text", "zip_code"),
    [
        ("93307", "93307"),
        ("comida 93307", "93307"),
        ("food near zip 93307-1234, please", "93307"),
        ("food 93307 3 kids", "93307"),
        ("٩٣٣٠٧", "93307"),
        ("12345 Main St, 93307", "93307"),
        ("661-555-0101", None),
        ("6615550101", None),
        ("+16615550101", None),
        ("$12345", None),
        ("933071", None),
        ("A93307", None),
    ],
)
def test_five_digits_that_stand_alone_are_a_place(text, zip_code):
    """A phone number is no ZIP code."""
    assert read(text).zip == zip_code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("español", "es"),
        ("ESPANOL", "es"),
        ("spanish please", "es"),
        ("en español por favor", "es"),
        ("¿Habla español?", "es"),
        ("do you speak Spanish?", "es"),
        ("espanól", "es"),
        ("English please", "en"),
        ("ingles", "en"),
        ("en inglés por favor", "en"),
        ("comida en español por favor", "es"),
        ("i need english classes", None),
        ("i need a spanish interpreter", None),
        ("no hablo inglés", None),
        ("hablo mixteco, poquito español", None),
    ],
)
def test_asking_for_a_language_is_understood_in_any_language(text, language):
    """Who asks for Spanish in English gets Spanish; an interpreter is another matter."""
    assert read(text).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("comida", "es"),
        ("food", "en"),
        ("ocupo raite", "es"),
        ("my kids need shoes please", "en"),
        ("no", None),
        ("1", None),
        ("need comida", None),
    ],
)
def test_the_language_of_a_message_is_told_by_its_words(text, language):
    """The first answer is already in their language."""
    assert read(text).speaks == language


# Needs


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
@pytest.mark.parametrize("slug", list(NEEDS))
def test_every_listed_need_is_found(slug, tag):
    """What a translator writes down is what we understand, a phrase within a longer one apart."""
    phrases = [phrase.removeprefix("=") for phrase in entries(tag, "need", slug)]
    assert len(phrases) >= 12
    assert [phrase for phrase in phrases if (read(phrase).need or read(phrase).keyword) != slug] == []


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("dental clinic", "dental"),
        ("a doctor for my teeth", "dental"),
        ("food and rent", "food"),
        ("rent and food", "food"),
        ("clothes, then diapers", "clothing"),
        ("casa", "housing"),
        ("mi casa es su casa", None),
        ("i work nights", None),
        ("good", None),
    ],
)
def test_of_several_needs_the_first_and_the_exact_one_wins(text, need):
    """A doctor for the teeth is the dentist; and what cannot wait, as food, comes before what was named first."""
    assert read(text).need == need


def test_hunger_is_not_a_crisis():
    """ "Me muero de hambre" asks for food."""
    reply = read("me muero de hambre")
    assert (reply.need, reply.crisis, reply.maybe_crisis) == ("food", None, False)


def test_an_evening_on_prevention_is_not_a_crisis():
    """What they ask about it is answered."""
    reply = read("Suicide prevention night: is there food?")
    assert (reply.need, reply.crisis, reply.maybe_crisis) == ("food", None, False)


@pytest.mark.parametrize(
    "text", ["i feel hopeless", "can't take it anymore", "ya no puedo más", "nobody can help", "nadie me puede ayudar"]
)
def test_soft_words_add_the_help_line(text):
    """They may be a crisis and may not: the request is answered, and 988 named."""
    reply = read(text)
    assert reply.crisis is None
    assert reply.maybe_crisis


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", list(Crisis))
def test_every_listed_cry_for_help_is_heard(kind, tag):
    """Each phrase of the lexicon raises the alarm, alone and inside a sentence; of one with choices its first and its last."""
    phrases = [spoken for phrase in raw(tag, "crisis", kind.value) for spoken in first_and_last(phrase)]
    assert [phrase for phrase in phrases if read(phrase).crisis is None or read(f"Hola. {phrase.upper()}!! 123").crisis is None] == []


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_what_only_sounds_like_a_crisis_raises_no_alarm(tag):
    """Each exclusion of the lexicon works."""
    phrases = [spoken for phrase in raw(tag, "crisis", "not crisis") for spoken in first_and_last(phrase)]
    assert [phrase for phrase in phrases if read(phrase).crisis is not None] == []


# Anything at all


@given(st.text(), st.sampled_from(["en", "es", "pa", None]))
def test_no_text_breaks_the_reading(text, language):
    """Whatever somebody types, we go on, and their words stay as they are."""
    assert read(text, language=language).text == text


@given(
    st.lists(
        st.sampled_from(
            ["stop", "food", "2", "no", "quiero", "vivir", "mensajes", "rent", "/", "@", "“", "”", "👍", "93307", "español", "please"]
        ),
        max_size=12,
    )
)
def test_no_jumble_of_known_words_breaks_the_reading(words):
    """Nor do the words we know in an order nobody expects."""
    text = " ".join(words)
    assert read(text) == read(text)


def test_an_empty_text_means_nothing():
    """A photo without words."""
    assert read("") == Reply("")
    assert read(" \n") == Reply(" \n")


def test_invisible_characters_do_not_hide_a_word():
    """Copied text carries marks that nobody sees."""
    assert read("ST\u200bOP").keyword is Keyword.STOP
    assert fold("MENÚ") == "menu"
