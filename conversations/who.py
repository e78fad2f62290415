"""What a conversation may know of the person it talks with. No name, no number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class School:
    keyword: str
    name: str
    zip: str
    phone: str
    """The line a family may ring, as it is said: "661-555-0100"."""
    languages: tuple[tuple[str, str], ...] = (("en", "English"), ("es", "Español"))
    """Tag and own name, in the order they are offered."""


@dataclass(frozen=True)
class Who:
    school: School
    language: str | None = None
    """Chosen or guessed; None until the first message that tells."""
    guessed: bool = False
    """The language is a guess, from their app or their words: what they write next may tell better."""
    joined: bool = False
    roles: frozenset[str] = frozenset()
    """Every part they have, at any school."""
    doubted: bool = False
    """Nobody knows whether the address is still theirs: they were silent for long, or the carrier had lost it."""
    stopped: bool = False
    in_crisis: bool = False
    """Within 72 hours of words that told of danger."""
    has_phone: bool = True
    """This address can be rung: a number, not a chat."""
    taps: bool = False
    """The channel shows buttons, and can share a location."""
    child_line: str = ""
    """The county's line for reporting child abuse, as it is said; empty where none is set."""
