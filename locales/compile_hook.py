"""Compile every catalog before the project is built or installed, so that a wheel has them inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogs(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling finds it by its base class (`tool.hatch.build.hooks.custom` in pyproject.toml)."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for po in sorted(Path(self.root).glob("locales/*/LC_MESSAGES/messages.po")):
            compile_catalog(po)


def compile_catalog(po: Path) -> None:
    """Write the .mo beside its .po. A broken catalog stops the build: Babel's error names the line."""
    with po.open("rb") as source:
        catalog = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
    with po.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, catalog)
