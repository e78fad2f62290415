"""Surveys as they are kept: definitions pinned to a version, answers nobody can join to a person, and who took part once."""
