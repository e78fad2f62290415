"""Ctrl-C: it says that it heard, finishes what is on its way, and is gone."""

import os
import shutil
import signal
import time

import pytest
from forking import nursery


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_an_idle_process_stops_at_once_and_says_so(tmp_path, sqlite_template, how):
    """Under a second where nothing is on its way; of ten tries the best, for the machine may be busy."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'platica.db')}"
    took = []
    for _try in range(10):
        with nursery().platica("serve", folder=tmp_path, DATABASE_URL=url) as platica:
            platica.healthy()
            began = time.monotonic()
            os.kill(platica.pid, how)

            assert 0 == platica.ended()
            took.append(time.monotonic() - began)
            assert 1 == platica.said.count("Stopping: what is on its way is finished…")
        if took[-1] < 1:
            break

    assert min(took) < 1, took
