"""What families look for: our own slugs, stable for ever, and how the menu groups them.

A slug is the msgid under which a catalog lists what people text for it (msgctxt "need").
"""

from __future__ import annotations

from .words import Words, _, pgettext

NEEDS: dict[str, Words] = {
    "food": _("Food"),
    "housing": _("Housing"),
    "rent": _("Help with rent"),
    "shelter": _("A place to sleep"),
    "utilities": _("Light, water and gas bills"),
    "health": _("Doctor and clinic"),
    "dental": _("Dentist"),
    "vision": _("Eyes and glasses"),
    "mental_health": _("Counseling"),
    "addiction": _("Alcohol and drugs"),
    "violence": _("Safety at home"),
    "clothing": _("Clothes and shoes"),
    "school_supplies": _("School supplies"),
    "baby": _("Diapers and baby things"),
    "childcare": _("Child care"),
    "tutoring": _("Tutoring"),
    "youth": _("After-school and youth programs"),
    "classes": _("English and adult classes"),
    "work": _("Work"),
    "legal": _("Legal help"),
    "immigration": _("Immigration legal help"),
    "benefits": _("Public benefits and papers"),
    "transport": _("Rides and bus"),
    "disability": _("Disability and special needs"),
}

GROUPS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "food": (_("Food"), ("food",)),
    "home": (_("Housing, rent and bills"), ("rent", "shelter", "utilities", "housing")),
    "health": (_("Health and counseling"), ("health", "dental", "vision", "mental_health", "addiction", "disability")),
    "things": (_("Clothes, school and baby things"), ("clothing", "school_supplies", "baby")),
    "children": (_("Child care and tutoring"), ("childcare", "tutoring", "youth")),
    "work": (_("Work, classes and rides"), ("work", "classes", "transport", "benefits")),
    "law": (_("Legal help"), ("legal", "immigration")),
    "safety": (_("Safety at home"), ("violence",)),
}

TO_TEXT: dict[str, Words] = {
    "food": pgettext("to text", "FOOD"),
    "housing": pgettext("to text", "HOUSING"),
    "rent": pgettext("to text", "RENT"),
    "shelter": pgettext("to text", "SHELTER"),
    "utilities": pgettext("to text", "BILLS"),
    "health": pgettext("to text", "DOCTOR"),
    "dental": pgettext("to text", "DENTIST"),
    "vision": pgettext("to text", "GLASSES"),
    "mental_health": pgettext("to text", "COUNSELING"),
    "addiction": pgettext("to text", "ALCOHOL"),
    "violence": pgettext("to text", "SAFETY"),
    "clothing": pgettext("to text", "CLOTHES"),
    "school_supplies": pgettext("to text", "SUPPLIES"),
    "baby": pgettext("to text", "DIAPERS"),
    "childcare": pgettext("to text", "CHILD CARE"),
    "tutoring": pgettext("to text", "TUTOR"),
    "youth": pgettext("to text", "AFTER SCHOOL"),
    "classes": pgettext("to text", "CLASSES"),
    "work": pgettext("to text", "WORK"),
    "legal": pgettext("to text", "LEGAL"),
    "immigration": pgettext("to text", "IMMIGRATION"),
    "benefits": pgettext("to text", "BENEFITS"),
    "transport": pgettext("to text", "RIDES"),
    "disability": pgettext("to text", "DISABILITY"),
}
"""The word that asks for a need by itself, as we teach it. `locales` must hear it as just that."""

URGENT = ("violence", "shelter", "food")
"""Of several needs in one message these are answered before the one named first."""

SAFETY = frozenset({"shelter", "violence"})
"""Needs whose places are never texted as an address: somebody else may hold the phone."""

FAMILY: dict[str, tuple[str, ...]] = {"housing": ("housing", "rent", "shelter")}
"""A need that asks for others too: who texts "housing" may mean rent or a bed."""
