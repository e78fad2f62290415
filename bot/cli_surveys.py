"""`platica survey …`: what a school asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_work import Yes, console, fail, fit

if TYPE_CHECKING:
    from conversations.surveys.definition import Definition

    from .surveys.office import Desk

survey = typer.Typer(no_args_is_help=True, help="What a school asks.")
School = Annotated[str, typer.Option(help="The school's keyword.")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="What families text to take it.")]
Called = Annotated[str, typer.Option("--name", help="What families text to take it. None: the form's form_id.")]
WithNames = Annotated[bool, typer.Option("--named", help="It keeps who answered what, and says so. Without: anonymous.")]


@survey.command("import")
def survey_import(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="An XLSForm: .xlsx, one .csv, or a folder with survey.csv and choices.csv.")],
    school: School,
    name: Called = "",
    named: WithNames = False,
    yes: Yes = False,
) -> None:
    """Bring in a survey: shows what it asks and what is weak about it, and keeps it as a draft with --yes."""
    from .surveys import xlsform  # noqa: PLC0415 - the command line starts fast
    from .surveys.sheets import BadForm  # noqa: PLC0415

    try:
        report = xlsform.read(path)
    except BadForm as bad:
        fail(f"{bad}\nNothing is saved.")
    for line in report.lines():
        console.print(line, markup=False)
    _bring_in(report.definition, school, name, named=named, yes=yes)


@survey.command("bank")
def survey_bank(
    ready: Annotated[str, typer.Argument(metavar="[NAME]", help="Which one; none: shows all of them.")] = "",
    school: Annotated[str, typer.Option(help="The school's keyword, to take it.")] = "",
    name: Called = "",
    yes: Yes = False,
) -> None:
    """Surveys that ship with it: shows them, or takes one as a draft with --school and --yes."""
    import locales  # noqa: PLC0415
    from conversations.surveys import asking, bank  # noqa: PLC0415

    if ready and ready not in bank.BANK:
        fail(f"There is no {ready} in the bank. There are: {', '.join(bank.BANK)}.")
    for slug in [ready] if ready else bank.BANK:
        found = bank.definition(slug, locales.render, ["en", *(tag for tag in locales.LANGUAGES if tag != "en")])
        console.print(f"{slug}: {found.title['en']}\n{asking.as_texted(found, 'en')}", markup=False)
        if ready and school:
            _bring_in(found, school, name, named=False, yes=yes)


@survey.command("list")
def survey_list(school: School) -> None:
    """Every version of the school's surveys."""
    lines = at_the_desk(school, lambda desk: list(desk.listed()))
    for line in lines or ["There is none yet: platica survey import FILE, or platica survey bank"]:
        console.print(line, markup=False)


@survey.command("export")
def survey_export(named: Named, school: School, to: Annotated[Path, typer.Option(help="The .xlsx to write.")]) -> None:
    """Write a survey as an XLSForm, to work on with it elsewhere."""
    if to.suffix.casefold() != ".xlsx":
        fail(f"{to} should end with .xlsx.")
    if to.exists():
        fail(f"{to} is there already: name a new file.")
    console.print(at_the_desk(school, lambda desk: desk.export(named, to)), markup=False)


@survey.command("approve")
def survey_approve(named: Named, language: Annotated[str, typer.Argument(help="A language tag: es.")], school: School) -> None:
    """Somebody who speaks the language has read its words, and they are right."""
    console.print(at_the_desk(school, lambda desk: desk.approve(named, language)), markup=False)


def _bring_in(definition: Definition, school: str, name: str, *, named: bool, yes: bool) -> None:
    for line in at_the_desk(school, lambda desk: list(desk.bring_in(definition, slug=name, anonymous=not named, save=yes))):
        console.print(line, markup=False)
    if not yes:
        console.print("Nothing is saved yet: do it with --yes.")


def at_the_desk(school: str, deed: Callable[[Desk], Any]) -> Any:
    from .surveys.office import Desk  # noqa: PLC0415

    return fit(lambda connection: deed(Desk.of(connection, school, datetime.now(UTC))))
