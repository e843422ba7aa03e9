"""Models that say in a few words what an image shows."""
