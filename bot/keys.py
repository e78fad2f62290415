"""The key that numbers and texts are sealed with: from the settings, or else from a file made at the first start."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection

from storage import due, rotating, screens, sealing
from storage.sealing import Ring

from .settings import Misconfigured, Settings
from .surveys.secrets import Secrets

FITS = "this key fits"
OTHER = (
    "PLATICA_KEY is not the key this database was written with, nor is the key in the file beside it, if that is used: "
    "set the one it was; after a change keep the old one behind the new: new,old."
)
ONE = (
    "There is just one key, so nothing is to be sealed anew. To change it: print a new one with `platica key new`, set PLATICA_KEY=NEW,OLD "
    "for every process, restart them, and then run this again."
)


def take(settings: Settings) -> None:
    """Use the key of this deployment in this process, and its folder of secrets; `Misconfigured` if what is set is no key."""
    screens.use(Secrets(settings.secrets_folder).of)
    sealing.use(_ring(str(settings.key) or _from_file(file_of(settings)), kept_in(settings)))


def look(settings: Settings) -> list[str]:
    """What is wrong with the key, a sentence each; uses it where it is a key. Makes none: whether one is missing, the database knows."""
    path = file_of(settings)
    if settings.key or path.exists():
        try:
            sealing.use(_ring(str(settings.key) or _read(path), kept_in(settings)))
        except Misconfigured as wrong:
            return [str(wrong)]
    if not settings.key and path.exists() and os.name == "posix" and path.stat().st_mode & 0o077:
        return [f"Others on this machine can read the key: run `chmod 600 {path}`."]
    return []


def kept_in(settings: Settings) -> str:
    """Where the key of this deployment stands."""
    return "PLATICA_KEY" if settings.key else str(file_of(settings))


def _ring(text: str, where: str) -> Ring:
    try:
        ring = sealing.ring(text)
    except ValueError as wrong:
        raise Misconfigured(f"{where} holds no key: {wrong}.") from None
    if not ring.keys:
        raise Misconfigured(f"{where} holds no key, it is empty: put back the key this database was written with.")
    return ring


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
    return _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as refused:
        raise Misconfigured(f"The key in {path} cannot be read ({refused.strerror}): let the user that runs this read it.") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{path} holds no key: put back the one this database was written with.") from None


def fit(connection: Connection) -> None:
    """Refuse a key that is not the one this database was written with; the first one fits."""
    keys: Ring = sealing.in_use()
    if due.first_fact(connection, FITS, keys.lookup(FITS)) not in keys.lookups(FITS):
        raise Misconfigured(OTHER)


def fits(connection: Connection) -> bool | None:
    """Whether the key is the one this database was written with; None where nothing was written yet."""
    written = due.fact(connection, FITS)
    return None if written is None else written in sealing.in_use().lookups(FITS)


def rotate(connection: Connection) -> dict[str, int]:
    """Seal everything anew with the first key; how many rows of each table were. Refuses where there is no other to be rid of."""
    if len(sealing.in_use().keys) == 1:
        raise Misconfigured(ONE)
    sealed = rotating.rotate(connection)
    due.set_fact(connection, FITS, sealing.in_use().lookup(FITS))
    return sealed
