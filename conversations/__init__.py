"""What is said. Pure dialogue: the standard library only, and of it no clock, no network, no database."""
