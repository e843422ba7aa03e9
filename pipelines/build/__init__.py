"""``ieiw build``."""
