"""`platica survey open`, `close`, `slips`, `paper`: let it be answered, on paper too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import settings as settings_module
from .cli_door import Pdf, write
from .cli_surveys import Named, School, at_the_desk
from .cli_work import Yes, console, fail

if TYPE_CHECKING:
    from .surveys.office import Desk
    from .surveys.secrets import Secrets

MOST = 2000
Until = Annotated[str, typer.Option(help="Its last day, and hour: 2026-12-04, fri dec 4 6pm. None: two weeks. Without an hour: 20:00.")]


def survey_open(named: Named, school: School, until: Until = "") -> None:
    """Let it be answered. From here on neither its questions nor its mode change."""
    console.print(at_the_desk(school, lambda desk: desk.open(named, until, _secrets())), markup=False)


def survey_close(named: Named, school: School) -> None:
    """Take no more answers before its last day is over, and destroy its secret."""
    secrets = _secrets()
    secrets.destroy(at_the_desk(school, lambda desk: desk.close(named, secrets)))
    console.print("It is closed: no answer counts any more, and nobody can tell who took part.", markup=False)


def survey_slips(
    named: Named,
    school: School,
    pdf: Pdf,
    count: Annotated[int, typer.Option(min=1, max=MOST, help="How many forms, each with a code of its own.")] = 30,
    language: Annotated[str, typer.Option(help="Only in this one: es. None: in every language it is asked in.")] = "",
) -> None:
    """Print paper forms of an open survey, each with a code that counts once."""
    from .surveys import forms, slips  # noqa: PLC0415 - the command line starts fast

    def printed(desk: Desk) -> bytes:
        from storage.surveys import definitions  # noqa: PLC0415

        survey = desk.opened(named)
        tags = definitions.asked_in(survey)
        if language and language not in tags:
            fail(f"“{survey.slug}” is not asked in {language}, only in {', '.join(tags)}.")
        codes = slips.new(_secret(survey.id), survey.id, count)
        return forms.printed(forms.Looks(survey.definition, desk.school.name, [language] if language else tags, survey.anonymous), codes)

    write(pdf, at_the_desk(school, printed))


def survey_paper(
    named: Named,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or .xlsx with a heading: code, and the questions' names or numbers.")],
    school: School,
    yes: Yes = False,
) -> None:
    """Enter filled-in forms: shows what would be counted, and does it with --yes. Who took part already is counted once."""
    from .surveys import paper  # noqa: PLC0415 - the command line starts fast

    def entered(desk: Desk) -> str:
        survey = desk.opened(named)
        secret = _secret(survey.id)
        trial = desk.connection.begin_nested()
        said = paper.enter(desk.connection, survey, secret, paper.read(desk.connection, survey, secret, path), desk.now)
        (trial.commit if yes else trial.rollback)()
        return said

    console.print(at_the_desk(school, entered), markup=False)
    if not yes:
        console.print("Nothing is changed yet: do it with --yes.")


def survey_notes(
    school: School,
    csv: Annotated[Path | None, typer.Option("--csv", help="A new file to write them to.")] = None,
    drop: Annotated[int, typer.Option(help="Take this one out, by its number.")] = 0,
) -> None:
    """What staff noted of families (NOTE), without who. Not anonymous by construction: read it before you pass it on."""
    from .surveys import noting  # noqa: PLC0415 - the command line starts fast

    if drop:
        dropped = at_the_desk(school, lambda desk: noting.drop(desk.connection, desk.school.id, drop))
        console.print(f"Note {drop} is gone.") if dropped else fail(f"There is no note {drop}.")
        return
    found = at_the_desk(school, lambda desk: list(noting.rows(desk.connection, desk.school.id)))
    if csv is not None:
        write(csv, noting.as_csv(found))
        return
    for row in found:
        console.print("  ".join(str(cell) for cell in row if cell != ""), markup=False)
    if not found:
        console.print("There is none yet: staff text NOTE and what a family said.")


COMMANDS = (survey_open, survey_close, survey_slips, survey_paper, survey_notes)


def _secrets() -> Secrets:
    from .surveys.secrets import Secrets  # noqa: PLC0415

    return Secrets(settings_module.load().secrets_folder)


def _secret(survey_id: int) -> bytes:
    secret = _secrets().of(survey_id)
    if secret is None:
        fail(f"The survey's secret is not in {_secrets().folder}: set PLATICA_SECRETS as the process has it that serves.")
    return secret
