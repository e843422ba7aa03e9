"""Pictures of data sets by their looks: perceptual hashes of whole pictures, as they lie in the official layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ieiw.builders.protocols import Source
from ieiw.filters.scores.phash import PerceptualHash
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.layout.recipe import HoldOut
from ieiw.triplets.rejects import Refusal


def picture_hash(name: str, read: Callable[[], bytes]) -> int:
    """The hash of a picture.

    Raises:
        UsageError: it cannot be read; leaving it out in silence would let its copies through.
    """
    try:
        return PerceptualHash().of_picture(decode(read(), ANY_SIZE).pixels)
    except (OSError, Refusal) as error:
        raise UsageError(f"{name}: cannot be read ({error}); mend it or take it out") from error


def hashes_of(entry: HoldOut, source: Source) -> Iterator[int]:
    """The hash of each picture of an evaluation set; of a restored or edited one, both sides.

    Raises:
        UsageError: a picture cannot be read, or the layout is not there.
    """
    seen: set[str] = set()
    for index in range(source.group_count()):
        for record in source.group(index):
            for file in {record.files.get("picture", ""), record.files.get("target", "")} - seen - {""}:
                seen.add(file)
                yield picture_hash(f"{entry.root}/{file}", partial(source.read, file))
