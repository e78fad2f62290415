"""What is said reaches a family the way people there write it."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.words import Hours, LanguageName, Miles, Words, _, as_is, joined, ngettext, pgettext
from locales import LANGUAGES, render, warm
from locales.catalogs import NoCatalog, catalog

WEEKDAYS = (0, 1, 2, 3, 4)


def said(gap, language):
    return render(_("{hours}", hours=gap), language)


def test_the_languages_are_called_by_their_own_names():
    """Everyone finds their language in a list, because it is written in it."""
    assert LANGUAGES["en"] == "English"
    assert LANGUAGES["es"] == "Español"


def test_a_sentence_is_said_in_the_language_of_the_person():
    """The same sentence in English and in Spanish."""
    assert render(_("What do you need?"), "en") == "What do you need?"
    assert render(_("What do you need?"), "es") == "¿Qué necesita?"


def test_a_sentence_nobody_has_translated_is_said_in_english():
    """Better an English sentence than none."""
    assert render(_("Nobody has translated this."), "es") == "Nobody has translated this."


@pytest.mark.parametrize(("tag", "sentence"), [("es-MX", "¿Qué necesita?"), ("pa", "What do you need?"), ("", "What do you need?")])
def test_a_language_we_do_not_have_is_answered_in_the_nearest_we_do(tag, sentence):
    """Spanish of any country is Spanish; what nobody speaks here is English."""
    assert render(_("What do you need?"), tag) == sentence


def test_a_name_is_never_translated():
    """A place called Food stays Food, braces and all."""
    assert render(as_is("Food {bank}"), "es") == "Food {bank}"


def test_words_within_words_are_translated_too():
    """The need inside a sentence is in the language of the sentence."""
    words = _("{need} near {place}:", need=_("Food"), place="93307")
    assert render(words, "es") == "Comida cerca de 93307:"


def test_pieces_are_joined_and_what_is_missing_leaves_no_gap():
    """A listing without a phone number shows no empty comma."""
    assert render(joined(", ", as_is("Oak St Pantry"), None, _("by phone")), "es") == "Oak St Pantry, por teléfono"


@pytest.mark.parametrize(("language", "named"), [("en", "Vietnamese"), ("es", "vietnamita")])
def test_a_language_is_named_as_the_reader_calls_it(language, named):
    """Who is told that a text is missing reads which one, not a tag."""
    assert named == render(_("{which}", which=LanguageName("vi")), language)
    assert "mix" == render(_("{which}", which=LanguageName("mix")), language)


def test_one_and_many_are_told_apart():
    """1 mile and 2 miles, where a language says them differently."""
    assert said(Miles(1), "es") == "como a 1 milla"
    assert render(ngettext("about {miles} mi", "about {miles} mi", 2, miles="2"), "es") == "a unas 2 millas"


def test_the_same_english_word_can_mean_two_things():
    """A context tells them apart."""
    assert render(pgettext("weekday of the month", "3rd {day}", day="sáb"), "es") == "3er sáb"


@pytest.mark.parametrize(
    ("miles", "english", "spanish"),
    [
        (0.42, "about 0.4 mi", "a unas 0.4 millas"),
        (0.01, "about 0.1 mi", "a unas 0.1 millas"),
        (3.0, "about 3 mi", "a unas 3 millas"),
        (9.96, "about 10 mi", "a unas 10 millas"),
        (23.4, "about 23 mi", "a unas 23 millas"),
    ],
)
def test_a_distance_is_only_as_exact_as_it_is_useful(miles, english, spanish):
    """Nobody is told they are 0.0 miles away."""
    assert said(Miles(miles), "en") == english
    assert said(Miles(miles), "es") == spanish


def test_a_day_says_its_weekday():
    """Families plan by the weekday."""
    assert render(_("{day}", day=date(2026, 12, 4)), "en") == "Fri, Dec 4"
    assert render(_("{day}", day=date(2026, 12, 4)), "es") == "vie, 4 dic"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("moment", "text"), [(time(17, 30), "5:30pm"), (time(9), "9am"), (time(12), "12pm"), (time(0), "12am"), (time(11, 5), "11:05am")]
)
def test_an_hour_is_short_and_plain(language, moment, text):
    """5:30pm, in both languages, as families here write it."""
    assert said(moment, language) == text


def test_a_moment_is_its_day_and_its_hour():
    """When a thing happens is said in one piece."""
    moment = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)
    assert render(_("{day}", day=moment), "en") == "Thu, Dec 3, 5:30pm"
    assert render(_("{day}", day=moment), "es") == "jue, 3 dic, 5:30pm"


@pytest.mark.parametrize(
    ("hours", "english", "spanish"),
    [
        ((Hours(WEEKDAYS, time(9), time(17)),), "Mon-Fri 9am-5pm", "lun-vie 9am-5pm"),
        (
            (Hours(WEEKDAYS, time(9), time(12)), Hours(WEEKDAYS, time(13), time(17))),
            "Mon-Fri 9am-12pm, 1pm-5pm",
            "lun-vie 9am-12pm, 1pm-5pm",
        ),
        (
            (Hours(WEEKDAYS, time(9), time(17)), Hours((5,), time(9), time(12), nth=3)),
            "Mon-Fri 9am-5pm; 3rd Sat 9am-12pm",
            "lun-vie 9am-5pm; 3er sáb 9am-12pm",
        ),
        ((Hours((4,), time(9), time(12), nth=-1),), "last Fri 9am-12pm", "último vie 9am-12pm"),
        ((Hours((0, 1, 2, 3, 4, 5, 6), time(0), time(23, 59)),), "every day 24 hours", "todos los días 24 horas"),
        ((Hours((1, 3), time(9)),), "Tue, Thu from 9am", "mar, jue desde las 9am"),
        ((Hours((0, 1, 2, 4), time(8), time(0)),), "Mon-Wed, Fri 8am-12am", "lun-mié, vie 8am-12am"),
        ((), "", ""),
    ],
)
def test_opening_hours_read_like_a_sign_on_a_door(hours, english, spanish):
    """Days in a row are a span, the third Saturday is the third Saturday."""
    assert said(hours, "en") == english
    assert said(hours, "es") == spanish


@given(st.text(), st.datetimes(), st.sampled_from(["en", "es"]))
def test_no_costly_space_ever_leaves(text, moment, language):
    """One narrow space would double what an SMS costs."""
    out = render(_("{text} {moment}", text=text, moment=moment), language)
    assert not set("\u202f\u2009\u00a0") & set(out)


def test_a_gap_of_an_unknown_kind_is_a_mistake_of_ours():
    """A half-filled sentence never goes out."""
    with pytest.raises(TypeError, match="not list"):
        render(_("{what}", what=[1]), "en")


def test_a_missing_catalog_says_what_to_run():
    """Whoever sets the machine up reads what to do."""
    with pytest.raises(NoCatalog, match="make setup"):
        catalog("xx")


def test_warming_up_loads_every_language():
    """The first family of the day waits no longer than the second."""
    warm()
    assert all(catalog(tag) for tag in LANGUAGES)
    assert isinstance(_("x"), Words)
