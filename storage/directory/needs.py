"""Which of our needs a service meets: from what the source says, else guessed from its name and keywords.

The numbers are those of Open Eligibility (openeligibility.org), as facts; its words are not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from conversations.folding import fold
from conversations.needs import NEEDS

OURS = "Platica needs"
"""The name of the taxonomy whose codes are our own slugs."""
LEISURE = frozenset({"arts", "entertainment", "museums", "parks", "sports", "test"})
"""Kinds of an Ohana location that a word must not turn into help."""

_NUMBERS = {
    "food": "101-02-01 101-03 102 107-02-02",
    "housing": "103 107-05-02 107-05-03 108-05-03 109-03-04-02 109-03-04-03",
    "rent": "101-02-03 103-03 107-02-04",
    "shelter": "101-04 103-01 103-05-04",
    "utilities": "101-02-06 103-03-02 107-02-04-02",
    "health": "101-02-02 104-04 106 107-02-03 107-06-01",
    "dental": "106-02",
    "vision": "106-06-04-06",
    "mental_health": "101-07 106-03-01 106-04-08 106-06-04-04 106-06-07-01 106-06-08 108-04-01 108-07-01 108-07-07 108-07-09 109-03-07-07",
    "addiction": "103-05-04-02 106-01 106-06-07-10 106-06-07-11 108-06-02 108-07-09-01",
    "violence": "101-06 103-05-03",
    "clothing": "104-02 107-02-05-03 109-02-03 110-02-01",
    "school_supplies": "107-02-05-01 109-02-01",
    "baby": "104-01 104-02-01",
    "childcare": "107-02-01 108-03 108-05-02 109-04",
    "tutoring": "109-03-10",
    "youth": "108-03-02 108-03-04 108-03-06 108-06-04 108-07-05",
    "classes": "109 110-03-01 110-03-02 110-03-03",
    "work": "107-02-07 108-05-05 109-03-08 109-06-04 109-06-05 109-06-07 110",
    "legal": "110-05 111",
    "immigration": "109-05-01 111-01-02",
    "benefits": "101-02 102-06-02 106-05-02 107-02 107-02-02-01 107-02-03-02 107-03 107-07 108-05 110-02-02 110-02-04 111-01-05 111-01-06",
    "transport": "101-02-04 105 106-05-07 107-02-03-07 107-02-05-05 107-02-06 109-02-05",
    "disability": "104-05 106-04-07 106-06-02 106-06-04-01 106-06-07-09 108-03-01 108-03-07 108-07-04 109-03-07-06 109-03-09",
    "": "101-02-05 102-01 102-07 103-03-03 103-05-02-01 103-05-02-03 103-05-04-01 106-03 106-04 106-06-07-05 107-02-04-03 107-02-05"
    " 108-05-04 109-01 109-02 109-03-02 109-03-07 109-05 111-01-01 111-03 111-05",
}
"""The longest prefix wins; those under "" mean none of ours."""

_WORDS = {
    "food": "food pantry, food pantries, food bank, food boxes, emergency food, food distribution, free meals, free groceries, soup kitchen,"
    " meal sites, brown bag, congregate meals, home delivered meals, hot meals",
    "housing": "affordable housing, low income housing, housing assistance, housing authority, housing counseling, subsidized housing,"
    " help finding housing, transitional housing",
    "rent": "rent assistance, rental assistance, help with rent, eviction prevention, rent payment assistance, security deposit",
    "shelter": "homeless shelter, homeless shelters, emergency shelter, emergency housing, overnight shelter, warming center",
    "utilities": "utility assistance, utilities assistance, energy assistance, help with utilities, electric bill, liheap, hardship utility",
    "health": "community clinic, community clinics, community health center, health clinic, medical clinic, free clinic, primary care,"
    " immunizations, prenatal care, pediatrics, family planning",
    "dental": "dental, dentist, dental care, dental clinic",
    "vision": "eyeglasses, eye exams, vision care, optometry, vision screening",
    "mental_health": "mental health, counseling center, individual counseling, family counseling, group counseling, grief support,"
    " bereavement, psychological counseling, crisis counseling",
    "addiction": "alcoholics anonymous, narcotics anonymous, al anon, substance abuse, drug abuse, drug treatment, alcoholism, recovery program,"
    " drug counseling, alcohol counseling",
    "violence": "domestic violence, battered women, family violence, rape crisis, abuse hotline, intimate partner violence",
    "clothing": "clothing closet, free clothing, clothing assistance, school clothes, clothes closet, used clothing, clothing",
    "school_supplies": "school supplies, school supply, backpacks, backpack giveaway",
    "baby": "diapers, diaper bank, baby supplies, infant formula, baby clothes",
    "childcare": "child care, childcare, day care, daycare, preschool, head start, child care referral",
    "tutoring": "tutoring, homework help, homework center, homework assistance",
    "youth": "after school, afterschool, youth program, youth programs, boys and girls club, youth development, mentoring, youth center",
    "classes": "esl, english as a second language, english classes, adult education, adult school, literacy program, adult literacy, ged",
    "work": "job placement, job training, job search, employment services, job development, career center, resume",
    "legal": "legal aid, legal services, legal counseling, legal clinic, legal representation, landlord tenant assistance",
    "immigration": "immigration, naturalization, citizenship, daca",
    "benefits": "calfresh, calworks, medi cal enrollment, food stamps, public assistance, public benefits, tax preparation, welfare, wic",
    "transport": "paratransit, bus passes, rides to medical, medical transportation, senior transportation, transportation assistance",
    "disability": "developmental disabilities, disability services, disabled persons, special education, independent living center,"
    " special needs, autism",
}
_NUMBER = re.compile(r"\d{3}(-\d{2})*")


def of_terms(terms: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """The needs that a service's terms (taxonomy and code) state, in order, and the codes of ours that do not exist.

    Open Eligibility lists the ancestors of a term beside it; only the finest says what the service is.
    """
    terms = list(terms)
    slugs = [code for taxonomy, code in terms if fold(taxonomy) == fold(OURS)]
    numbers = [code for taxonomy, code in terms if fold(taxonomy) != fold(OURS) and _NUMBER.fullmatch(code)]
    finest = [each for each in numbers if not any(other.startswith(f"{each}-") for other in numbers)]
    stated = [slug for slug in slugs if slug in NEEDS] + [need for each in finest if (need := of_number(each))]
    return dict.fromkeys(stated, "source"), [slug for slug in slugs if slug not in NEEDS]


def of_number(number: str) -> str:
    """Our need for a term of Open Eligibility ("102-04" is food); empty if we have none."""
    parts = number.split("-")
    return next((need for n in range(len(parts), 0, -1) if (need := _numbers().get("-".join(parts[:n]))) is not None), "")


def guessed(*texts: str) -> dict[str, str]:
    """The needs whose words stand in a text as whole words."""
    words = f" {fold(' . '.join(texts))} "
    found = {_phrases()[match[1]]: None for match in _pattern().finditer(words)}
    return {need: "guessed" for need in NEEDS if need in found}


@lru_cache(maxsize=1)
def _numbers() -> dict[str, str]:
    return {number: need for need, numbers in _NUMBERS.items() for number in numbers.split()}


@lru_cache(maxsize=1)
def _phrases() -> dict[str, str]:
    return {fold(phrase): need for need, phrases in _WORDS.items() for phrase in phrases.split(",")}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_phrases(), key=len, reverse=True)
    return re.compile(rf"(?<= )({'|'.join(map(re.escape, longest_first))})(?= )")
