"""The command line. Exit 0: done; 1: the input is at fault; 2: used wrongly."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.table import Column, Table
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage import migrating
from storage.database import open_database

from . import keys
from . import settings as settings_module
from .settings import Misconfigured, Settings
from .terminal import Terminal, cell, words

T = TypeVar("T")

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The assistant of a community school.")
school = typer.Typer(no_args_is_help=True, help="The schools of this deployment.")
key = typer.Typer(no_args_is_help=True, help="The key that numbers and texts are sealed with.")
directory = typer.Typer(no_args_is_help=True, help="The directory of services families are told about.")
people = typer.Typer(no_args_is_help=True, help="Who has which part in a school.")
cli.add_typer(directory, name="directory")
cli.add_typer(people, name="people")
cli.add_typer(key, name="key")
cli.add_typer(school, name="school")

console = Terminal(highlight=False, soft_wrap=True)
AnAddress = Annotated[str, typer.Argument(metavar="ADDRESS", help="+16615550100 or telegram:123456")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, only show what would change.")]


def main() -> None:
    try:
        cli()
    except Misconfigured as wrong:
        _fail(str(wrong))
    except DBAPIError as error:
        _fail(
            f"The database does not answer as it should: {type(error.orig).__name__}. Is DATABASE_URL right, and has `platica migrate` been run?"
        )


@cli.command()
def serve(no_deliver: Annotated[bool, typer.Option("--no-deliver", help="Only the web; deliver elsewhere (PostgreSQL).")] = False) -> None:
    """Run it: web, delivery and clock in one process."""
    settings = settings_module.load()
    if no_deliver and settings.sqlite:
        _fail("On SQLite everything runs in one process: use `platica serve`. Apart, it needs PostgreSQL.")
    from . import logs, serving  # noqa: PLC0415 - the command line starts fast

    logs.start(settings)
    serving.run(serving.serve(settings, deliver=not no_deliver, listening=partial(_where, settings)))


@cli.command()
def deliver() -> None:
    """Delivery, clock and fetching without the web (PostgreSQL)."""
    settings = settings_module.load()
    if settings.sqlite:
        _fail("On SQLite everything runs in one process: use `platica serve`. Apart, it needs PostgreSQL.")
    from . import logs, serving  # noqa: PLC0415

    logs.start(settings)
    serving.run(serving.deliver(settings))


@cli.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    _do(migrating.upgrade)
    console.print(f"The database is at schema {migrating.head()}.")


@cli.command()
def demo() -> None:
    """Load the sample school: its people and 80 sample services. Repeatable."""
    from . import sample  # noqa: PLC0415

    for line in _do(sample.load):
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

    chatting.chat(console, save, language)


@directory.command("import")
def directory_import(
    path: Annotated[Path, typer.Argument(help="A file, folder or zip: HSDS 3 JSON or CSV, HSDS 1.1 CSV, Ohana JSON lines.")],
    yes: Yes = False,
) -> None:
    """Bring a feed of services into the directory: shows what would change, row by row, and does it with --yes."""
    from storage.directory import importing  # noqa: PLC0415

    from .house import utc_now  # noqa: PLC0415

    try:
        feed = importing.read(path)
    except importing.BadFeed as bad:
        _fail(str(bad))
    report = _do(partial(importing.apply, feed=feed, now=utc_now())) if yes else _do(partial(importing.plan, feed=feed))
    for line in report.lines():
        console.print(line, markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")


@school.command("add")
def school_add(
    keyword: Annotated[str, typer.Argument(help="What families text to join: one word.")],
    name: Annotated[str, typer.Option(help="As families know it.")],
    zip_code: Annotated[str, typer.Option("--zip", help="Where it is; look-ups without a place begin there.")],
    phone: Annotated[str, typer.Option(help="The line families may ring.")],
    languages: Annotated[str, typer.Option(help="Tags with commas, in the order they are offered.")] = "en,es",
) -> None:
    """Set up a school, or change the one of that keyword. Strangers belong to the first one that was set up."""
    from . import schools  # noqa: PLC0415

    console.print(_fit(partial(schools.add, keyword=keyword, name=name, zip_code=zip_code, phone=phone, languages=languages)), markup=False)


@people.command("texts")
def people_texts(address: Annotated[str, typer.Argument(help="+16615550100 or telegram:123456")]) -> None:
    """What became of the last texts to somebody, without their words."""
    from . import members  # noqa: PLC0415

    for line in _fit(partial(members.texts, address=address)):
        console.print(line, markup=False)


@people.command("add")
def people_add(
    address: Annotated[str, typer.Argument(help="+16615550100 or telegram:123456")],
    role: Annotated[str, typer.Option(help="family, staff, partner, community, liaison, coordinator, principal or manager")],
    school: Annotated[str, typer.Option(help="The school's keyword.")],
    language: Annotated[str, typer.Option(help="A language tag: en, es.")] = "",
) -> None:
    """Give somebody a part in a school."""
    from . import members  # noqa: PLC0415

    try:
        console.print(_do(partial(members.add, address=address, role=role, keyword=school, language=language)))
    except members.Unfit as unfit:
        _fail(str(unfit))


@cli.command()
def inbox(
    done: Annotated[int | None, typer.Option(help="The number of a call that was made.")] = None,
    read: Annotated[int | None, typer.Option(help="The number of a call marked ! : shows, once, what was said. It is logged.")] = None,
) -> None:
    """Who waits for a call; ! marks somebody in danger whose message nobody has read yet."""
    from . import members  # noqa: PLC0415

    if read is not None:
        console.print(_do(partial(members.read_message, call_id=read, now=datetime.now(UTC))), markup=False)
        return
    if done is not None:
        if not _do(partial(members.call_done, call_id=done)):
            _fail(f"No call number {done} waits.")
        console.print("Noted.")
        return
    waiting = _do(members.calls_waiting)
    if not waiting:
        console.print("Nobody waits for a call.")
        return
    table = Table(*(Column(name, no_wrap=name in {"number", "call"}, overflow="fold") for name in waiting[0]))
    for call in waiting:
        table.add_row(*map(cell, call.values()))
    Terminal(highlight=False).print(table)  # as wide as the terminal is now
    console.print("When a call was made: platica inbox --done NUMBER")


@people.command("import")
def people_import(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A school's list: CSV or .xlsx, with a heading.")],
    school: Annotated[str, typer.Option(help="The keyword of the school of rows that name none.")] = "",
    basis: Annotated[str, typer.Option(help='On what ground we may text them: "enrollment form, Aug 2026".')] = "given to the school",
    yes: Yes = False,
) -> None:
    """Bring in a school's contact list: shows, row by row, what would change, and does it with --yes. An introduction comes first."""
    import locales  # noqa: PLC0415
    from storage.roster import importing  # noqa: PLC0415

    into = importing.Into(school, basis, frozenset(locales.LANGUAGES))
    try:
        roster = importing.read(path)
        now = datetime.now(UTC)
        report = _do(
            partial(importing.apply, roster=roster, into=into, now=now) if yes else partial(importing.plan, roster=roster, into=into)
        )
    except importing.BadRoster as bad:
        _fail(str(bad))
    for line in report.lines():
        console.print(line, markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")


@people.command("waves")
def people_waves(resume: Annotated[bool, typer.Option("--resume", help="Go on where it was halted.")] = False) -> None:
    """How the introductions of imported people go, and whether they are halted."""
    from storage.roster import waves  # noqa: PLC0415

    now = datetime.now(UTC)
    for keyword in _do(partial(waves.resume, now=now)) if resume else ():
        console.print(f"{keyword}: introductions go on.")
    for line in _do(partial(waves.in_words, now=now)) or ["Nobody was imported yet: platica people import FILE"]:
        console.print(line, markup=False)


@people.command("lock")
def people_lock(address: AnAddress) -> None:
    """Nothing that reaches many, exports or erases passes for this person any more; they are still helped."""
    _at_the_gate("lock", address=address)


@people.command("unlock")
def people_unlock(address: AnAddress) -> None:
    """Let somebody in again who was locked."""
    _at_the_gate("unlock", address=address)


@people.command("totp")
def people_totp(address: AnAddress, remove: Annotated[bool, typer.Option("--remove", help="Codes come by text again.")] = False) -> None:
    """Give a staff member an authenticator app: shows its QR code once, and asks for a code to be sure."""
    from . import gatekeeping  # noqa: PLC0415

    if remove:
        return _at_the_gate("remove_authenticator", address=address)
    secret, uri = _fit(partial(gatekeeping.authenticator_for, address=address))
    console.print(gatekeeping.drawn(uri), markup=False)
    console.print(f"Scan it with an authenticator app, or type this into it: {secret}\n{uri}", markup=False)
    given = typer.prompt("The 6 digits the app shows now")
    return _at_the_gate("confirm", address=address, secret=secret, given=given)


@people.command("export")
def people_export(address: AnAddress, to: Annotated[Path | None, typer.Option(help="A new file, instead of the terminal.")] = None) -> None:
    """Everything that is held on an address, as JSON."""
    from . import gatekeeping  # noqa: PLC0415

    if to is not None and to.exists():
        _fail(f"{to} is there already: name a new file.")
    held = _fit(partial(gatekeeping.export, address=address, now=datetime.now(UTC)))
    if to is None:
        console.print(held, markup=False, end="")
        return
    to.touch(mode=0o600)
    to.write_text(held, encoding="utf-8")
    console.print(f"Written to {to}; only you can read it.", markup=False)


@people.command("forget")
def people_forget(address: AnAddress) -> None:
    """Erase all that is held on an address, but for the proof that they joined or left."""
    _at_the_gate("forget", address=address)


@cli.command()
def audit(days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 30) -> None:
    """Who asked for what that reaches many, exports or erases, and what came of it."""
    from . import gatekeeping  # noqa: PLC0415

    lines = _do(lambda connection: list(gatekeeping.log_in_words(connection, days=days, now=datetime.now(UTC))))
    for line in lines or [f"Nothing was asked of the gate in {days} days."]:
        console.print(line, markup=False)


@cli.command()
def restored() -> None:
    """After a backup was put back, before `platica serve`: nothing leaves twice, and no old message is answered again."""
    from storage import restored as backup  # noqa: PLC0415

    try:
        console.print(f"{_do(partial(backup.settle, now=datetime.now(UTC)))}", markup=False)
    except backup.Running as running:
        _fail(str(running))


@key.command("new")
def key_new() -> None:
    """Print a new key, for PLATICA_KEY."""
    from storage import sealing  # noqa: PLC0415

    console.print(sealing.new_key(), markup=False)


@key.command("rotate")
def key_rotate() -> None:
    """Seal everything anew with the first key of PLATICA_KEY (new,old), so that the old one can go."""
    for table, rows in _do(keys.rotate).items():
        console.print(f"{table}: {rows} rows sealed anew", markup=False)
    console.print("Now leave the old key out of PLATICA_KEY, everywhere, and restart.")


def _at_the_gate(deed: str, **given: str) -> None:
    """Do it as the operator, and say what was done."""
    from . import gatekeeping  # noqa: PLC0415

    console.print(_fit(partial(getattr(gatekeeping, deed), now=datetime.now(UTC), **given)), markup=False)


def _fit(unit: Callable[[Connection], T]) -> T:
    """Run a unit of work; where what was given does not fit, say why and leave."""
    from .members import Unfit  # noqa: PLC0415

    try:
        return _do(unit)
    except Unfit as unfit:
        _fail(str(unfit))


def _do(unit: Callable[[Connection], T]) -> T:
    """Run a unit of work on the database of the settings, with its key."""
    settings = settings_module.load()
    keys.take(settings)

    def fitting(connection: Connection) -> T:
        if migrating.current(connection) == migrating.head():
            keys.fit(connection)
        return unit(connection)

    database = open_database(settings.database_url)
    try:
        return database.run_now(fitting)
    finally:
        database.close()


def _where(settings: Settings) -> None:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - it is compared, not bound
    console.print(
        f"Listening on http://{host}:{settings.port}" + (f", the phone is at http://{host}:{settings.port}/phone" if settings.phone else "")
    )


def _fail(sentence: str) -> NoReturn:
    print(words(sentence), file=sys.stderr)  # noqa: T201
    raise SystemExit(1)
