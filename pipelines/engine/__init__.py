"""Runs units: Beam, its driver, its supervisor, its lock."""
