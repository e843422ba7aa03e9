"""``ieiw gallery``."""
