"""How well it is heard who comes: `python -m tests.households` prints the figures of docs/hearing.md."""

import sys
from dataclasses import dataclass
from pathlib import Path

from locales import household

LABELLED = Path(__file__).parent / "labelled"
PARTS = {"ACCEPTED": "A", "DECLINED": "D", "TENTATIVE": "T"}


@dataclass(frozen=True)
class Score:
    """`right` of `answers` were read as they were meant; of the rest we ask back `asked`, and misread `wrong`."""

    messages: int
    answers: int
    right: int
    asked: int
    wrong: int
    missed: tuple[str, ...]

    @property
    def precision(self):
        """Of what was read, what was meant."""
        return self.right / (self.right + self.wrong)

    @property
    def back(self):
        """Of the answers, those we ask about."""
        return self.asked / self.answers


def labelled(name):
    lines = (LABELLED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def said(text):
    """What is read of a text, written as the labels are."""
    found = household.read(text, "pizza")
    if found is None:
        return "?"
    numbers = [f"{key}={n}" for key, n in (("n", found.people), ("a", found.adults), ("c", found.children)) if n is not None]
    ages = [f"ages={','.join(map(str, found.ages))}"] if found.ages else []
    return " ".join([PARTS[found.partstat], *numbers, *ages])


def saved(meaning):
    """What comes of it: children alone come with one grown-up, and a sum of both says nothing more."""
    parts = dict(part.split("=") for part in meaning.split()[1:])
    if "c" in parts and "n" not in parts:
        parts.setdefault("a", "1")
    if {"n", "a", "c"} <= parts.keys() and int(parts["n"]) == int(parts["a"]) + int(parts["c"]):
        del parts["n"]
    return meaning[0], parts


def score(messages):
    heard = [(text, meant, meant if saved(said(text)) == saved(meant) else said(text)) for text, meant in messages]
    answers = sum(meant != "?" for _text, meant in messages)
    right = sum(meant == got != "?" for _text, meant, got in heard)
    asked = sum(meant != "?" and got == "?" for _text, meant, got in heard)
    wrong = sum(got not in {"?", meant} for _text, meant, got in heard)
    missed = tuple(f"{text!r}: {meant}, heard {got}" for text, meant, got in heard if meant != got)
    return Score(len(messages), answers, right, asked, wrong, missed)


def main(names):
    for name in names or ("households_en", "households_es"):
        found = score(labelled(name))
        numbers = [str(n) for n in (found.messages, found.answers, found.right, found.asked, found.wrong)]
        sys.stdout.write(f"| {name} | {' | '.join(numbers)} | {found.precision:.3f} | {found.back:.3f} |\n")
        if names:
            sys.stdout.write("".join(f"{line}\n" for line in found.missed))


if __name__ == "__main__":
    main(sys.argv[1:])
