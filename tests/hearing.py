"""How well the labelled messages are heard: `python -m tests.hearing` prints the table of docs/hearing.md."""

import sys
from dataclasses import dataclass
from pathlib import Path

from conversations.keywords import Crisis, Keyword, Leaving
from locales.reading import read

LABELLED = Path(__file__).parent / "labelled"
SETS = [(kind, language) for kind in ("stop", "crisis", "needs") for language in ("en", "es")]
DANGERS = {Crisis.SELF: "self", Crisis.CHILD: "child", Crisis.VIOLENCE: "violence", Crisis.THREAT: "threat"}
WANTED = {"stop": {"stop", "sure"}, "crisis": set(DANGERS.values())}
"""The meanings a set is about; of the needs every one but none."""


@dataclass(frozen=True)
class Score:
    """`heard` of `wanted` were heard; `alarms` were heard where nothing was; `wrong` were heard as another kind."""

    messages: int
    wanted: int
    heard: int
    alarms: int
    wrong: int
    missed: tuple[str, ...]

    @property
    def recall(self):
        return self.heard / self.wanted

    @property
    def precision(self):
        return self.heard / (self.heard + self.alarms)


def labelled(kind, language):
    lines = (LABELLED / f"{kind}.{language}.tsv").read_text().splitlines()
    return [tuple(line.split("\t")) for line in lines]


def left(text):
    reply = read(text)
    if reply.keyword is Keyword.STOP:
        return "stop"
    return {Leaving.SURE: "sure", Leaving.DOUBT: "doubt", None: "none"}[reply.leaving]


def danger(text):
    reply = read(text)
    return DANGERS[reply.crisis] if reply.crisis else "maybe" if reply.maybe_crisis else "none"


def need(text):
    return read(text).need or "none"


HEARD = {"stop": left, "crisis": danger, "needs": need}


def score(kind, messages):
    """Recall and precision; a need heard as another need counts as missed and as an alarm."""
    hear, wanted = HEARD[kind], WANTED.get(kind)
    counted = wanted or {meant for _text, meant in messages} - {"none"}
    asked = [(text, meant, hear(text)) for text, meant in messages]
    right = [each for each in asked if each[1] in counted and (each[2] in counted if wanted else each[2] == each[1])]
    alarms = [each for each in asked if each not in right and each[2] not in {"none", "doubt", "maybe"}]
    wrong = [each for each in right if each[1] != each[2] and {each[1], each[2]} != {"stop", "sure"}]
    missed = [f"{text!r}: {meant}, heard {heard}" for text, meant, heard in asked if (text, meant, heard) not in right and meant != heard]
    return Score(len(asked), sum(each[1] in counted for each in asked), len(right), len(alarms), len(wrong), tuple(missed))


def main():
    for kind, language in SETS:
        found = score(kind, labelled(kind, language))
        numbers = [str(found.messages), str(found.wanted), f"{found.recall:.3f}", f"{found.precision:.3f}", str(found.wrong)]
        sys.stdout.write(f"| {kind} | {language} | {' | '.join(numbers)} |\n")


if __name__ == "__main__":
    main()
