"""The bytes that found new ways through what reads strangers' input, or broke it once, replayed: nothing breaks any more."""

import zipfile

import pytest
from hostile import CORPUS, TARGETS

from storage.directory import importing
from storage.directory.feed import BadFeed


@pytest.mark.parametrize("target", TARGETS)
def test_what_once_reached_a_corner_is_read_or_refused(target):
    """Each is read, or turned away in a sentence; none ends in an error of ours."""
    with zipfile.ZipFile(CORPUS / f"{target}.zip") as found:
        inputs = {name: found.read(name) for name in found.namelist()}

    assert inputs
    assert [None] * len(inputs) == [TARGETS[target](body) for body in inputs.values()]


def test_a_zip_whose_file_has_no_name_is_refused_in_a_sentence(tmp_path):
    """Found by mutation: it was an error without one."""
    nameless = b"PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00" + (46).to_bytes(4, "little") + bytes(6)
    path = tmp_path / "directory.zip"
    path.write_bytes(nameless)

    with pytest.raises(BadFeed) as refused:
        importing.read(path)
    assert str(refused.value)
