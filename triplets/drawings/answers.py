"""Every answer that a sample may hold, and how it is read from JSON. A new drawing is a module here and a line below."""

from __future__ import annotations

import msgspec

from ieiw.triplets import records
from ieiw.triplets.drawings import (
    boxes,
    colour,
    depth,
    edit,
    erasure,
    points,
    region,
    replacement,
    restoration,
    white_mask,
)
from ieiw.triplets.images.masks import Rle

AnyAnswer = (
    points.Answer
    | region.Answer
    | white_mask.Answer
    | boxes.Answer
    | depth.Answer
    | colour.Answer
    | erasure.Answer
    | edit.Answer
    | replacement.Answer
    | restoration.Answer
)
"""The field ``drawing`` of its JSON tells which."""
_ANSWERS: msgspec.json.Decoder[AnyAnswer] = msgspec.json.Decoder(AnyAnswer)


def decode_answer(text: str | bytes) -> AnyAnswer:
    """The answer of a sample, whose JSON it holds as a string.

    Raises:
        msgspec.DecodeError: no JSON, no known drawing, or a field that is missing, unknown or of another type.
    """
    return _ANSWERS.decode(text)


class _Sample(msgspec.Struct):
    answer: str


_SAMPLES = msgspec.json.Decoder(_Sample)


def read_answer(sample: bytes) -> AnyAnswer:
    """The answer that a json member holds.

    Raises:
        msgspec.DecodeError: the member or its answer is damaged, or of another format.
    """
    return decode_answer(_SAMPLES.decode(sample).answer)


def masks_of(answer: records.Answer | None) -> dict[str, Rle]:
    """What an answer outlines in its picture: ``region``, and the ``hole`` where pixels may differ; as far as it has them."""
    if isinstance(answer, erasure.Answer | replacement.Answer):
        return {"region": answer.region, "hole": answer.hole}
    if isinstance(answer, edit.Answer | restoration.Answer) and answer.region is not None:
        return {"region": answer.region}
    return {}
