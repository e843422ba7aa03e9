"""Adapters to pre-trained models behind small protocols, and the classical stand-ins."""
