"""Opening hours, from rules and from prose. What is not certain stays in the source's words.

Prose such as "Monday-Friday, 9-5; Sat., 10 am-noon" or "1st and 3rd Saturday of the month, 9-12" is read word by word; one word
that does not fit, and the whole text stays text. Half of all sources leave out am and pm: then only hours that can mean one thing
are read (9-5, 8:30-12, 1-4), and not 6-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .feed import Schedule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NOON = 12 * 60

_EVENING = 19 * 60

_DAY_WORDS = {
    word: n
    for n, words in enumerate(
        ("mondays monday mon m", "tuesdays tuesday tues tue", "wednesdays wednesday wed", "thursdays thursday thurs thur thu",
         "fridays friday fri f", "saturdays saturday sat", "sundays sunday sun")
    )
    for word in words.split()
}  # fmt: skip
_NTH_WORDS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_TOKEN = re.compile(
    r"(?P<filler>of (?:the|each|every) month|every month|monthly|each month)"
    r"|(?P<daily>daily|every day|7 days a week|seven days a week|weekdays)"
    r"|(?P<time>(?<![\d:])\d{1,2}(?::\d{2})?(?:\s*(?:am|pm|noon))?(?![\d:a-z])|noon\b)"
    r"|(?P<word>[a-z]+(?!\w)|\d(?:st|nd|rd|th)\b)"
    r"|(?P<dash>-|\bto\b)"
    r"|(?P<break>;)"
    r"|(?P<and>[,:&])"
    r"|(?P<space>[\s.]+)"
    r"|(?P<other>.)"
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>am|pm|noon)?")
_RULE_DAY = re.compile(r"(-?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_RULE_TIME = re.compile(r"(\d{1,2})(?::?(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap]m)?\s*(?:z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)

Day = tuple[int, int]
"""Which one of the month (0: every week), and the weekday."""
Span = tuple[int, int]
"""Minutes of the day, from and to."""


class Unsure(Exception):
    """It may mean something else."""


def read(prose: str) -> tuple[Schedule, ...]:
    """The rules a text states, or the text itself as the only one."""
    try:
        groups = _groups(list(_tokens(prose)))
        _plain(groups)
    except Unsure:
        return (Schedule(description=prose),)
    return merged([Schedule(_byday(nth, [day]), _clock(opens), _clock(closes)) for (nth, day), (opens, closes) in _each(groups)])


def rule(byday: str, opens_at: str, closes_at: str) -> Schedule:
    """One row of rules ("MO,TU" or "Monday", "09:00" or "9am"); raises `Unsure`."""
    days = _days_of_rule(byday)
    opens, closes = _minutes(opens_at), _minutes(closes_at) if closes_at else None
    if closes is not None and closes <= opens:
        raise Unsure
    if len({nth for nth, _ in days}) > 1:
        raise Unsure
    return Schedule(_byday(days[0][0], [day for _, day in days]), _clock(opens), "" if closes is None else _clock(closes))


def merged(rules: Sequence[Schedule]) -> tuple[Schedule, ...]:
    """Rules with the same hours as one, Monday first."""
    days: dict[tuple[str, str, str], set[int]] = {}
    for each in rules:
        first, *_ = each.byday.split(",", 1)
        held = days.setdefault((first[:-2], each.opens_at, each.closes_at), set())
        held.update(DAYS.index(day[-2:]) for day in each.byday.split(","))
    return tuple(
        Schedule(_byday(int(nth or 0), sorted(held)), opens, closes)
        for (nth, opens, closes), held in sorted(days.items(), key=lambda item: (item[0][0], min(item[1]), item[0][1]))
    )


@dataclass
class _Group:
    """Days and the hours of those days, as one phrase has them."""

    days: list[Day] = field(default_factory=list)
    times: list[Span] = field(default_factory=list)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def _tokens(prose: str) -> Iterator[_Token]:
    text = prose.lower().translate(str.maketrans("–—", "--")).replace("a.m.", "am").replace("p.m.", "pm")
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "other":
            raise Unsure
        if kind == "word" and match[0] in {"and", "to"}:
            yield _Token("and" if match[0] == "and" else "dash", match[0])
        elif kind not in {"space", "filler"}:
            yield _Token(kind, match[0])


def _groups(tokens: list[_Token]) -> list[_Group]:
    """Split into phrases: days, then their hours, then perhaps days again."""
    groups, at = [_Group()], 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind in {"break", "and"}:
            at += 1
        elif token.kind == "time":
            span, at = _span(tokens, at, after=groups[-1].times[-1][1] if groups[-1].times else 0)
            groups[-1].times.append(span)
        else:
            if groups[-1].times:
                groups.append(_Group())
            days, at = _days(tokens, at)
            groups[-1].days.extend(days)
    return groups


def _days(tokens: list[_Token], at: int) -> tuple[list[Day], int]:
    """A weekday, a range of them, or the n-th of the month ("1st and 3rd Saturday"); where the next token stands."""
    if tokens[at].kind == "daily":
        return [(0, day) for day in range(5 if tokens[at].text == "weekdays" else 7)], at + 1
    nths = []
    while at < len(tokens) and tokens[at].text in _NTH_WORDS:
        nths.append(_NTH_WORDS[tokens[at].text])
        at += 1
        while at < len(tokens) and tokens[at].kind == "and":
            at += 1
    first = _weekday(tokens, at)
    if at + 1 < len(tokens) and tokens[at + 1].kind == "dash" and not nths:
        last = _weekday(tokens, at + 2)
        return [(0, (first + n) % 7) for n in range((last - first) % 7 + 1)], at + 3
    return [(nth, first) for nth in nths or [0]], at + 1


def _weekday(tokens: list[_Token], at: int) -> int:
    if at >= len(tokens) or tokens[at].text not in _DAY_WORDS:
        raise Unsure
    return _DAY_WORDS[tokens[at].text]


def _span(tokens: list[_Token], at: int, after: int) -> tuple[Span, int]:
    if at + 2 >= len(tokens) or tokens[at + 1].kind != "dash" or tokens[at + 2].kind != "time":
        raise Unsure
    opens, closes = tokens[at].text, tokens[at + 2].text
    return _sure(_readings(opens), _readings(closes), said=(_said(opens), _said(closes)), after=after), at + 3


def _said(clock: str) -> bool:
    """Whether it says which half of the day it means: am, pm, noon, or the 24-hour clock."""
    return bool(re.search(r"[a-z]", clock)) or bool(re.match(r"0\d:|1[3-9]|2\d", clock))


def _readings(clock: str) -> list[int]:
    """The minutes of the day that a time can mean."""
    match = _CLOCK.fullmatch("12 noon" if clock == "noon" else clock)
    if match is None:
        raise Unsure
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), match["half"]
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12) or (half == "noon" and hour != 12):  # noqa: PLR2004
        raise Unsure
    if half:
        return [(hour % 12 + (0 if half == "am" else 12)) * 60 + minute]
    if _said(clock):
        return [hour * 60 + minute]
    return [hour % 12 * 60 + minute, (hour % 12 + 12) * 60 + minute]


def _sure(opens: list[int], closes: list[int], *, said: tuple[bool, bool], after: int) -> Span:
    """The one span that is meant; raises `Unsure` if others are as likely."""
    spans = [(a, b) for a in opens for b in closes if after <= a < b]
    if not any(said):
        spans = [(a, b) for a, b in spans if (_usual(a, b) if after == 0 else a <= _EVENING)]
    elif not all(said):
        spans = [(a, b) for a, b in spans if b - a <= NOON and a >= (6 * 60)]
    if len(spans) != 1:
        raise Unsure
    return spans[0]


def _usual(opens: int, closes: int) -> bool:
    """Of hours without am and pm, those that are said of an open door and can hardly be said of another.

    In the morning from 7 (7-3, 9-5, 10-6, with a library's 10-8 from 9 on), at most until noon from 8 if it ends before;
    from noon or the early afternoon (12-6, 1-5, 4-8). Not 6-8, 7-9:30, 8-9 or 7-7.
    """
    if NOON <= opens < 17 * 60:
        return closes <= 21 * 60
    if closes <= NOON:
        return opens >= 9 * 60 or (opens >= 8 * 60 and closes >= 11 * 60 + 30)
    until = 20 * 60 if opens >= 10 * 60 else 19 * 60 if opens >= 9 * 60 else 18 * 60 + 30
    return 7 * 60 <= opens < NOON and closes <= until


def _plain(groups: list[_Group]) -> None:
    """Every phrase has days and hours, and no day is said twice at the same time; else `Unsure`."""
    taken: list[tuple[Day, Span]] = []
    for group in groups:
        if not group.days or not group.times:
            raise Unsure
    for day, (opens, closes) in _each(groups):
        if any(_same(day, other) and opens < to and since < closes for other, (since, to) in taken):
            raise Unsure
        taken.append((day, (opens, closes)))


def _same(day: Day, other: Day) -> bool:
    """Whether two days can fall on one: every Friday and the first, the fourth and the last."""
    return day[1] == other[1] and (day[0] == other[0] or 0 in {day[0], other[0]} or {day[0], other[0]} == {4, -1})


def _each(groups: list[_Group]) -> Iterator[tuple[Day, Span]]:
    for group in groups:
        for day in group.days:
            for span in group.times:
                yield day, span


def _days_of_rule(byday: str) -> list[Day]:
    days: list[Day] = []
    for part in filter(None, re.split(r"[,;\s]+", byday.strip())):
        if (match := _RULE_DAY.fullmatch(part.upper())) is not None:
            days.append((int(match[1] or 0), DAYS.index(match[2])))
        elif part.lower() in _DAY_WORDS:
            days.append((0, _DAY_WORDS[part.lower()]))
        else:
            raise Unsure
    if not days or any(nth not in {0, 1, 2, 3, 4, -1} for nth, _ in days):
        raise Unsure
    return days


def _minutes(text: str) -> int:
    match = _RULE_TIME.fullmatch(text.strip())
    if match is None:
        raise Unsure
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):  # noqa: PLR2004
        raise Unsure
    return ((hour % 12 + (12 if half == "pm" else 0)) if half else hour) * 60 + minute


def _byday(nth: int, days: Sequence[int]) -> str:
    return ",".join(f"{nth or ''}{DAYS[day]}" for day in days)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
