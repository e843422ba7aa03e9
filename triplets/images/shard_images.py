"""Pictures of our own shards, fast: what :mod:`~.codec` encoded, decoded by OpenCV, which lets other threads run.

The strict door is for pictures from outside. These were written by the project, and their digests stand in the rows; here it is
enough that a cut or foreign file is never taken for a picture. Damage within the picture data shows in the digests alone:
lint finds it, and so does training, by shard. Looking for it here, at every epoch, would cost a tenth
of the decoding.
"""

from __future__ import annotations

import cv2
import numpy as np

from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Reason, Refusal

_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_ENDS = (b"\xff\xd9", b"IEND\xaeB`\x82")


def decode_sample(data: bytes, size: tuple[int, int] | None = None) -> Image:
    """Decode a picture of a shard into RGB (height, width, 3), 0..255.

    Args:
        data: JPEG or PNG as the project writes them.
        size: (width, height) that it must have.

    Raises:
        Refusal: ``picture_unreadable``: no such file, truncated, or of another size.
    """
    if not data.startswith(_STARTS) or not data.endswith(_ENDS):
        raise Refusal(Reason.PICTURE_UNREADABLE, "no whole JPEG or PNG file of this project")
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error as error:
        raise Refusal(Reason.PICTURE_UNREADABLE, str(error.err)[:200]) from error
    if pixels is None:
        raise Refusal(Reason.PICTURE_UNREADABLE, "damaged picture data")
    found = (int(pixels.shape[1]), int(pixels.shape[0]))
    if size is not None and found != size:
        raise Refusal(
            Reason.PICTURE_UNREADABLE, f"{found[0]} x {found[1]} pixels, the index says {size[0]} x {size[1]}"
        )
    return pixels  # type: ignore[return-value]
