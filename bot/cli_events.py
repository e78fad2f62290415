"""`platica event …`: what a school invites to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_work import Yes, console, fail, fit

if TYPE_CHECKING:
    from .events.office import Desk

event = typer.Typer(no_args_is_help=True, help="What a school invites to.")
School = Annotated[str, typer.Option(help="The school's keyword.")]
Named = Annotated[str, typer.Argument(metavar="CODE", help="The word families text, or the event's number.")]
When = Annotated[str, typer.Option(help='When it begins, by the school\'s clock: "fri dec 4 6pm" or "2026-12-04 18:00".')]
Until = Annotated[str, typer.Option(help='When it ends: "8pm". None: two hours later.')]
AnswerBy = Annotated[str, typer.Option(help="The last moment that answers count. None: until it begins.")]
Where = Annotated[str | None, typer.Option(help="The place, as families know it.")]
MapLink = Annotated[str | None, typer.Option("--map", help="A link to a map of it.")]
Capacity = Annotated[int | None, typer.Option(help="People that there is room for. None: as many as come.")]
Childcare = Annotated[int | None, typer.Option(help="Children who can be looked after at once.")]
Ages = Annotated[str, typer.Option(help="Of these children: 0-12.")]
Rides = Annotated[int | None, typer.Option(help="Seats in rides.")]
Meal = Annotated[bool | None, typer.Option("--meal/--no-meal", help="There is a meal.")]
Interpreter = Annotated[list[str] | None, typer.Option(help="A language somebody interprets; once for each.")]
Code = Annotated[str, typer.Option(help="The word families text: PIZZA. None: a word of the title.")]
KindOf = Annotated[
    str | None, typer.Option(help="family night, education, workshop, focus group, town hall, conference, meeting, appointment")
]
Pillar = Annotated[str | None, typer.Option(help="supports, engagement, leadership or learning")]
Names = Annotated[bool | None, typer.Option("--names/--counts", help="Whether it keeps who was there, as a committee does.")]


Every = Annotated[int | None, typer.Option(help="Minutes for each family: an appointment, of which each picks a time.")]


@event.command("add")
def event_add(  # noqa: PLR0917 - they are the command's options
    title: Annotated[str, typer.Argument(help="What families read first.")],
    school: School,
    when: When,
    until: Until = "",
    place: Where = None,
    map_link: MapLink = None,
    answer_by: AnswerBy = "",
    capacity: Capacity = None,
    childcare: Childcare = None,
    ages: Ages = "",
    rides: Rides = None,
    meal: Meal = None,
    interpreter: Interpreter = None,
    code: Code = "",
    kind: KindOf = None,
    pillar: Pillar = None,
    keeps_names: Names = None,
    every: Every = None,
    weeks: Annotated[int | None, typer.Option(help="So many times, a week apart: a series, enrolled in once.")] = None,
    needed: Annotated[int | None, typer.Option(help="Sessions that complete a series. None: all of them.")] = None,
    description: Annotated[str, typer.Option(help="What else families read, in the same language as the title.")] = "",
    language: Annotated[str, typer.Option(help="Of title and description. None: the school's first.")] = "",
) -> None:
    """Make an event, and the draft of its invitation."""
    given: dict[str, Any] = {
        "when": when,
        "until": until,
        "place": place,
        "map_link": map_link,
        "answer_by": answer_by,
        "capacity": capacity,
    }
    given |= {"childcare": childcare, "ages": ages, "rides": rides, "meal": meal, "interpreters": interpreter, "code": code, "kind": kind}
    given |= {
        "pillar": pillar,
        "keeps_names": keeps_names,
        "description": description,
        "language": language,
        "every": every,
        "weeks": weeks,
        "needed": needed,
    }
    console.print(at(school, lambda desk: desk.add(title, given)), markup=False)


@event.command("change")
def event_change(  # noqa: PLR0917
    code: Named,
    school: School,
    title: Annotated[str, typer.Option(help="What families read first, in the invitation's own language.")] = "",
    title_in: Annotated[list[str] | None, typer.Option(help='The same in another of its languages: "es: Noche de cine".')] = None,
    when: When = "",
    until: Until = "",
    place: Where = None,
    map_link: MapLink = None,
    answer_by: AnswerBy = "",
    capacity: Capacity = None,
    childcare: Childcare = None,
    ages: Ages = "",
    rides: Rides = None,
    meal: Meal = None,
    interpreter: Interpreter = None,
    new_code: Annotated[str, typer.Option("--code", help="Another word for families to text.")] = "",
    kind: KindOf = None,
    pillar: Pillar = None,
    keeps_names: Names = None,
) -> None:
    """Change an event. Another time or place is told at once to everybody whom it concerns."""
    given: dict[str, Any] = {
        "title": title,
        "title_in": title_in,
        "when": when,
        "until": until,
        "place": place,
        "map_link": map_link,
        "answer_by": answer_by,
        "capacity": capacity,
    }
    given |= {"childcare": childcare, "ages": ages, "rides": rides, "meal": meal, "interpreters": interpreter, "code": new_code}
    given |= {"kind": kind, "pillar": pillar, "keeps_names": keeps_names}
    console.print(at(school, lambda desk: desk.change(code, given)), markup=False)


@event.command("list")
def event_list(school: School) -> None:
    """The events to come, the nearest first."""
    for line in at(school, lambda desk: list(desk.listed())) or ["There are no events to come."]:
        console.print(line, markup=False)


@event.command("show")
def event_show(code: Named, school: School) -> None:
    """One event: its places and its invitation."""
    for line in at(school, lambda desk: list(desk.shown(code))):
        console.print(line, markup=False)


@event.command("times")
def event_times(code: Named, school: School, when: When = "", until: Until = "", every: Every = None) -> None:
    """The times of an appointment, with who has each; or more of them."""
    given = {"when": when, "until": until, "every": every}
    for line in at(school, lambda desk: list(desk.times(code, given))) or ["It has no times to pick."]:
        console.print(line, markup=False)


@event.command("close")
def event_close(code: Named, school: School) -> None:
    """No more answers; it takes place."""
    from storage.events.tables import EventStage  # noqa: PLC0415 - the command line starts fast

    console.print(at(school, lambda desk: desk.move(code, EventStage.CLOSED)), markup=False)


@event.command("reopen")
def event_reopen(code: Named, school: School) -> None:
    """Answers count again."""
    from storage.events.tables import EventStage  # noqa: PLC0415

    console.print(at(school, lambda desk: desk.move(code, EventStage.OPEN)), markup=False)


@event.command("cancel")
def event_cancel(code: Named, school: School) -> None:
    """It does not take place: whoever was invited is told."""
    console.print(at(school, lambda desk: desk.cancel(code)), markup=False)


@event.command("import")
def event_import(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="An iCalendar file (.ics).")],
    school: School,
    language: Annotated[str, typer.Option(help="Of its titles and descriptions. None: the school's first.")] = "",
    yes: Yes = False,
) -> None:
    """Bring in a calendar: shows, event by event, what would change, and does it with --yes."""
    try:
        content = path.read_bytes()
    except OSError as refused:
        fail(f"{path} cannot be read ({refused.strerror}).")
    report = at(school, lambda desk: desk.import_calendar(content, language=language, write=yes))
    for line in [*report.lines, report.total]:
        console.print(line, markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")
    elif report.counts["new"]:
        console.print("The invitations are drafts: a coordinator texts DRAFTS to see them.")
    if report.unfit:
        raise typer.Exit(1)


@event.command("calendar")
def event_calendar(
    school: School,
    to: Annotated[Path, typer.Option(help="A new file to write.")],
    code: Annotated[str, typer.Option(help="Of one event. None: all that are to come.")] = "",
    language: Annotated[str, typer.Option(help="A language tag.")] = "",
) -> None:
    """Write one event, or all that are to come, as an iCalendar file."""
    from .events import links  # noqa: PLC0415

    def written(desk: Desk) -> bytes:
        what = f"{desk.event(code).id}" if code else desk.school.keyword
        content = links.file_of(desk.connection, what, language, desk.now)
        return content if content is not None else fail(f"{code} is a draft: families do not know of it yet.")

    content = at(school, written)
    try:
        with to.open("xb") as file:
            file.write(content)
    except OSError as refused:
        fail(f"Nothing can be written to {to} ({refused.strerror}): name a new file in a folder that is there.")
    console.print(f"Written to {to}.", markup=False)


def at(school: str, work: Callable[[Desk], Any]) -> Any:
    from .events import office  # noqa: PLC0415 - the command line starts fast

    return fit(office.fitting(lambda connection: work(office.Desk.of(connection, school, datetime.now(UTC)))))
