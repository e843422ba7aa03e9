"""``ieiw lint``."""
