"""A day or an hour, written the way people write it."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.days import read_day, read_time

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", WEDNESDAY),
        ("hoy", WEDNESDAY),
        ("tomorrow", date(2026, 11, 26)),
        ("Mañana", date(2026, 11, 26)),
        ("manana por favor", date(2026, 11, 26)),
        ("pasado mañana", date(2026, 11, 27)),
        ("day after tomorrow", date(2026, 11, 27)),
        ("Friday", date(2026, 11, 27)),
        ("firday", date(2026, 11, 27)),
        ("on fri please", date(2026, 11, 27)),
        ("next friday", date(2026, 11, 27)),
        ("viernes", date(2026, 11, 27)),
        ("el viernes en la mañana", date(2026, 11, 27)),
        ("viernez", date(2026, 11, 27)),
        ("el próximo viernes", date(2026, 11, 27)),
        ("sabado", date(2026, 11, 28)),
        ("wednesday", date(2026, 12, 2)),
        ("12/5", date(2026, 12, 5)),
        ("12-05", date(2026, 12, 5)),
        ("25/12", date(2026, 12, 25)),
        ("1/3/27", date(2027, 1, 3)),
        ("1/3", date(2027, 1, 3)),
        ("2027-01-03", date(2027, 1, 3)),
        ("Dec 5", date(2026, 12, 5)),
        ("december 5th", date(2026, 12, 5)),
        ("5 de diciembre", date(2026, 12, 5)),
        ("vie 4 dic", date(2026, 12, 4)),
        ("mar 8 dic", date(2026, 12, 8)),
        ("Tuesday, Jan 5 2027", date(2027, 1, 5)),
        ("the 5th", date(2026, 12, 5)),
        ("el 5", date(2026, 12, 5)),
        ("31", date(2026, 12, 31)),
        ("feb 29", date(2028, 2, 29)),
        ("٥/٦", date(2027, 5, 6)),
    ],
)
def test_a_day_is_understood_in_any_language(text, day, language):
    """A parent writes the day in the words at hand, whatever language was chosen."""
    assert read_day(text, WEDNESDAY, language) == day


@pytest.mark.parametrize("text", ["", "i dont know", "no sé", "may be", "13/13", "2/30", "en la mañana", "3 kids", "en la noche", "99"])
def test_what_is_no_day_is_not_guessed(text):
    """A wrong day is worse than asking again."""
    assert read_day(text, WEDNESDAY, "en") is None


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("6pm", time(18)),
        ("6 p. m.", time(18)),
        ("9 a.m.", time(9)),
        ("6", time(18)),
        ("7", time(19)),
        ("8", time(8)),
        ("12", time(12)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("18:30", time(18, 30)),
        ("5:30", time(17, 30)),
        ("530", time(17, 30)),
        ("9:15", time(9, 15)),
        ("a las 6", time(18)),
        ("a las seis", time(18)),
        ("a las 5 y media", time(17, 30)),
        ("half past 5", time(17, 30)),
        ("five thirty", time(17, 30)),
        ("6 de la mañana", time(6)),
        ("7 in the morning", time(7)),
        ("9 de la noche", time(21)),
        ("8 at night", time(20)),
        ("de 5 a 6", time(17)),
        ("noon", time(12)),
        ("Mediodía", time(12)),
        ("midnight", time(0)),
        ("Friday 12/5 at 6pm", time(18)),
        ("el lunes a las 3", time(15)),
    ],
)
def test_an_hour_is_understood_in_any_language(text, moment, language):
    """Nobody meets a school at six in the morning: a bare 6 is in the afternoon."""
    assert read_time(text, language) == moment


@pytest.mark.parametrize("text", ["", "friday", "later", "25", "6:75", "tomorrow morning", "no se"])
def test_what_is_no_hour_is_not_guessed(text):
    """A wrong hour is worse than asking again."""
    assert read_time(text, "en") is None


@given(st.text(), st.dates(), st.sampled_from(["en", "es", "pa"]))
def test_no_text_breaks_the_reading_of_days(text, today, language):
    """Whatever somebody types, we go on."""
    day = read_day(text, today, language)
    assert day is None or isinstance(day, date)
    assert read_time(text, language) is None or isinstance(read_time(text, language), time)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_a_weekday_is_within_the_next_seven_days(today):
    """Friday is the one that comes, never today."""
    day = read_day("friday", today, "en")
    assert day.weekday() == 4
    assert 1 <= (day - today).days <= 7
