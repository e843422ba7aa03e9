"""Captioners: a few words for what a picture or a region of it shows."""
