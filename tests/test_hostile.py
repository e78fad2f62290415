"""The bytes that found new ways through what reads strangers' input, or broke it once, replayed: nothing breaks any more."""

import zipfile

import pytest
from hostile import CORPUS, TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_what_once_reached_a_corner_is_read_or_refused(target):
    """Each is read, or turned away in a sentence; none ends in an error of ours."""
    with zipfile.ZipFile(CORPUS / f"{target}.zip") as found:
        inputs = {name: found.read(name) for name in found.namelist()}
    for body in inputs.values():
        TARGETS[target](body)

    assert inputs


def test_a_zip_whose_file_has_no_name_is_refused_in_a_sentence():
    """Found by mutation: it was an error without one."""
    nameless = b"PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00" + (46).to_bytes(4, "little") + bytes(6)

    TARGETS["resource_directory"](b"\x04" + nameless)
