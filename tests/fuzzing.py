"""Look for bytes that break a reader: mutation guided by coverage. Not part of the suite, nor of its requirements.

    pip install atheris
    unzip tests/fixtures/hostile/words.zip -d found
    PYTHONPATH=. python tests/fuzzing.py words -max_total_time=600 found

The first argument is one of `hostile.TARGETS`, the others are libFuzzer's; what reaches new code is kept in the folder. Bytes that
break a reader are left in a file `crash-…`: mend what broke, and put the file into the zip, where `test_hostile.py` finds it.
"""

import copy
import json
import random
import sys

import atheris

with atheris.instrument_imports(include=["bot.channels", "conversations", "locales", "storage", "telegram._"]):
    import hostile

ODD = (None, True, -1, 0, 2**63, 1e400, "", "/start x", "\ud800", [], {}, [{}], "q:1:0", "private", "group")


def mutated(body: bytes, most: int, seed: int) -> bytes:
    """JSON that stays JSON half of the time, or nothing behind its grammar would be reached."""
    dice, start = random.Random(seed), body[:1] if body[:1] < b" " else b""
    try:
        document = json.loads(body.removeprefix(start))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not document or dice.random() < 0.5:
        return atheris.Mutate(body, most)
    for _change in range(dice.randint(1, 3)):
        change(document, dice)
    return (start + json.dumps(document).encode())[:most]


def change(found: dict | list, dice: random.Random) -> None:
    """Put something odd, or something from elsewhere in it, at one place; go deeper as often as not."""
    if not found:
        return
    place = dice.choice(list(found)) if isinstance(found, dict) else dice.randrange(len(found))
    if isinstance(found[place], (dict, list)) and dice.random() < 0.7:
        change(found[place], dice)
    elif dice.random() < 0.2:
        del found[place]
    else:
        found[place] = copy.deepcopy(dice.choice((*ODD, *(found.values() if isinstance(found, dict) else found))))


if __name__ == "__main__":
    program, target, *options = sys.argv
    hows = {"custom_mutator": mutated} if target in {"telegram_update", "resource_directory"} else {}
    atheris.Setup([program, "-max_len=4096", "-timeout=20", *options], hostile.TARGETS[target], **hows)
    atheris.Fuzz()
