"""The words of a text file, whichever program wrote it."""

from __future__ import annotations


def decoded(content: bytes) -> str:
    """UTF-8, with or without its mark, or what Windows writes; never with what no text can hold."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        cut = broken.reason == "unexpected end of data"
        text = content[: broken.start].decode("utf-8-sig") if cut else content.decode("cp1252", "replace")
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
