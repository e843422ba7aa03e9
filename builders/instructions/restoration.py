"""What people say who want a picture mended; and the name of each job, for the paper's ablation with simple indicators."""

from __future__ import annotations

from typing import Literal

Wording = Literal["natural", "simple"]

NATURAL: dict[str, tuple[str, ...]] = {
    "deblur": (
        "remove the blur from this picture",
        "make the blurry picture sharp",
        "sharpen this blurry photo",
        "please deblur the image",
        "get rid of the motion blur",
        "take the blur out of this shot",
        "the photo came out blurry, please make it crisp",
        "can you undo the blur?",
        "bring back the sharp details of this blurred image",
        "I want this photo without the blur",
        "clear up this blurred picture",
        "this picture is blurry, can you make it sharp?",
    ),
    "denoise": (
        "remove the noise from this picture",
        "make this grainy photo smooth and clean",
        "please denoise the image",
        "get rid of the grain",
        "clean up this noisy photo",
        "smooth away the noise but keep the details",
        "the photo came out grainy, please clean it up",
        "take the noise out of this image",
        "take the grain out of the photo",
        "give me a clean version of this noisy image",
        "I want this photo without the noise",
        "this picture is too grainy, can you fix it?",
    ),
    "watermark-removal": (
        "remove the watermark",
        "erase the watermark from this picture",
        "please take the watermark off the image",
        "get rid of the watermark",
        "delete the watermark",
        "make the watermark disappear",
        "clean the watermark off this photo",
        "show the picture without its watermark",
        "I want this image without the watermark",
        "edit out the watermark",
        "can you take out the watermark?",
        "I don't want a watermark on this photo",
    ),
}
SIMPLE: dict[str, str] = {
    "deblur": "image deblurring",
    "denoise": "image denoising",
    "watermark-removal": "watermark removal",
}


def sentences(task: str, wording: Wording) -> tuple[str, ...]:
    """All instructions of a task.

    Raises:
        KeyError: it is no restoration task.
    """
    return (SIMPLE[task],) if wording == "simple" else NATURAL[task]
