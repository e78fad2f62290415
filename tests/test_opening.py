"""Whether a place is open now: by night that is what a family must know first."""

from datetime import date, datetime, time

import pytest

from conversations.opening import at_night, open_at, opens_on
from conversations.words import Hours

WEEKDAYS = (Hours((0, 1, 2, 3, 4), time(9), time(17)),)
LATE = (Hours((4,), time(18), time(2)),)
ALWAYS = (Hours(tuple(range(7)), time(0), time(0)),)
SECOND_TUESDAY = (Hours((1,), time(10), time(12), nth=2),)
LAST_FRIDAY = (Hours((4,), time(10), time(12), nth=-1),)


@pytest.mark.parametrize(
    ("hours", "when", "is_open"),
    [
        (WEEKDAYS, "2026-11-18 09:00", True),
        (WEEKDAYS, "2026-11-18 17:00", False),
        (WEEKDAYS, "2026-11-21 10:00", False),
        (LATE, "2026-11-20 23:30", True),
        (LATE, "2026-11-21 01:59", True),
        (LATE, "2026-11-21 02:00", False),
        (LATE, "2026-11-20 01:00", False),
        (ALWAYS, "2026-11-22 03:00", True),
        (SECOND_TUESDAY, "2026-11-10 11:00", True),
        (SECOND_TUESDAY, "2026-11-17 11:00", False),
        (LAST_FRIDAY, "2026-11-27 11:00", True),
        (LAST_FRIDAY, "2026-11-20 11:00", False),
        ((Hours((2,), time(9)),), "2026-11-18 10:00", False),
        ((), "2026-11-18 10:00", False),
    ],
)
def test_open_is_open_and_closed_is_closed(hours, when, is_open):
    """On the right weekday, past midnight, on the second Tuesday; where the end is not known, it is not promised."""
    assert is_open == open_at(hours, datetime.fromisoformat(when))


def test_night_is_when_nobody_at_school_answers():
    """From nine in the evening to six in the morning."""
    assert [True, False, True, False] == [at_night(datetime.fromisoformat(f"2026-11-18 {hour:02}:30")) for hour in (21, 20, 5, 6)]


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (Hours((2,), time(9), time(12)), "2026-11-18 11:59", True),
        (Hours((2,), time(9), time(12)), "2026-11-18 12:00", False),
        (Hours((2,), time(18), time(21)), "2026-11-18 08:00", True),
        (Hours((2,), time(22), time(2)), "2026-11-18 23:00", True),
        (Hours((2,), time(9), None), "2026-11-18 20:00", True),
        (Hours((3,), time(9), time(12)), "2026-11-18 08:00", False),
        (Hours((2,), time(9), time(12), nth=3), "2026-11-18 08:00", True),
        (Hours((2,), time(9), time(12), nth=2), "2026-11-18 08:00", False),
    ],
)
def test_open_today_means_that_one_can_still_go(hours, now, opens):
    """What has closed for the day is not open today; what opens in the evening is, and what gives no end may be."""
    when = datetime.fromisoformat(now)
    assert opens_on((hours,), when.date(), when) is opens


def test_tomorrow_is_a_whole_day():
    """However late it is now."""
    now = datetime.fromisoformat("2026-11-17 23:30")

    assert opens_on((Hours((2,), time(9), time(12)),), date(2026, 11, 18), now)
