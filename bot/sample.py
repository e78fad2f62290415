"""The sample school: plainly sample, to try everything on. Loading it again changes nothing."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

import storage.sample
from conversations.announcements.urgent import TEMPLATES
from conversations.folding import fold
from storage import people
from storage.directory import importing
from storage.tables import School

from . import members
from .announcements import approvals, languages
from .house import utc_now
from .phone.phones import seed

HERE = Path(next(iter(storage.sample.__path__)))


def load(connection: Connection) -> list[str]:
    """School, people, directory; what was loaded, in words."""
    school = json.loads((HERE / "school.json").read_text(encoding="utf-8"))
    if people.school_called(connection, fold(school["keyword"])) is None:
        fields = {name: school[name] for name in ("name", "zip", "timezone", "phone", "languages")}
        connection.execute(insert(School).values(keyword=fold(school["keyword"]), **fields))
    add = partial(members.add, connection, keyword=school["keyword"])
    for person in school["people"]:
        add(address=person["address"], role=person["role"], language=person["language"])
    _languages(connection, school)
    seed(connection, utc_now())
    report = importing.apply(connection, importing.read(HERE / "directory.json"), utc_now())
    who = f"{school['name']} ({school['keyword']}): {len(school['people'])} people."
    return [who, *report.lines()]


def _languages(connection: Connection, school: dict[str, Any]) -> None:
    """Both languages are required, the liaison translates, and the school has its words."""
    for tag in school["languages"]:
        languages.set_language(connection, keyword=school["keyword"], tag=tag, percent=None, required=True)
        for slug in TEMPLATES:
            approvals.approve(connection, keyword=school["keyword"], slug=slug, tag=tag, now=utc_now())
    for each in school["translators"]:
        listed = {"address": each["address"], "tag": each["language"], "keyword": school["keyword"]}
        languages.translates(connection, **listed, place=1, remove=False)
    glossary = languages.read_glossary(HERE / "glossary.csv")
    languages.import_glossary(connection, glossary=glossary, keyword=school["keyword"], write=True)
