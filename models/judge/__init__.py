"""Judges of edits."""
