"""Urgent texts are approved beforehand, in each language by somebody who reads it."""

from __future__ import annotations

from dataclasses import dataclass

from ..talk import LookUp


@dataclass(frozen=True)
class Unapproved:
    """A template's words in a language that nobody has approved for a school."""

    school: str
    """Its keyword."""
    name: str
    slug: str
    language: str
    words: str
    """With its gaps open."""

    @property
    def key(self) -> str:
        return f"{self.school} {self.slug} {self.language}"


@dataclass(frozen=True)
class ToApprove(LookUp[tuple[Unapproved, ...] | None]):
    """What the person may approve: of schools where they work, in languages they are listed for or nobody is. None: they work at none."""


@dataclass(frozen=True)
class ApproveTemplate:
    """An effect: the person has read just these words."""

    text: Unapproved
