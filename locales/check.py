"""`python -m locales.check`: is every language complete, and does no word mean two things? Says what to mend, and exits 1."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from conversations.announcements.orders import NEVER_ALONE
from conversations.folding import fold

from .catalogs import HERE, LANGUAGES, SOURCE
from .phrases import written_out
from .texted import TEXTED

Key = tuple[str | None, str]

LEXICON = frozenset((context, msgid) for context, msgid, _comment in TEXTED)
OPTIONAL = frozenset({"other spellings"})
"""Entries that a language may leave empty."""
EXCLUSIVE = frozenset({"keyword", "need", "number"})
"""Contexts in which a phrase has one meaning, whatever the language."""
CARRIERS = frozenset({("keyword", "stop"), ("keyword", "start"), ("keyword", "help")})
ALLOWED: frozenset[str] = frozenset()
"""Phrases that two languages use differently: the person's own language decides."""
COSTLY = {"\u202f": "U+202F", "\u2009": "U+2009", "\u00a0": "U+00A0"}


def problems(root: Path = HERE.parent) -> Iterator[str]:
    """Everything that is wrong with the catalogs, a sentence each."""
    template = _read(root / "locales" / "messages.pot")
    yield from _template(root, template)
    catalogs = {tag: _read(root / "locales" / tag / "LC_MESSAGES" / "messages.po", tag) for tag in LANGUAGES}
    for tag, catalog in catalogs.items():
        yield from (f"{tag}: {problem}" for problem in _language(tag, catalog, template))
    yield from _collisions(catalogs)


def main() -> None:
    found = list(problems())
    sys.stderr.writelines(f"{each}\n" for each in found)
    sys.exit(1 if found else 0)


def _read(path: Path, tag: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=tag)


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _messages(catalog: Catalog) -> dict[Key, Message]:
    return {_key(message): message for message in catalog if message.id}


def _template(root: Path, template: Catalog) -> Iterator[str]:
    with (root / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    said = extract_from_dir(str(root), method_map=methods, options_map=options)
    now = {(context, message if isinstance(message, str) else message[0]) for _file, _line, message, _comments, context in said}
    kept = set(_messages(template))
    yield from (f"messages.pot: {_named(key)} is said but not collected: run make words" for key in _sorted(now - kept))
    yield from (f"messages.pot: {_named(key)} is said no more: run make words" for key in _sorted(kept - now))


def _language(tag: str, catalog: Catalog, template: Catalog) -> Iterator[str]:
    if catalog.fuzzy:
        yield "the header is marked fuzzy, and the whole catalog would be left out: remove that line"
    messages = _messages(catalog)
    yield from (f"{_named(key)} is missing: run make words" for key in _sorted(set(_messages(template)) - set(messages)))
    for key, message in messages.items():
        if message.fuzzy:
            yield f"{_named(key)} is marked fuzzy: look at it and remove that line"
        if problem := _entry(tag, key, message):
            yield f"{_named(key)} {problem}"


def _entry(tag: str, key: Key, message: Message) -> str | None:
    """What is wrong with one entry, if anything is."""
    said = [message.string] if isinstance(message.string, str) else list(message.string or "")
    if key in LEXICON:
        return None if said[0] or key[1] in OPTIONAL else "lists no words: write what people text for it, with commas between"
    if tag == SOURCE and not any(said):
        return None
    if not all(said):
        return "is not translated"
    wanted = _gaps([message.id] if isinstance(message.id, str) else message.id)
    if any(_gaps([each]) != wanted for each in said):
        return f"needs exactly these gaps: {', '.join(sorted(wanted)) or 'none'}"
    costly = [name for space, name in COSTLY.items() if any(space in each for each in said)]
    return f"contains {costly[0]}, a space that an SMS cannot carry: use a plain one" if costly else None


def _gaps(sentences: Iterable[str]) -> set[str]:
    return {name for each in sentences for _text, name, _format, _conversion in Formatter().parse(each) if name is not None}


def _collisions(catalogs: dict[str, Catalog]) -> Iterator[str]:
    meant: dict[str, dict[Key, str]] = defaultdict(dict)
    for tag, catalog in catalogs.items():
        for key, message in _messages(catalog).items():
            if key in LEXICON and key[0] in EXCLUSIVE:
                for phrase in written_out(str(message.string)):
                    meant[fold(phrase)][key] = tag
    yield from _orders(catalogs, meant)
    for phrase, keys in sorted(meant.items()):
        if len(keys) > 1 and phrase and phrase not in ALLOWED:
            yield f'"{phrase}" means {" and ".join(f"{context} {msgid!r} ({tag})" for (context, msgid), tag in keys.items())}: keep one'


def _orders(catalogs: dict[str, Catalog], meant: dict[str, dict[Key, str]]) -> Iterator[str]:
    """Only staff give orders, so their words may mean something else to a family; but never what a carrier hears, unless more always follows."""
    followed = {verb.value for verb in NEVER_ALONE}
    for tag, catalog in catalogs.items():
        for (context, msgid), message in _messages(catalog).items():
            for phrase in written_out(str(message.string)) if context == "order" and msgid not in followed else ():
                for heard in CARRIERS.intersection(meant.get(fold(phrase), {})):
                    yield f'"{phrase}" of the order {msgid!r} ({tag}) means {heard[1]!r} to everybody: choose another word'


def _named(key: Key) -> str:
    context, msgid = key
    return f'{context} "{msgid}"' if context else f'"{msgid}"'


def _sorted(keys: set[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: (key[0] or "", key[1]))


if __name__ == "__main__":
    main()
