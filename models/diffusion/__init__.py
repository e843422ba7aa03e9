"""Latent diffusion: its parts, their loading, editing with them."""

from ieiw.models.torchvision_operators import declare_operators_on_import

declare_operators_on_import()  # before anything here imports diffusers or transformers
