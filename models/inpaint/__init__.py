"""Inpainters."""
