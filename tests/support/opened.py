"""Records of noise with an annotation, and their triplets of a task."""

import cv2
import numpy as np

from ieiw.builders.protocols import Tools
from ieiw.triplets.images.codec import decode, encode_jpeg, encode_png
from ieiw.triplets.records import OpenRecord, Picture, Record

SIDE = 128
TOOLS = Tools(short_side=SIDE, encode=encode_jpeg)
LOSSLESS = Tools(short_side=SIDE, encode=encode_png)


def opened(annotation, width=256, height=192, orientation=1, **data):
    noise = np.random.default_rng(0).integers(60, 200, (6, 8, 3), np.uint8)
    upright = (height, width) if orientation >= 5 else (width, height)
    pixels = cv2.resize(noise, upright, interpolation=cv2.INTER_CUBIC)
    record = Record("1", "1", {"picture": "1.jpg"}, annotation, "train", size=(width, height))
    return OpenRecord("s", record, {"picture": Picture(pixels, (width, height), orientation)}, data)


def triplets(task, record, count=20):
    return [next(task.triplets(record, np.random.default_rng(seed))) for seed in range(count)]


def pixels(encoded):
    return decode(encoded.data).pixels
