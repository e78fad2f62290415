"""What families look for: our own slugs, stable for ever, and how the menu groups them.

A slug is the msgid under which a catalog lists what people text for it (msgctxt "need").
"""

from __future__ import annotations

from .words import Words, _

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
    "things": (_("Clothes and baby things"), ("clothing", "baby")),
    "children": (_("Child care and tutoring"), ("childcare", "tutoring", "youth")),
    "work": (_("Work, classes and rides"), ("work", "classes", "transport", "benefits")),
    "law": (_("Legal help"), ("legal", "immigration")),
    "safety": (_("Safety at home"), ("violence",)),
}

SAFETY = frozenset({"shelter", "violence"})
"""Needs whose places are never texted as an address: somebody else may hold the phone."""

FAMILY: dict[str, tuple[str, ...]] = {"housing": ("housing", "rent", "shelter")}
"""A need that asks for others too: who texts "housing" may mean rent or a bed."""
