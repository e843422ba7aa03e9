"""``python -m bench.stand_ins --out docs/stand-ins.md``: rank the embedded inpainters on holes whose background is known.

Holes have the shapes of annotated objects. With IEIW_REAL_DATA, the folder of real samples, photographs are part of it.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bench.common import machine
from bench.stand_in_holes import Case, cases, expected_lama, scene_cases
from ieiw.models.protocols import Inpainter
from ieiw.models.roles import INPAINT
from ieiw.triplets.records import Image, Mask

METHODS = ("telea", "navier-stokes", "biharmonic", "patch")
_COUNT = 80
_MAGENTA = (255, 0, 255)
_CELL = 150
_SHEET_SEED = 5
_SHOWN = ("scikit-image", "scenes")
_HEAD = """# Embedded inpainters

They stand where LaMa would, on machines without its weights. `classical` is **{best}**, which also is the name in rows and reports.

- date: {date}
- device: {machine}, one thread
- made by: `IEIW_REAL_DATA=… python -m bench.stand_ins --out docs/stand-ins.md --sheet docs/stand-ins.jpg`
  (without the variable: no photographs, no LaMa)
- {holes} holes of {least:.0%} to {most:.0%} of a 256 x 256 picture, grown as a build grows them

What each hole should show is known. In *photographs* (PhraseCut) the shapes of annotated objects were moved to where no annotated
object is; in *scikit-image*'s pictures round shapes lie anywhere, also across things, so nobody can guess all of it; in *scenes*
the hole is where an object stands, and the generator draws the scene without it: this is what a removal does. Figures are means
over holes, of the pixels inside them only.

| column | means |
|---|---|
| PSNR, SSIM, L1 | likeness to the true content: higher, higher, lower is better; **smears win** |
| texture gap | gradient strengths in the fill against those in the truth; lower is better, **smears lose** |
| seconds | of CPU a picture, one thread, this machine |

Where the content cannot be known, the mean of all guesses has the least error: so PSNR, SSIM and L1 like smears. The texture gap
is the first Wasserstein distance between two distributions of gradient strength, in grey levels a pixel: a smear has no gradients
and is far off, the right texture at another place is near.

"""
_CHOICE = """## The choice

The target of a removal is looked at, and trained on, as a picture: a smear where the object was teaches a model to smear. So
the texture gap decides, as long as the error is about that of the others and a picture takes less than 0.3 s. Telea and
Navier-Stokes are there for when speed is all that counts. What the patch method does wrong: it knows no objects, so large holes
across several surfaces end in straight or stepped seams, and what it repeats can be recognised.

![the hole, each method's fill, the truth](stand-ins.jpg)
"""


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one fill."""

    psnr: float
    ssim: float
    l1: float
    gap: float
    seconds: float


def score(truth: Image, painted: Image, hole: Mask, seconds: float) -> Score:
    """Compare what is in the hole; outside, both count as the truth."""
    from skimage.metrics import structural_similarity

    fill = np.where(hole[..., None], painted, truth)
    difference = fill[hole].astype(np.float64) - truth[hole]
    error = max(float(np.square(difference).mean()), 1e-2)
    _, likeness = structural_similarity(truth, fill, channel_axis=2, full=True)  # type: ignore[no-untyped-call]
    steps = [np.sort(_gradient(picture)[hole]) for picture in (truth, fill)]
    gap = float(np.abs(steps[0] - steps[1]).mean())
    return Score(
        10 * np.log10(255**2 / error), float(likeness[hole].mean()), float(np.abs(difference).mean()), gap, seconds
    )


def _gradient(picture: Image) -> npt.NDArray[np.float32]:
    grey = picture.astype(np.float32).mean(axis=2)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(across, down) / np.float32(8), np.float32)


def measure(painter: Inpainter, found: Sequence[Case]) -> tuple[list[Score], list[Image]]:
    """Paint every case by itself."""
    painter.paint([found[0].picture], [found[0].hole])  # imports and first-call costs
    scores, fills = [], []
    for case in found:
        start = time.process_time()
        painted = painter.paint([case.picture], [case.hole])[0]
        scores.append(score(case.truth, painted, case.hole, time.process_time() - start))
        fills.append(np.where(case.hole[..., None], painted, case.picture))
    return scores, fills


def ranking(scores: dict[str, list[Score]], found: Sequence[Case]) -> str:
    """One Markdown table for each group of cases."""
    text = []
    for group in dict.fromkeys(case.group for case in found):
        places = [place for place, case in enumerate(found) if case.group == group]
        text += [f"## {group}: {len(places)} holes\n", "| method | PSNR dB | SSIM | L1 | texture gap | seconds |"]
        text.append("|---|---|---|---|---|---|")
        for name, all_scores in scores.items():
            chosen = [astuple(all_scores[place]) for place in places]
            psnr, ssim, l1, gap, seconds = (float(np.mean(values)) for values in zip(*chosen, strict=True))
            text.append(f"| {name} | {psnr:.2f} | {ssim:.3f} | {l1:.1f} | {gap:.2f} | {seconds:.3f} |")
        text.append("")
    return "\n".join(text)


def beside_lama() -> str:
    """The stand-ins against the published LaMa's result on the one public pair of its input and output."""
    expected = expected_lama()
    if expected is None:
        return ""
    picture, hole, lama = expected
    lines = [
        "## Beside the published LaMa\n",
        "| method | PSNR to the picture, outside | PSNR to LaMa's fill, inside | mean gradient inside |",
    ]
    lines.append("|---|---|---|---|")
    fills = {"lama (published result)": lama}
    fills |= {name: INPAINT.make(name, {}).paint([picture], [hole])[0] for name in METHODS}
    for name, fill in fills.items():
        outside, inside = _psnr(fill[~hole], picture[~hole]), _psnr(fill[hole], lama[hole])
        lines.append(f"| {name} | {outside} | {inside} | {float(_gradient(fill)[hole].mean()):.2f} |")
    return "\n".join(lines) + (
        "\n\nOne picture (an illustration, an object on a night sky). It shows that the mask is read the right way round and\n"
        "that nothing outside the hole is touched. It does not say which fill is better: the truth is not known, and nearness to\n"
        "LaMa's pixels is not quality. The mean gradient of the picture outside the hole is "
        f"{float(_gradient(picture)[~hole].mean()):.2f}.\n"
    )


def _psnr(left: Image, right: Image) -> str:
    error = float(np.square(left.astype(np.float64) - right).mean())
    return "equal" if error == 0 else f"{10 * np.log10(255**2 / error):.1f} dB"


def sheet(found: Sequence[Case], fills: Mapping[str, Sequence[Image]], rows: int) -> Image:
    """Rows of: picture with the hole in magenta, every method's fill, the truth. Photographs of data sets are not shown."""
    dice = np.random.default_rng(_SHEET_SEED)
    words = ("hole", *fills, "truth")
    captions = np.full((24, _CELL * len(words), 3), 255, np.uint8)
    for number, word in enumerate(words):
        at = (_CELL * number + 4, 17)
        cv2.putText(captions, word, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (30, 30, 30), 1, cv2.LINE_AA)
    shown: list[int] = []
    for group in _SHOWN:
        places = [place for place, case in enumerate(found) if case.group == group]
        shown += sorted(dice.choice(places, min(rows // len(_SHOWN), len(places)), replace=False).tolist())
    lines: list[npt.NDArray[Any]] = [captions]
    for place in shown:
        case = found[place]
        marked = np.where(case.hole[..., None], np.array(_MAGENTA, np.uint8), case.picture)
        cells = (marked, *(fills[name][place] for name in fills), case.truth)
        small = [cv2.resize(each, (_CELL, _CELL), interpolation=cv2.INTER_AREA) for each in cells]
        lines.append(np.hstack(small))
    return np.vstack(lines)


def gather(count: int) -> list[Case]:
    """Moved holes of photographs, and the objects of generated scenes."""
    with tempfile.TemporaryDirectory() as folder:
        return cases(count) + scene_cases(Path(folder), count)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the page and the sheet that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="the page; default: standard output")
    parser.add_argument("--sheet", type=Path, help="also draw holes x methods as a picture")
    parser.add_argument("--rows", type=int, default=6, help="rows of the sheet")
    parser.add_argument("--count", type=int, default=_COUNT, help="holes of each group")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    found = gather(options.count)
    results = {name: measure(INPAINT.make(name, {}), found) for name in METHODS}
    shares = [float(case.hole.mean()) for case in found]
    head = _HEAD.format(
        best=INPAINT.make("classical", {}).name,
        date=datetime.date.today().isoformat(),
        machine=machine(),
        holes=len(found),
        least=min(shares),
        most=max(shares),
    )
    page = (
        head
        + ranking({name: scores for name, (scores, _) in results.items()}, found)
        + "\n"
        + beside_lama()
        + "\n"
        + _CHOICE
    )
    if options.sheet:
        drawn = sheet(found, {name: fills for name, (_, fills) in results.items()}, options.rows)
        cv2.imwrite(str(options.sheet), cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 68])
    if options.out:
        options.out.write_text(page, encoding="utf-8")
    else:
        print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
