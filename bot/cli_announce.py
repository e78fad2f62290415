"""`platica announce`, `platica announcements`, `platica announcement`: one to many, and what became of it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from . import settings as settings_module
from .cli_work import Yes, console, do, fail, fit


def announce(  # noqa: PLR0917 - they are the command's options
    school: Annotated[str, typer.Option(help="The school's keyword.")],
    to: Annotated[str, typer.Option(help='Whom: "families", "families es", "staff + partners".')] = "families",
    en: Annotated[str, typer.Option("--en", help="The text in English.")] = "",
    es: Annotated[str, typer.Option("--es", help="The text in Spanish.")] = "",
    text: Annotated[str, typer.Option(metavar="FILE", help="A file with the text in --language; - reads what is piped in.")] = "",
    language: Annotated[str, typer.Option(help="The language of --text.")] = "en",
    kind: Annotated[str, typer.Option(help="news, invitation, survey, reminder or change")] = "news",
    at: Annotated[str, typer.Option(help='When it starts: "2026-12-03 16:30", by the school\'s clock. None: at once.')] = "",
    until: Annotated[str, typer.Option(help="What has not left by then does not leave.")] = "",
    yes: Yes = False,
) -> None:
    """Announce something: shows who gets it, the price and advice on the words, and schedules it with --yes."""
    from .announcements import console as desk  # noqa: PLC0415 - the command line starts fast
    from .announcements.terms import terms_of  # noqa: PLC0415

    texts = {language: _read(text)} if text else {}
    texts |= {tag: said for tag, said in (("en", en), ("es", es)) if said}
    wanted = desk.Wanted(school, to, texts, kind, at, until)
    settings, now = settings_module.load(), datetime.now(UTC)
    terms = terms_of(settings, channels=settings.channels if settings.sms or settings.telegram else None)
    for line in fit(partial(desk.plan, wanted=wanted, terms=terms, now=now)):
        console.print(line, markup=False)
    if yes:
        console.print(fit(partial(desk.schedule, wanted=wanted, terms=terms, now=now)), markup=False)
    else:
        console.print("Nothing is sent yet: do it with --yes.")


def announcements() -> None:
    """The newest announcements: number, stage, kind, how many it reached, and how it begins."""
    from .announcements import console as desk  # noqa: PLC0415

    for line in do(desk.listed) or ["Nothing was announced yet: platica announce --school KEYWORD --en TEXT"]:
        console.print(line, markup=False)


def announcement(  # noqa: PLR0917 - they are the command's options
    number: Annotated[int, typer.Argument(help="As platica announcements lists it.")],
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write who did not get it, with their numbers, to this file. It is logged.")
    ] = None,
    call_list: Annotated[
        str, typer.Option("--call-list", metavar="NAME", help="Show the numbers to ring, for whoever rings them. It is logged.")
    ] = "",
    hours: Annotated[float, typer.Option(help="So long a call list is good.")] = 24.0,
    halt: Annotated[bool, typer.Option("--halt", help="Stop it: what has not left stays unsent.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let it go on where it was paused.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Before it starts: nothing of it leaves.")] = False,
) -> None:
    """What became of an announcement: who got it, who did not, and why."""
    from .announcements import console as desk  # noqa: PLC0415

    now = datetime.now(UTC)
    wanted = [what for what, said in (("halt", halt), ("resume", resume), ("cancel", cancel)) if said]
    if len(wanted) > 1:
        fail("Say one of --halt, --resume and --cancel.")
    if wanted:
        console.print(fit(partial(desk.steer, number=number, what=wanted[0], now=now)), markup=False)
    elif csv is not None:
        console.print(fit(partial(desk.write_missed, number=number, path=csv, now=now)), markup=False)
    else:
        listing = partial(desk.call_list, name=call_list, hours=hours, now=now) if call_list else desk.account
        for line in fit(partial(listing, number=number)):
            console.print(line, markup=False)


def _read(path: str) -> str:
    if path == "-":
        return sys.stdin.read().strip()
    try:
        return Path(path).read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        fail(f"{path} cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        fail(f"{path} is not in UTF-8: save it anew as plain text in UTF-8.")
