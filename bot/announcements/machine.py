"""A machine's draft of a translation, where PLATICA_TRANSLATE_URL names a LibreTranslate server. For a translator's eyes; never sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import httpx
import structlog

from storage.announcements import translating

if TYPE_CHECKING:
    from ..house import House
    from ..settings import Settings

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds; well under the lease of the clock, which waits for it."""
LONGEST = 4000
"""Characters of an answer; more is no translation of ours."""


async def go_on(house: House) -> None:
    """One text that has none yet. Asked once for each source: where it fails, people go without it."""
    if not house.settings.translate_url:
        return
    found = await house.database.run(translating.without_machine)
    if found is None:
        return
    number, language, source_language, source = found
    said = await translated(house.settings, source, source_language, language)
    await house.database.run(partial(translating.keep_machine, number=number, language=language, source=source, said=said))


async def translated(settings: Settings, text: str, source: str, target: str) -> str:
    """What the server makes of a text; empty if it fails in any way. https://docs.libretranslate.com/ (POST /translate)."""
    asked = {"q": text, "source": source, "target": target, "format": "text"}
    asked |= {"api_key": str(settings.translate_key)} if settings.translate_key else {}
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.post(f"{settings.translate_url.rstrip('/')}/translate", json=asked)
        answer.raise_for_status()
        said = answer.json()["translatedText"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as failed:
        log.warning("machine_translation_failed", why=type(failed).__name__, target=target)
        return ""
    return said.strip() if isinstance(said, str) and len(said) <= LONGEST else ""
