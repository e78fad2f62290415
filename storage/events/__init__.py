"""Events as they are kept: their places, the households that come, what was needed, and who was at the door."""
