"""`platica event door`, `poster`, `sheet`, `paper`, `export`: who comes in, and what an event came to."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import settings as settings_module
from .cli_events import Named, School, at
from .cli_work import Yes, console, fail

if TYPE_CHECKING:
    from .events.office import Desk
    from .events.printing import Ways

Pdf = Annotated[Path, typer.Option("--pdf", help="A new file to write.")]
Bot = Annotated[str, typer.Option("--telegram", help="The bot's name on Telegram, for a QR code of its own: mesa_bot")]


def event_door(
    code: Named, school: School, once: Annotated[bool, typer.Option("--once", help="Show the code of now, and leave.")] = False
) -> None:
    """Show the code of the door, which changes every 10 minutes, and the printed one. Ctrl-C ends it."""
    from .events import door, screen  # noqa: PLC0415 - the command line starts fast

    row = at(school, lambda desk: desk.event(code))
    if where := settings_module.load().public_url:
        console.print(f"A page for a screen, only for staff: {screen.link(where, row.id)}", markup=False, soft_wrap=True)
    console.print(f"{row.title}: families text HERE and the code. On the poster: {door.printed(row.id)}", markup=False)
    while True:
        now = datetime.now(UTC)
        console.print(f"{now.astimezone():%H:%M}  HERE {door.changing(row.id, now)}", markup=False)
        if once:
            return
        try:
            time.sleep((door.until(now) - now).total_seconds())
        except KeyboardInterrupt:
            return


def event_poster(code: Named, school: School, pdf: Pdf, telegram: Bot = "") -> None:
    """Print a poster for the door, with QR codes, in the school's languages."""
    from .events import printing  # noqa: PLC0415

    def printed(desk: Desk) -> bytes:
        row = desk.event(code)
        return printing.poster(desk.view(row), desk.languages, _ways(desk, row, telegram))

    write(pdf, at(school, printed))


def event_sheet(
    code: Named, school: School, pdf: Pdf, pages: Annotated[int, typer.Option(min=1, max=20, help="Of 22 lines each.")] = 1
) -> None:
    """Print a sign-in sheet; with names only for an event that keeps them."""
    from .events import printing  # noqa: PLC0415

    write(pdf, at(school, lambda desk: printing.sheet(desk.view(desk.event(code)), desk.languages, pages=pages)))


def event_paper(
    code: Named,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or .xlsx with a heading: adults, children, language, phone, name.")],
    school: School,
    yes: Yes = False,
) -> None:
    """Enter the paper sheet: shows what would be counted, and does it with --yes. Who came in by phone is counted once."""
    from .events import paper  # noqa: PLC0415

    def entered(desk: Desk) -> str:
        row = desk.event(code)
        trial = desk.connection.begin_nested()
        said = paper.enter(desk.connection, row, paper.read(desk.connection, path), desk.now)
        (trial.commit if yes else trial.rollback)()
        return said

    console.print(at(school, entered), markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")


def event_export(
    school: School,
    code: Annotated[str, typer.Argument(metavar="[CODE]", help="Of one event. None: all of the school.")] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="A new file to write.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="A new file to write.")] = None,
) -> None:
    """Write what an event came to, in counts: answers, needs, who came. For the school's own use: small counts are shown, nobody is named."""
    from .events import exporting  # noqa: PLC0415

    if (csv is None) == (xlsx is None):
        fail("Say where to: --csv FILE or --xlsx FILE.")

    def figures(desk: Desk) -> list[Any]:
        return list(exporting.rows(desk.connection, [desk.event(code)] if code else desk.every))

    found = at(school, figures)
    if csv is not None:
        write(csv, exporting.as_csv(found))
    elif xlsx is not None:
        write(xlsx, exporting.as_xlsx(found))


def event_completed(code: Named, school: School, csv: Annotated[Path, typer.Option("--csv", help="A new file to write.")]) -> None:
    """Write who was at how many sessions of a series, and who completed it: by number, for the school's own use."""
    from .events import exporting, series  # noqa: PLC0415

    found = at(school, lambda desk: list(desk.completed(code)))
    write(csv, exporting.as_csv(found, heading=series.HEADING))


COMMANDS = (event_door, event_poster, event_sheet, event_paper, event_export, event_completed)


def _ways(desk: Desk, row: Any, telegram: str) -> Ways:
    from .events import door  # noqa: PLC0415
    from .events.printing import Ways  # noqa: PLC0415
    from .lookups import as_said  # noqa: PLC0415

    settings = settings_module.load()
    number = desk.school.number or settings.twilio_from
    if not number and not telegram:
        fail("There is no number to text (TWILIO_FROM, or the school's own): give --telegram, or set one.")
    return Ways(
        door.printed(row.id),
        as_said(number) if number else "",
        door.sms_link(number, door.printed(row.id)) if number else "",
        door.telegram_link(telegram.lstrip("@"), door.printed(row.id)) if telegram else "",
    )


def write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as refused:
        fail(f"Nothing can be written to {path} ({refused.strerror}): name a new file in a folder that is there.")
    console.print(f"Written to {path}.", markup=False)
