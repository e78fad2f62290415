"""Pin what pyproject.toml asks for, by hash and without any address, into run.txt and dev.txt."""

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
UV = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
QUIETLY = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--upgrade", "-"]


def main() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())
    run = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    pin(run, HERE / "run.txt")
    pin([*run, *project["dependency-groups"]["dev"]], HERE / "dev.txt", "--constraints", str(HERE / "run.txt"))


def pin(wanted: list[str], into: Path, *more: str) -> None:
    command = [*UV, *QUIETLY, *more, "--output-file", str(into)]
    subprocess.run(command, input="\n".join(wanted), text=True, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
