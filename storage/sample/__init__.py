"""The sample school, as data."""
