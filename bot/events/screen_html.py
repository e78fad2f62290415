"""How the screen at the door looks: one page without anything from elsewhere, for a phone and for a projector."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path

import segno

Lines = Sequence[tuple[str, str]]
"""The same in several languages: tag and text."""

HERE = Path(__file__).parent
STYLE = (HERE / "screen.css").read_text(encoding="utf-8")
SCRIPT = (HERE / "screen.js").read_text(encoding="utf-8")


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; script-src {_hash(SCRIPT)}; style-src {_hash(STYLE)}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


def said(tags: Iterable[str], words: Callable[[str], str]) -> Lines:
    """In every language, each text once."""
    there = {words(tag): tag for tag in reversed(list(tags))}
    return [(tag, text) for text, tag in reversed(there.items())]


def page(parts: Iterable[tuple[str, Lines]], *, first: str, codes: Iterable[tuple[str, str]] = (), stale: Lines = ()) -> str:
    """`parts` by their class, `codes` are what stands in each QR code, by its name; `stale` is shown when the line to us is cut."""
    there = dict(parts)
    squares = "".join(f"<figure>{_square(link)}<figcaption>{escape(name)}</figcaption></figure>" for name, link in codes)
    words = "".join(_part(name, there[name]) for name in ("how", "code", "scan", "until", "note") if name in there)
    inner = _part("title", there["title"]) + f'<section class="words">{words}</section>'
    inner += (f'<section class="squares">{squares}</section>' if squares else "") + _part("here", there.get("here", ()))
    title = escape(there["title"][0][1])
    return (
        f'<!doctype html><html lang="{first}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        '<noscript><meta http-equiv="refresh" content="20"></noscript>'
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
        f'<body><main id="door">{inner}</main>{_part("stale", stale)}<script>{SCRIPT}</script></body></html>'
    )


def _part(name: str, lines: Lines) -> str:
    if not lines:
        return ""
    inner = "".join(f'<p lang="{tag}">{escape(text)}</p>' for tag, text in lines)
    return f'<div class="{name}" role="status">{inner}</div>' if name == "here" else f'<div class="{name}">{inner}</div>'


def _square(link: str) -> str:
    drawn: str = segno.make_qr(link, error="m").svg_inline(border=2, omitsize=True, light="#fff", dark="#000")
    return drawn
