"""Events as they are kept: their places, the households that come, what was needed, and who was at the door."""

from . import audience as audience  # audiences can name an event wherever events are known
