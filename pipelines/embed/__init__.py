"""``ieiw embed``."""
