"""The command line. Exit 0: done; 1: the input is at fault; 2: used wrongly."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from sqlalchemy.exc import DBAPIError

from storage import migrating
from storage.sealing import WrongKey

from . import cli_announce, cli_door, cli_languages, cli_results, cli_slips, cli_work, keys
from . import settings as settings_module
from .cli_assessment import assessment
from .cli_calls import calls
from .cli_events import event
from .cli_people import people
from .cli_surveys import survey
from .cli_work import Yes, console, do, fail, fit
from .settings import Misconfigured, Settings
from .terminal import Terminal, cell

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The assistant of a community school.")
school = typer.Typer(no_args_is_help=True, help="The schools of this deployment.")
key = typer.Typer(no_args_is_help=True, help="The key that numbers and texts are sealed with.")
directory = typer.Typer(no_args_is_help=True, help="The directory of services families are told about.")
cli.add_typer(directory, name="directory")
cli.add_typer(people, name="people")
cli.add_typer(event, name="event")
cli.add_typer(calls, name="calls")
cli.add_typer(survey, name="survey")
cli.add_typer(assessment, name="assessment")
cli.add_typer(key, name="key")
cli.add_typer(school, name="school")
cli.add_typer(cli_languages.glossary, name="glossary")
cli.add_typer(cli_languages.templates, name="templates")
school.command("language")(cli_languages.school_language)
for of_survey in (*cli_slips.COMMANDS, *cli_results.COMMANDS):
    survey.command(of_survey.__name__.removeprefix("survey_"))(of_survey)
for of_event in cli_door.COMMANDS:
    event.command(of_event.__name__.removeprefix("event_"))(of_event)
for command in (cli_announce.announce, cli_announce.announcements, cli_announce.announcement):
    cli.command()(command)


def main() -> None:
    try:
        cli()
    except Misconfigured as wrong:
        fail(str(wrong))
    except WrongKey:
        fail(f"Something in the database does not open: {WrongKey.__doc__}")
    except DBAPIError as error:
        fail(
            f"The database does not answer as it should: {type(error.orig).__name__}. Is DATABASE_URL right, and has `platica migrate` been run?"
        )


@cli.command()
def serve(no_deliver: Annotated[bool, typer.Option("--no-deliver", help="Only the web; deliver elsewhere (PostgreSQL).")] = False) -> None:
    """Run it: web, delivery and clock in one process."""
    settings = settings_module.load()
    if no_deliver and settings.sqlite:
        fail("On SQLite everything runs in one process: use `platica serve`. Apart, it needs PostgreSQL.")
    from . import logs, serving  # noqa: PLC0415 - the command line starts fast

    logs.start(settings)
    serving.run(serving.serve(settings, deliver=not no_deliver, listening=partial(_where, settings), stopping=_stopping))


@cli.command()
def deliver() -> None:
    """Delivery, clock and fetching without the web (PostgreSQL)."""
    settings = settings_module.load()
    if settings.sqlite:
        fail("On SQLite everything runs in one process: use `platica serve`. Apart, it needs PostgreSQL.")
    from . import logs, serving  # noqa: PLC0415

    logs.start(settings)
    serving.run(serving.deliver(settings, stopping=_stopping))


@cli.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    cli_work.migrate()
    console.print(f"The database is at schema {migrating.head()}.")


@cli.command()
def demo() -> None:
    """Load the sample school: its people and 80 sample services. Repeatable."""
    from . import sample  # noqa: PLC0415

    for line in do(sample.load):
        console.print(line)


@cli.command()
def check() -> None:
    """The configuration, in words: what works, what is missing, and how to mend it."""
    from . import checking  # noqa: PLC0415

    findings = checking.check()
    for finding in findings:
        console.print(("ok    " if finding.ok else "MEND  " if finding.grave else "look  ") + finding.says)
    raise typer.Exit(0 if all(finding.ok or not finding.grave for finding in findings) else 1)


@cli.command()
def chat(
    save: Annotated[Path | None, typer.Option(help="Write what was said to this file, as a transcript.")] = None,
    language: Annotated[str, typer.Option(help="The language to begin in; none: as a stranger.")] = "",
) -> None:
    """Talk with it in the terminal, as a family with an SMS phone would. Nothing is kept."""
    from . import chatting  # noqa: PLC0415
    from .members import Unfit  # noqa: PLC0415

    try:
        chatting.chat(console, save, language)
    except Unfit as unfit:
        fail(str(unfit))


@directory.command("import")
def directory_import(
    path: Annotated[Path, typer.Argument(help="A file, folder or zip: HSDS 3 JSON or CSV, HSDS 1.1 CSV, Ohana JSON lines.")],
    source: Annotated[
        str, typer.Option(help="The name it is kept under; the same name again replaces it. None: the file's, without digits.")
    ] = "",
    shrink: Annotated[bool, typer.Option("--shrink", help="With --yes: even if more than half of the source's services vanish.")] = False,
    yes: Yes = False,
) -> None:
    """Bring a feed of services into the directory: shows what would change, row by row, and does it with --yes."""
    from storage.directory import importing  # noqa: PLC0415

    from .house import utc_now  # noqa: PLC0415

    try:
        feed = importing.read(path, source.strip())
        unit = partial(importing.apply, feed=feed, now=utc_now(), guarded=not shrink) if yes else partial(importing.plan, feed=feed)
        report = do(unit)
    except importing.Shrinks as shrinks:
        fail(f"{shrinks} Nothing is changed. If it is right all the same: --yes --shrink.")
    except importing.BadFeed as bad:
        fail(str(bad))
    for line in report.lines():
        console.print(line, markup=False)
    if not yes:
        if report.shrinks:
            console.print(f"WARNING: {report.shrinks} --yes alone will refuse.", markup=False)
        console.print("Nothing is changed yet: do it with --yes.")


@school.command("add")
def school_add(  # noqa: PLR0917 - they are the command's options
    keyword: Annotated[str, typer.Argument(help="What families text to join: one word.")],
    name: Annotated[str, typer.Option(help="As families know it.")],
    zip_code: Annotated[str, typer.Option("--zip", help="Where it is; look-ups without a place begin there.")],
    phone: Annotated[str, typer.Option(help="The line families may ring.")],
    languages: Annotated[str, typer.Option(help="Tags with commas, in the order they are offered.")] = "en,es",
    number: Annotated[
        str, typer.Option(help="The number families text, if the school has one of its own (of the same Twilio account).")
    ] = "",
) -> None:
    """Set up a school, or change the one of that keyword. Strangers belong to the school whose number they text, else to the first one."""
    from . import schools  # noqa: PLC0415

    where = partial(schools.add, keyword=keyword, name=name, zip_code=zip_code)
    console.print(fit(partial(where, phone=phone, languages=languages, number=number)), markup=False)


@cli.command()
def inbox(
    done: Annotated[int | None, typer.Option(help="The number of a call that was made.")] = None,
    read: Annotated[int | None, typer.Option(help="The number of a call marked ! : shows, once, what was said. It is logged.")] = None,
) -> None:
    """Who waits for a call; ! marks somebody in danger whose message nobody has read yet."""
    from . import members  # noqa: PLC0415

    if read is not None:
        console.print(fit(partial(members.read_message, call_id=read, now=datetime.now(UTC))), markup=False)
        return
    if done is not None:
        if not do(partial(members.call_done, call_id=done)):
            fail(f"No call number {done} waits: `platica inbox` shows those that do.")
        console.print("Noted.")
        return
    waiting = do(members.calls_waiting)
    if not waiting:
        console.print("Nobody waits for a call.")
        return
    table = Table(*(Column(name, no_wrap=name in {"number", "call"}, overflow="fold") for name in waiting[0]))
    for call in waiting:
        table.add_row(*map(cell, call.values()))
    Terminal(highlight=False).print(table)  # as wide as the terminal is now
    console.print("When a call was made: platica inbox --done NUMBER")


@cli.command()
def audit(days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 30) -> None:
    """Who asked for what that reaches many, exports or erases, and what came of it."""
    from . import gatekeeping  # noqa: PLC0415

    lines = do(lambda connection: list(gatekeeping.log_in_words(connection, days=days, now=datetime.now(UTC))))
    for line in lines or [f"Nothing was asked of the gate in {days} days."]:
        console.print(line, markup=False)


@cli.command()
def retention() -> None:
    """What was forgotten, by which rule and when; exit 1 if something is older than its rule allows."""
    from . import forgetting  # noqa: PLC0415

    report = do(partial(forgetting.report, now=datetime.now(UTC)))
    for line in report.lines:
        console.print(line, markup=False)
    raise typer.Exit(0 if report.kept_to else 1)


@cli.command()
def outcomes(days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 90) -> None:
    """What families asked for, whether there was any, and whether it helped; groups under 10 are not shown."""
    from . import following  # noqa: PLC0415

    for line in do(partial(following.in_words, days=days, now=datetime.now(UTC))):
        console.print(line, markup=False)


@cli.command()
def restored() -> None:
    """After a backup was put back, before `platica serve`: nothing leaves twice, and no old message is answered again."""
    from storage import restored as backup  # noqa: PLC0415

    try:
        console.print(f"{do(partial(backup.settle, now=datetime.now(UTC)))}", markup=False)
    except backup.Running as running:
        fail(str(running))


@key.command("new")
def key_new() -> None:
    """Print a new key, for PLATICA_KEY."""
    from storage import sealing  # noqa: PLC0415

    console.print(sealing.new_key(), markup=False)


@key.command("rotate")
def key_rotate() -> None:
    """Seal everything anew with the first key of PLATICA_KEY (new,old), so that the old one can go."""
    for table, rows in do(keys.rotate).items():
        console.print(f"{table}: {rows} rows sealed anew", markup=False)
    where = keys.kept_in(settings_module.load())
    console.print(f"Now only the first key in {where} is needed: leave the old one out, for every process, and restart.", markup=False)


def _stopping() -> None:
    console.print("Stopping: what is on its way is finished…")


def _where(settings: Settings) -> None:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - it is compared, not bound
    console.print(
        f"Listening on http://{host}:{settings.port}" + (f", the phone is at http://{host}:{settings.port}/phone" if settings.phone else "")
    )
