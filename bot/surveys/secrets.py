"""The secrets of open surveys: a file each, in a folder that is kept out of the database and of its backups.

While a survey is open, whoever has its secret and the database and its key can tell who took part. After the close nobody can: the
file is overwritten and gone. (A disk that writes elsewhere than it is told, and whoever copied the file, may still have it.)
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from storage.surveys import seals

from ..settings import Misconfigured


class Secrets:
    """The folder. Every process of a deployment needs the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, survey_id: int) -> bytes:
        """The secret of a survey, from now on. Made a second time it is the same."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.of(survey_id) is None:
                self._write(survey_id, seals.fresh())
        except OSError as refused:
            raise Misconfigured(f"No secret of a survey can be kept in {self.folder} ({refused.strerror}): set PLATICA_SECRETS.") from None
        made = self.of(survey_id)
        assert made is not None
        return made

    def of(self, survey_id: int) -> bytes | None:
        """None where it was destroyed, or never made here."""
        try:
            secret = self._file(survey_id).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as refused:
            raise Misconfigured(
                f"{self._file(survey_id)} cannot be read ({refused.strerror}): let the user that runs this read it."
            ) from None
        return secret if seals.whole(secret) else None

    def change(self, survey_id: int, secret: bytes) -> None:
        """Another in its place, where there still is one; the old bytes are overwritten."""
        try:
            old = os.open(self._file(survey_id), os.O_WRONLY)
        except FileNotFoundError:
            return
        self._write(survey_id, secret)
        _overwrite(old)

    def destroy(self, survey_id: int) -> None:
        """Overwritten, then gone. Done twice it is done once."""
        with suppress(FileNotFoundError):
            _overwrite(os.open(self._file(survey_id), os.O_WRONLY))
            self._file(survey_id).unlink()

    def kept(self) -> list[int]:
        """The surveys that have one."""
        return sorted(int(path.name) for path in self.folder.glob("*") if path.name.isdecimal())

    def wrong(self) -> list[str]:
        """What must be mended, a sentence each."""
        if os.name == "posix" and self.folder.exists() and self.folder.stat().st_mode & 0o077:
            return [f"Others on this machine can look into the folder of surveys' secrets: run `chmod 700 {self.folder}`."]
        return []

    def _file(self, survey_id: int) -> Path:
        return self.folder / str(survey_id)

    def _write(self, survey_id: int, secret: bytes) -> None:
        """The file is there whole or not at all."""
        new = self._file(survey_id).with_suffix(".new")
        new.unlink(missing_ok=True)
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, secret)
            os.fsync(file)
        finally:
            os.close(file)
        new.replace(self._file(survey_id))


def _overwrite(file: int) -> None:
    """All of an open file; then it is closed."""
    try:
        os.write(file, bytes(os.fstat(file).st_size))
        os.fsync(file)
    finally:
        os.close(file)
