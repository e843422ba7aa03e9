"""Filters, scores and rules over built triplets."""
