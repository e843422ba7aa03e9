"""Latent diffusion: its parts, their loading, editing with them."""
