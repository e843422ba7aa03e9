"""Phrases and hand-written templates."""
