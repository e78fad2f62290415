"""The built wheel stands alone: catalogs, migrations, sample school and phone page are inside."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the wheel installed, built from the tracked files alone: no catalog was compiled before."""
    source, dist, target = (tmp_path_factory.mktemp(name) for name in ("source", "dist", "target"))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    assert not list(source.rglob("*.mo"))
    python = [sys.executable, "-m"]
    subprocess.run([*python, "hatchling", "build", "-t", "wheel", "-d", dist], cwd=source, check=True, capture_output=True)
    (wheel,) = dist.glob("*.whl")
    subprocess.run(
        [*python, "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel], check=True, capture_output=True
    )
    return target


def platica(installed, folder, *arguments, text=""):
    """Run the installed program, not the checkout."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "DATABASE_URL": f"sqlite:///{folder}/p.db"}
    code = f"import bot, sys; assert bot.__file__.startswith({str(installed)!r}); from bot.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_wheel_answers_a_family_in_spanish(installed, tmp_path):
    """Catalogs and directory are inside: somebody who installs it can use it."""
    ran = platica(installed, tmp_path, "chat", text="ocupo comida\n")

    assert ran.returncode == 0, ran.stderr
    assert "Comida cerca de la escuela" in ran.stdout


def test_the_wheel_brings_up_a_database(installed, tmp_path):
    """Migrations and the sample school are inside, and loading twice is loading once."""
    ran = [platica(installed, tmp_path, *command) for command in (["migrate"], ["demo"], ["demo"], ["inbox"])]

    assert [0, 0, 0, 0] == [each.returncode for each in ran], [each.stderr for each in ran]
    assert "80 unchanged" in ran[2].stdout
    assert "Nobody waits" in ran[3].stdout
