"""Which languages there are, and their compiled catalogs: one folder each, found and loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

HERE = Path(__file__).parent
SOURCE = "en"
"""The language the code is written in, spoken wherever another is not known."""


class NoCatalog(Exception):
    """A language without its compiled catalog: the machine is not set up. Says what to run."""


def _own_name(tag: str) -> str:
    name = locale(tag).get_display_name() if known(tag) else None
    return f"{name[0].upper()}{name[1:]}" if name else tag


def known(tag: str) -> bool:
    """Whether Babel has heard of a language."""
    try:
        Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return False
    return True


@cache
def locale(tag: str) -> Locale:
    """What Babel knows of a language; of English where it has never heard of it (Mixteco, Hmong)."""
    return Locale.parse(tag.replace("-", "_") if known(tag) else SOURCE)


LANGUAGES: Mapping[str, str] = MappingProxyType(
    {folder.parent.name: _own_name(folder.parent.name) for folder in sorted(HERE.glob("*/LC_MESSAGES"))}
)
"""Tag and own name of every language: "es" is "Español"."""


@cache
def catalog(tag: str) -> GNUTranslations:
    """The catalog of a language; raises `NoCatalog`. Kept: looking for the file again costs more than the translation."""
    path = HERE / tag / "LC_MESSAGES" / "messages.mo"
    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except OSError as missing:
        raise NoCatalog(f"locales/{tag}/LC_MESSAGES/messages.mo cannot be read: run make setup, which compiles the catalogs") from missing


def spoken(language: str) -> str:
    """The tag to speak in: this one, its plain form ("es-MX" is spoken as "es"), or English."""
    if language in LANGUAGES:
        return language
    plain = language.replace("_", "-").split("-")[0].lower()
    return plain if plain in LANGUAGES else SOURCE
