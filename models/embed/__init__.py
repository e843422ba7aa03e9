"""Embedders: pictures and texts as vectors whose scalar products say how alike they are."""
