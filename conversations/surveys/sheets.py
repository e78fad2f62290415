"""What stands on a paper form beside the survey's own words."""

from __future__ import annotations

from ..words import Words, _


def how_to(school: str, *, anonymous: bool) -> Words:
    if anonymous:
        return _("{school} asks. Mark your answers and give this sheet back. Please do not write your name.", school=school)
    return _("{school} asks. Mark your answers and give this sheet back. The school sees who answered what.", school=school)


def why_a_code() -> Words:
    return _("The code lets this sheet count once. It says nothing about you. If you answered by phone, please do not answer again.")


def several() -> Words:
    return _("(more than one is fine)")
