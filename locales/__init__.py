"""The languages: one catalog each. What is said in them (`render`), and what people text in them (`locales.reading`, `locales.days`)."""

from .catalogs import LANGUAGES
from .saying import render, warm

__all__ = ["LANGUAGES", "render", "warm"]
