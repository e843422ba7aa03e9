"""Pictures with regions for the tests of replacement: squares of noise on noise, in the forms that sources give."""

import json

import numpy as np

from ieiw.triplets.images.codec import turned
from ieiw.triplets.images.masks import to_rle
from ieiw.triplets.records import OpenRecord, Picture, Record

SIZE = (200, 160)


def box_mask(x, y, width, height, size=SIZE):
    mask = np.zeros((size[1], size[0]), np.bool_)
    mask[y : y + height, x : x + width] = True
    return mask


def rle_of(mask):
    rle = to_rle(mask)
    return {"size": list(rle.size), "counts": rle.counts}


def photo(size=SIZE, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)


def region(name, at, **facts):
    return {"id": name, "segmentation": rle_of(box_mask(*at)), "box": list(at)} | facts


def opened(annotation, data=None, size=SIZE, orientation=1, pixels=None):
    """A record on a picture stored at SIZE and perhaps turned."""
    stored = photo() if pixels is None else pixels
    files = {"picture": "1.jpg", **dict.fromkeys(data or {}, "1.json")}
    record = Record("1", "1", files, annotation, "train", size=size)
    picture = Picture(turned(stored, orientation), (stored.shape[1], stored.shape[0]), orientation)
    return OpenRecord("s", record, {"picture": picture}, data or {})


def regioned(*regions, **how):
    return opened({"regions": list(regions)}, **how)


def sa1b_document(*boxes, size=SIZE, **changes):
    annotations = [
        {
            "id": number,
            "bbox": [x, y, width - 1, height - 1],
            "area": width * height,
            "segmentation": rle_of(box_mask(x, y, width, height, size)),
            "predicted_iou": 0.95,
            "point_coords": [[x + 0.5, y + 0.5]],
            "crop_box": [0, 0, *size],
            "stability_score": 0.97,
        }
        | changes
        for number, (x, y, width, height) in enumerate(boxes, 1)
    ]
    image = {"image_id": 1, "width": size[0], "height": size[1], "file_name": "sa_1.jpg"}
    return {"image": image, "annotations": annotations}


def sa1b(document, **how):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return opened({"regions_format": "sa-1b"}, {"regions": data}, size=None, **how)
