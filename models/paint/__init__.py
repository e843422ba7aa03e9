"""Painters that put the object of one picture into another."""
