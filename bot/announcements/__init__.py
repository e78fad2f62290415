"""Announcements at the edge: the rules at hand-off, the price, the clock's part, and the one call other features use."""
