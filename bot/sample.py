"""The sample school: plainly sample, to try everything on. Loading it again changes nothing."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

import storage.sample
from conversations.folding import fold
from storage import people
from storage.directory import importing
from storage.tables import School

from . import members
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
    seed(connection, utc_now())
    report = importing.apply(connection, importing.read(HERE / "directory.json"), utc_now())
    who = f"{school['name']} ({school['keyword']}): {len(school['people'])} people."
    return [who, *report.lines()]
