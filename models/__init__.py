"""Trained models and their stand-ins: roles, protocols, weights, one folder of backends for each role."""
