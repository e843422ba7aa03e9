"""Backdrops: what things are set upon, each with its map of stuff."""
