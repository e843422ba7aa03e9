"""Trained models and their stand-ins: roles, protocols, weights, one folder of backends for each role."""

from ieiw.models.torchvision_operators import declare_operators_on_import

declare_operators_on_import()  # before anything here imports diffusers, transformers or open_clip
