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
        "undo the blurring",
        "restore the sharp details of this blurred image",
        "I want this photo without the blur",
        "clear up this blurred picture",
        "fix the blur so that the edges are crisp",
    ),
    "denoise": (
        "remove the noise from this picture",
        "clean up the grainy photo",
        "please denoise the image",
        "get rid of the grain",
        "make this noisy photo clean",
        "smooth away the noise but keep the details",
        "the photo came out grainy, please clean it up",
        "reduce the noise in this image",
        "take the grain out of the photo",
        "restore a clean version of this noisy image",
        "I want this photo without the noise",
        "fix the graininess of this picture",
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
        "restore what is under the watermark",
        "the photo should not have a watermark",
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
