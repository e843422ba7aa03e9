"""``ieiw cut``."""
