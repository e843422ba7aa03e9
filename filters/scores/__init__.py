"""One file a score."""
