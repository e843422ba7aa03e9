"""``ieiw takedown``."""
