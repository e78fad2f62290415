"""`platica survey results`, `themes`, `heard`: what came out of a survey, for the committee and back to families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .cli_surveys import Named, School, at_the_desk
from .cli_work import console, fail

if TYPE_CHECKING:
    from .surveys.findings import Findings
    from .surveys.office import Desk

Version = Annotated[int, typer.Option(help="Which version of it; 0: the newest that was opened.")]
NEW = "A new file to write."


def survey_results(
    named: Named,
    school: School,
    *,
    version: Version = 0,
    xlsx: Annotated[Path | None, typer.Option(help=f"{NEW} Figures, themes and a codebook.")] = None,
    csv: Annotated[Path | None, typer.Option(help=f"{NEW} Figures; the codebook goes beside it.")] = None,
    pdf: Annotated[Path | None, typer.Option(help=f"{NEW} A page for the committee, in the school's languages.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to put a picture of each question.")] = None,
    against: Annotated[int, typer.Option(help="An earlier version to set beside it, share by share.")] = 0,
    district: Annotated[bool, typer.Option("--district", help="Set all schools that ask the same beside it.")] = False,
    drawn_from: Annotated[
        int, typer.Option(help="How many there are, where those asked were drawn by lot: gives each share its margin.")
    ] = 0,
) -> None:
    """Tell what a survey has found. From now on the next figures are held against these, so that nobody can be worked out."""
    for path in (xlsx, csv, pdf):
        if path is not None and path.exists():
            fail(f"{path} is there already: name a new file.")

    def told(desk: Desk) -> list[str]:
        from .surveys.findings import Findings, earlier  # noqa: PLC0415 - the command line starts fast

        found = Findings.of(desk, named, version)
        if against:
            return list(found.beside({f"version {against}": earlier(desk, found, against)}))
        return list(found.beside_the_district() if district else found.lines(drawn_from)) + _written(found, xlsx, csv, pdf, png)

    for line in at_the_desk(school, told):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _written(found: Findings, xlsx: Path | None, csv: Path | None, pdf: Path | None, png: Path | None) -> list[str]:
    wanted = ((xlsx, found.write_xlsx), (csv, found.write_csv), (pdf, found.write_pdf), (png, found.write_pictures))
    try:
        return [write(path) for path, write in wanted if path is not None]
    except OSError as refused:
        fail(f"It cannot be written ({refused.strerror}): name a file in a folder that is there and yours.")


def survey_themes(
    named: Named,
    school: School,
    *,
    question: Annotated[str, typer.Option(help="The open question, by its name; none: the first.")] = "",
    rename: Annotated[str, typer.Option(metavar="N=NAME", help="Give a theme another name.")] = "",
    merge: Annotated[str, typer.Option(metavar="N=M", help="Put theme M into theme N.")] = "",
    words: Annotated[str, typer.Option(metavar="N=WORDS", help="The words of a theme; until the survey is told by theme.")] = "",
) -> None:
    """Show the themes of an open question, and put them right."""

    def tended(desk: Desk) -> list[str]:
        from .surveys.findings import Findings  # noqa: PLC0415

        return list(Findings.of(desk, named).tend(question, rename=rename, merge=merge, words=words))

    for line in at_the_desk(school, tended):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def survey_heard(
    named: Named,
    school: School,
    did: Annotated[str, typer.Option(help="What the school did about it: “you said, we did”.")] = "",
    language: Annotated[str, typer.Option(help="The one that --did is written in; none: the school's first.")] = "",
) -> None:
    """Draft the text that tells all families what was heard. A coordinator sends it."""

    def drafted(desk: Desk) -> str:
        from .surveys.findings import Findings  # noqa: PLC0415

        return Findings.of(desk, named).tell(" ".join(did.split()), language)

    console.print(at_the_desk(school, drafted), markup=False)


COMMANDS = (survey_results, survey_themes, survey_heard)
