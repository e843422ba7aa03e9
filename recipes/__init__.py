"""Recipes and stage files that ship with the program; ``importlib.resources`` finds them."""
