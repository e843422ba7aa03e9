"""The writer that a place names: an endpoint for an address, else a local model."""

from __future__ import annotations

from ieiw.models.write.writer import Writer
from ieiw.triplets.errors import UsageError


def writer(place: str, model: str = "", temperature: float = 1.0) -> Writer:
    """The writer at an http address, or of a local model.

    Raises:
        UsageError: the address is none.
    """
    from ieiw.models.write.endpoint import EndpointWriter
    from ieiw.models.write.local import LocalWriter

    if "://" in place:
        return EndpointWriter(place, model, temperature=temperature)
    if model:
        raise UsageError(f"--model {model}: only endpoints have several; give the model itself with --with")
    return LocalWriter(place, temperature=temperature)
