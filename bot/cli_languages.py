"""`platica school language`, `platica people translates`, `platica glossary import`, `platica templates`: who reads what, and who writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from .cli_people import people
from .cli_work import AnAddress, Yes, console, fail, fit

templates = typer.Typer(help="Urgent texts that stand ready, in every language a school needs.")
glossary = typer.Typer(no_args_is_help=True, help="Words of school life, as a school says them in another language.")
ATag = Annotated[str, typer.Argument(metavar="LANGUAGE", help="A language tag: es, vi, zh-Hant.")]
ASchool = Annotated[str, typer.Option(help="The school's keyword.")]


def school_language(
    keyword: Annotated[str, typer.Argument(help="The school's keyword.")],
    language: ATag,
    percent: Annotated[float | None, typer.Option(help="Share of the pupils who speak it at home.")] = None,
    required: Annotated[bool | None, typer.Option("--required/--optional", help="Whatever the share is.")] = None,
) -> None:
    """Say which languages a school's announcements must be in. From 15 per cent of the pupils on, one is required."""
    from .announcements import languages  # noqa: PLC0415 - the command line starts fast

    console.print(fit(partial(languages.set_language, keyword=keyword, tag=language, percent=percent, required=required)), markup=False)


@people.command("translates")
def people_translates(
    address: AnAddress,
    language: ATag,
    school: ASchool = "",
    order: Annotated[int, typer.Option(help="Who is asked first, second…")] = 1,
    remove: Annotated[bool, typer.Option("--remove", help="They translate it no more.")] = False,
) -> None:
    """List somebody as translating into a language: only who is listed may write and approve in it."""
    from .announcements import languages  # noqa: PLC0415

    listing = partial(languages.translates, address=address, tag=language, keyword=school, place=order, remove=remove)
    console.print(fit(listing), markup=False)


@glossary.command("import")
def glossary_import(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV with the columns language, term, says.")],
    school: ASchool,
    yes: Yes = False,
) -> None:
    """Bring in the words that translators are shown: shows what would change, and does it with --yes."""
    from .announcements import languages  # noqa: PLC0415
    from .members import Unfit  # noqa: PLC0415

    try:
        read = languages.read_glossary(path)
    except Unfit as unfit:
        fail(str(unfit))
    for line in fit(partial(languages.import_glossary, glossary=read, keyword=school, write=yes)):
        console.print(line, markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")


@templates.callback(invoke_without_command=True)
def templates_shown(context: typer.Context, school: Annotated[str, typer.Option(help="The school's keyword.")] = "") -> None:
    """Every urgent text of a school (the first one where none is named), and in which languages it is approved."""
    if context.invoked_subcommand is not None:
        return
    from .announcements import approvals as urgent  # noqa: PLC0415

    for line in fit(partial(urgent.shown, keyword=school)):
        console.print(line, markup=False)


@templates.command("approve")
def templates_approve(
    school: Annotated[str, typer.Argument(help="The school's keyword.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="closure, early-release, pick-up, shelter, all-clear or bus-late")],
    language: ATag,
) -> None:
    """Say that somebody who speaks the language has read the words and approves them, until they change."""
    from .announcements import approvals as urgent  # noqa: PLC0415

    approving = partial(urgent.approve, keyword=school, slug=text, tag=language, now=datetime.now(UTC))
    console.print(fit(approving), markup=False)
