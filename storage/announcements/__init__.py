"""Announcements as they are kept: drafts, their texts in each language, who they go to, and what became of each."""
