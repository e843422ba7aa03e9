"""``ieiw score``."""
