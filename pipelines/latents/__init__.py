"""``ieiw latents``."""
