"""`platica calls …`: when families can be rung and by whom, and who is away."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from .cli_work import AnAddress, console, do, fit

calls = typer.Typer(no_args_is_help=True, help="When families can be rung, and who is away.")


@calls.command("window")
def calls_window(
    address: AnAddress,
    day: Annotated[str, typer.Argument(help="mon, tue, wed, thu, fri, sat or sun")],
    hours: Annotated[str, typer.Argument(help="9:00-12:00, by the school's clock")],
    capacity: Annotated[int, typer.Option(min=0, max=100, help="Calls an hour; 0 takes the hours away.")] = 3,
) -> None:
    """Set hours at which somebody rings families. As long as a school has any, CALL offers only hours with room."""
    from .replies import hours as desk  # noqa: PLC0415 - the command line starts fast

    console.print(fit(partial(desk.window, address=address, day=day, span=hours, capacity=capacity)), markup=False)


@calls.command("list")
def calls_list() -> None:
    """Who rings families, and when."""
    from .replies import hours as desk  # noqa: PLC0415

    lines = do(lambda connection: list(desk.listed(connection, now=datetime.now(UTC))))
    for line in lines or ["No hours are set: CALL offers the morning and the afternoon of any day."]:
        console.print(line, markup=False)


@calls.command("away")
def calls_away(address: AnAddress, until: Annotated[str, typer.Option(help="The day they are back: 2026-12-01.")] = "") -> None:
    """Somebody is away: their threads and their hours go to the next."""
    from .replies import hours as desk  # noqa: PLC0415

    console.print(fit(partial(desk.away, address=address, until=until, now=datetime.now(UTC))), markup=False)


@calls.command("back")
def calls_back(address: AnAddress) -> None:
    """They are at work again."""
    from .replies import hours as desk  # noqa: PLC0415

    console.print(fit(partial(desk.back, address=address)), markup=False)
