"""Surveys: what is asked, and how an answer to it is read. Pure, like all conversations."""
