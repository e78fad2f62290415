"""`platica assessment begin`, `status`, `close`: a needs and assets assessment, and whether it has reached a majority of each group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .cli_surveys import School, at_the_desk
from .cli_work import console, fail

if TYPE_CHECKING:
    from .surveys.office import Desk

assessment = typer.Typer(no_args_is_help=True, help="A needs and assets assessment: whom it reached, of how many.")
HowMany = Annotated[int | None, typer.Option(help="How many there are. None: it does not ask them.")]


@assessment.command("begin")
def assessment_begin(
    school: School,
    *,
    name: Annotated[str, typer.Option(help="What it is called.")] = "Needs and assets",
    families: HowMany = None,
    staff: HowMany = None,
    partners: HowMany = None,
    community: HowMany = None,
) -> None:
    """Begin one. Every survey that is opened from now on, and every note, belongs to it until it is closed."""
    groups = {"families": families, "staff": staff, "partners": partners, "community": community}

    def begun(desk: Desk) -> str:
        from .surveys import assessing  # noqa: PLC0415 - the command line starts fast

        return assessing.begin(desk, name, {group: size for group, size in groups.items() if size is not None})

    console.print(at_the_desk(school, begun), markup=False)


@assessment.command("status")
def assessment_status(
    school: School, *, xlsx: Annotated[Path | None, typer.Option(help="A new file to write the figures to.")] = None
) -> None:
    """Whom the last one has reached, how, and in which languages."""
    if xlsx is not None and xlsx.exists():
        fail(f"{xlsx} is there already: name a new file.")

    def told(desk: Desk) -> list[str]:
        from .surveys import assessing  # noqa: PLC0415

        return list(assessing.status(desk, xlsx))

    for line in at_the_desk(school, told):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@assessment.command("close")
def assessment_close(school: School) -> None:
    """End it. Its figures stay; its surveys close on their own days."""

    def closed(desk: Desk) -> str:
        from .surveys import assessing  # noqa: PLC0415

        return assessing.close(desk)

    console.print(at_the_desk(school, closed), markup=False)
