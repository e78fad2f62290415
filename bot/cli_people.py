"""`platica people …`: who has which part in a school, and what is held on them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from .cli_work import AnAddress, Yes, console, do, fail, fit

people = typer.Typer(no_args_is_help=True, help="Who has which part in a school.")


@people.command("texts")
def people_texts(address: Annotated[str, typer.Argument(help="+16615550100 or telegram:123456")]) -> None:
    """What became of the last texts to somebody, without their words."""
    from . import members  # noqa: PLC0415

    for line in fit(partial(members.texts, address=address)):
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
        console.print(do(partial(members.add, address=address, role=role, keyword=school, language=language)))
    except members.Unfit as unfit:
        fail(str(unfit))


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
        report = do(
            partial(importing.apply, roster=roster, into=into, now=now) if yes else partial(importing.plan, roster=roster, into=into)
        )
    except importing.BadRoster as bad:
        fail(str(bad))
    for line in report.lines():
        console.print(line, markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")


@people.command("waves")
def people_waves(resume: Annotated[bool, typer.Option("--resume", help="Go on where it was halted.")] = False) -> None:
    """How the introductions of imported people go, and whether they are halted."""
    from storage.roster import waves  # noqa: PLC0415

    now = datetime.now(UTC)
    for keyword in do(partial(waves.resume, now=now)) if resume else ():
        console.print(f"{keyword}: introductions go on.")
    for line in do(partial(waves.in_words, now=now)) or ["Nobody was imported yet: platica people import FILE"]:
        console.print(line, markup=False)


@people.command("stop")
def people_stop(address: AnAddress) -> None:
    """Record the STOP of somebody who said it to you: nothing that we start leaves for them, on any channel. It is logged."""
    _at_the_gate("stop", address=address)


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
    secret, uri = fit(partial(gatekeeping.authenticator_for, address=address))
    console.print(gatekeeping.drawn(uri), markup=False)
    console.print(f"Scan it with an authenticator app, or type this into it: {secret}\n{uri}", markup=False)
    given = typer.prompt("The 6 digits the app shows now")
    return _at_the_gate("confirm", address=address, secret=secret, given=given)


@people.command("export")
def people_export(address: AnAddress, to: Annotated[Path | None, typer.Option(help="A new file, instead of the terminal.")] = None) -> None:
    """Everything that is held on an address, as JSON."""
    from . import gatekeeping  # noqa: PLC0415

    if to is not None and to.exists():
        fail(f"{to} is there already: name a new file.")
    held = fit(partial(gatekeeping.export, address=address, now=datetime.now(UTC)))
    if to is None:
        console.print(held, markup=False, end="")
        return
    try:
        to.touch(mode=0o600)
        to.write_text(held, encoding="utf-8")
    except OSError as refused:
        fail(f"Nothing can be written to {to} ({refused.strerror}): name a new file in a folder that is there and yours.")
    console.print(f"Written to {to}; only you can read it.", markup=False)


@people.command("forget")
def people_forget(address: AnAddress) -> None:
    """Erase all that is held on an address, but for the proof that they joined or left."""
    _at_the_gate("forget", address=address)


def _at_the_gate(deed: str, **given: str) -> None:
    """Do it as the operator, and say what was done."""
    from . import gatekeeping  # noqa: PLC0415

    console.print(fit(partial(getattr(gatekeeping, deed), now=datetime.now(UTC), **given)), markup=False)
