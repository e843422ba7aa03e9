"""``ieiw export``."""
