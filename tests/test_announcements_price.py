"""The price before the button: as it is billed, with what follows, and what made it dearer."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import locales
from bot.announcements import pricing, writing
from bot.announcements.pricing import Sending
from conversations.announcements.price import Price, dollars
from locales import clarity

KERN = "America/Los_Angeles"
NOON = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
TABLE = pricing.tariffs("2026-01-01 0.0123 0.0083; 2026-12-01 0.0150 0.0090")
FAST = Sending(10.0, 0, KERN)
TEXT = "Mesa School: Family Night Thu Dec 3, 5:30pm is now in the gym."


def said(price, language="en"):
    return " ".join(locales.render(line, language) for line in price.lines)


def test_the_price_is_segments_times_the_tariff_of_that_day():
    """412 phones by SMS and 10 chats: 412 segments at 1.23 cents; chats cost nothing."""
    parts = [pricing.part("en", TEXT, 200, 10), pricing.part("es", TEXT, 212, 0)]

    assert 412 * 12_300 == pricing.price(parts, kind="news", table=TABLE, begins=NOON, sending=FAST).first
    assert 412 * 15_000 == pricing.price(parts, kind="news", table=TABLE, begins=NOON + timedelta(days=20), sending=FAST).first


def test_the_campaign_is_more_than_its_first_text():
    """Nudges, reminders and their answers are billed too, and told beforehand."""
    price = pricing.price([pricing.part("en", TEXT, 100, 0)], kind="invitation", table=TABLE, begins=NOON, sending=FAST)

    assert price.first + int(2.4 * price.first) + 150 * 8_300 == price.campaign
    assert "About $1.23; with what follows about $5.43." in said(price)


def test_a_day_without_a_price_says_so():
    """An invented price is worse than none."""
    price = pricing.price([pricing.part("en", TEXT, 9, 0)], kind="news", table=(), begins=NOON, sending=FAST)

    assert "No price is set for that day (PLATICA_PRICES), so none is said." in said(price)


def test_the_character_that_makes_it_dearer_is_named_with_a_cheaper_way():
    """One emoji doubles a text; accents are folded away where that saves, and cost nothing."""
    dear, plain = TEXT + " Pizza! 🍕 Bring the whole family and a friend.", TEXT.replace("gym", "gimnasio, habrá más café")
    part = pricing.part("en", dear, 10, 0)

    assert ("🍕", 2, 1) == (part.costly, part.segments, part.without)
    assert ("", 1) == ((found := pricing.part("es", plain, 10, 0)).costly, found.segments)
    assert "“🍕” makes the en text dearer: 2 texts each, without it 1." in said(
        pricing.price([part], kind="news", table=TABLE, begins=NOON, sending=FAST)
    )


def test_a_budget_that_is_spent_stops_it_and_an_emergency_passes():
    """School closed at six in the morning is no question of money."""
    parts = [pricing.part("en", TEXT, 1000, 0)]
    news, urgent = (
        pricing.price(parts, kind=kind, table=TABLE, begins=NOON, sending=FAST, left=5_000_000).blocked for kind in ("news", "urgent")
    )

    assert "It costs $12.30, and $5.00 are left of this month's budget." in locales.render(news, "en")
    assert urgent is None


def test_who_gets_it_later_and_who_never_does_is_said_beforehand():
    """With the reason, where one may be told."""
    parts = [pricing.part("en", TEXT, 9, 0)]
    price = pricing.price(parts, kind="news", table=TABLE, begins=NOON, sending=FAST, held=2, left_out={"stopped": 3, "muted": 1})

    assert "2 get it later: a rest, or one text a week. Left out: chose not to hear of this 1, said STOP 3." in said(price)


def test_nobody_to_reach_is_no_announcement():
    """An empty audience is said, and nothing is sent."""
    blocked = Price((), 0, 0).blocked

    assert "Nobody would get it: that audience is empty, or all of it has stopped." == locales.render(blocked, "en")


def test_it_ends_before_the_night_and_goes_on_in_the_morning():
    """At one text a second, 20,000 segments from noon last over two nights; nothing leaves after 20:00 or before 8:00."""
    end = pricing.ends(NOON, 60_000, Sending(1.0, 0, KERN))

    assert datetime(2026, 11, 19, 16, 40, tzinfo=ZoneInfo(KERN)) == end


def test_a_daily_cap_leaves_a_quarter_for_replies():
    """Of 2,000 segments a day, 1,500 are for announcements: 4,000 take three days."""
    end = pricing.ends(NOON, 4000, Sending(100.0, 2000, KERN))

    assert date(2026, 11, 20) == end.date()


def test_an_emergency_does_not_wait_for_the_morning():
    """At nine in the evening it leaves at nine in the evening."""
    evening = datetime(2026, 11, 18, 21, 0, tzinfo=ZoneInfo(KERN))

    assert evening + timedelta(seconds=41) == pricing.ends(evening, 410, FAST, at_night=True)


@given(st.integers(1, 30_000), st.floats(0.5, 100), st.integers(0, 5000), st.integers(0, 23))
def test_the_last_text_always_leaves_by_day(count, rate, cap, hour):
    """Whatever the rate, the cap and the hour."""
    end = pricing.ends(datetime(2026, 10, 31, hour, tzinfo=ZoneInfo(KERN)), count, Sending(rate, max(cap, 200), KERN))

    assert 8 <= end.hour < 20 or (end.hour, end.minute) == (20, 0)


@pytest.mark.parametrize("table", ["yesterday 0.01 0.01", "2026-01-01 0.01", "2026-01-01 12 0.01", "2026-01-01 a b"])
def test_a_price_that_cannot_be_read_is_named(table):
    """With the way to write it."""
    with pytest.raises(ValueError, match="is no line of it: write a date and two prices, like 2026-01-01"):
        pricing.tariffs(table)


def test_money_is_never_rounded_to_nothing():
    """A cent is the least."""
    assert ["$0.00", "$0.01", "$12.30"] == [locales.render(dollars(micro), "en") for micro in (0, 1, 12_300_000)]


# Clear writing

PLAIN = "Mesa School: Family Night Thu Dec 3, 5:30pm is now in the gym. Your RSVP is still good. Bring the kids."
STIFF = (
    "Mesa School: In accordance with district policy, families are hereby notified that the postponement of instructional "
    "activities necessitates alternative transportation arrangements for participating pupils."
)
LLANO = "Escuela Mesa: la Noche Familiar es el jueves 3. Habrá cena y juegos para los niños. Venga con su familia."
DURO = "Escuela Mesa: de conformidad con la normativa, se comunica la postergación de las actividades educativas institucionales."


@pytest.mark.parametrize(
    ("text", "language", "hard"), [(PLAIN, "en", False), (STIFF, "en", True), (LLANO, "es", False), (DURO, "es", True)]
)
def test_hard_writing_is_told_from_plain(text, language, hard):
    """Each language by its own formula."""
    assert hard == clarity.of(text, language).hard


def test_a_language_without_a_formula_is_not_judged():
    """English numbers say nothing about Punjabi."""
    assert clarity.of("ਸਕੂਲ ਵਿੱਚ ਪਰਿਵਾਰ ਰਾਤ " * 4, "pa").level is None


def lines(text, language="en"):
    found = writing.of(text, language, "Mesa Verde Elementary")
    return [locales.render(line, "en") for line in (*found.lines, *([found.refused] if found.refused else []))]


def test_good_writing_gets_no_advice():
    """Nobody is taught what they know."""
    assert [] == lines(PLAIN)


def test_a_masked_link_is_refused_and_the_rest_is_advice():
    """Who is taught to press bit.ly presses the next scammer's."""
    text = "PLEASE READ THIS NOW BEFORE FRIDAY see bit.ly/xyz or www.example.org/a"

    assert [
        "Begin with the school's name, so that families know who writes: “Mesa Verde Elementary: …”",
        "More than one link: keep the one that matters.",
        "Many words in capitals read like shouting.",
        "Links like bit.ly hide where they lead and look like a scam: write the whole address.",
    ] == lines(text)
