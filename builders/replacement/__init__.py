"""The pure parts of object replacement: which regions there are, which are good, and what takes their place."""
