"""The key that numbers and texts are sealed with: from the settings, or else from a file made at the first start."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection

from storage import due, rotating, sealing
from storage.sealing import Ring

from .settings import Misconfigured, Settings

FITS = "this key fits"


def take(settings: Settings) -> None:
    """Use the key of this deployment in this process; `Misconfigured` if what is set is no key."""
    try:
        sealing.use(sealing.ring(str(settings.key) or _from_file(file_of(settings))))
    except ValueError as wrong:
        where = "PLATICA_KEY" if settings.key else str(file_of(settings))
        raise Misconfigured(f"{where} holds no key: {wrong}.") from None


def file_of(settings: Settings) -> Path:
    """Beside an SQLite file, or in the working folder."""
    return Path(settings.database_url.removeprefix("sqlite:///") + ".key" if settings.sqlite else "platica.key")


def _from_file(path: Path) -> str:
    """The key in a file that only its owner can read; made if there is none."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(sealing.new_key() + "\n")
    except FileExistsError:
        pass
    except OSError as refused:
        raise Misconfigured(f"No key can be kept in {path} ({refused.strerror}): set PLATICA_KEY (`platica key new` prints one).") from None
    return path.read_text(encoding="utf-8")


def fit(connection: Connection) -> None:
    """Refuse a key that is not the one this database was written with; the first one fits."""
    keys: Ring = sealing.in_use()
    if due.first_fact(connection, FITS, keys.lookup(FITS)) not in keys.lookups(FITS):
        raise Misconfigured(
            "PLATICA_KEY is not the key this database was written with. Set the one it was; after a change keep the old one behind the new: new,old."
        )


def rotate(connection: Connection) -> dict[str, int]:
    """Seal everything anew with the first key; how many rows of each table were."""
    sealed = rotating.rotate(connection)
    due.set_fact(connection, FITS, sealing.in_use().lookup(FITS))
    return sealed
