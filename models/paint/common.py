"""What every painter asks of its jobs, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from ieiw.models.protocols import ReferenceJob


def check_jobs(jobs: Sequence[ReferenceJob], seeds: Sequence[int]) -> None:
    """Refuse jobs that nobody could paint, before the first is painted.

    Raises:
        ValueError: lengths or sizes differ, or a hole is empty or covers the whole picture.
    """
    if len(jobs) != len(seeds):
        raise ValueError(f"{len(jobs)} jobs and {len(seeds)} seeds")
    for job in jobs:
        for name, image, mask in (
            ("picture", job.picture, job.hole),
            ("reference", job.reference, job.silhouette),
        ):
            if image.shape != (*mask.shape, 3):
                raise ValueError(f"a {name} of shape {image.shape} and a mask of shape {mask.shape}")
        if not job.hole.any():
            raise ValueError("the hole is empty: there is no place to paint on")
        if job.hole.all():
            raise ValueError("the hole covers the whole picture: nothing is left to fit the object to")
        if not job.silhouette.any():
            raise ValueError("the silhouette is empty: there is no object")
