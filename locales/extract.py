"""Collect the words people text for the catalogs, beside the sentences that Babel finds by itself (babel.cfg)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from .texted import TEXTED

Extracted = tuple[int, str, tuple[str, str], list[str]]
"""Line, function, its arguments, comments for the translator: what Babel expects of an extraction method."""


def texted(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """Every entry of the lexicon, as if it stood in the code as pgettext(context, msgid). Without this, an update would drop them."""
    for line, (context, msgid, comment) in enumerate(TEXTED, 1):
        yield line, "pgettext", (context, msgid), [comment] if comment else []
