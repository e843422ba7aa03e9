"""Retrieve: the seed picks a region of the picture, the gallery gives what is near, rules say what may take its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

import msgspec
import numpy as np

from ieiw.builders.opening import Closed
from ieiw.builders.replacement.alike import place_of_nameless, told_apart
from ieiw.builders.replacement.neighbours import fitting
from ieiw.builders.replacement.quality import Good, crop_of, good_regions
from ieiw.models.gallery.search import Floats, Rows, Searcher
from ieiw.models.protocols import Embedder
from ieiw.pipelines.gallery.regions.table import OF_REFERENCE, reference_of
from ieiw.pipelines.replacement.step import attempts_of_step
from ieiw.pipelines.replacement.worker import Item, StepWorker
from ieiw.triplets.images.masks import to_rle
from ieiw.triplets.layout.gallery import Gallery, check_embedder, open_gallery
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.regions import region_set
from ieiw.triplets.layout.replacement import Outcome, Reference, Retrieved
from ieiw.triplets.records import Attempt, Image, OpenRecord, attempt_rng
from ieiw.triplets.rejects import Reason, Refusal

_TOGETHER = 1_024
"""Regions that are searched for together."""
_FIRST = 16
"""Neighbours of each that are looked at before any others."""
_ALL_AT_ONCE = 512
"""Regions whose neighbours are all in memory at once: some 200 MB with their outlines."""

Ready = list[tuple[str, Retrieved, Image] | Outcome]


class Retriever(StepWorker[Ready]):
    """The step; see :class:`~ieiw.pipelines.replacement.worker.StepWorker`."""

    _kind = Retrieved

    @property
    def batch(self) -> int:
        """The embedder's."""
        return max(16, self._embedder.batch)

    @cached_property
    def _embedder(self) -> Embedder:
        return cast(Embedder, self.components.backend("embed"))

    @property
    def _gallery(self) -> Gallery:
        return self._searcher.gallery

    @cached_property
    def _searcher(self) -> Searcher:
        gallery = open_gallery(self.rules.gallery)
        check_embedder(gallery, self._embedder.describe())
        return Searcher(gallery)

    @cached_property
    def _margin(self) -> float:
        return region_set(self._gallery).recipe.margin

    def ready(self, items: Sequence[Item]) -> Ready:
        """Each attempt's region, cut out."""
        return [self._query(item.attempt) for item in items]

    def _query(self, attempt: Attempt) -> tuple[str, Retrieved, Image] | Outcome:
        found = self.opened(attempt)
        if isinstance(found, Closed):
            return Outcome(attempt.key, found.refusal, stage=found.stage)
        record, sha256 = found
        try:
            region, alike, place = self._picked(attempt, record)
        except Refusal as refusal:
            return Outcome(attempt.key, refusal)
        x, y, width, height = region.box
        query = Retrieved(
            picture_sha256=sha256,
            region=region.id,
            # A phrase tells its thing from others of the picture, which the name alone may not.
            label=str(record.record.annotation.get("phrase", region.label)),
            alike=alike,
            place=place,
            box=region.box,
            outline=to_rle(np.ascontiguousarray(region.mask[y : y + height, x : x + width])),
            references=(),
        )
        return attempt.key, query, crop_of(record.picture.pixels, region, self._margin)[0]

    def _picked(self, attempt: Attempt, record: OpenRecord) -> tuple[Good, int, str]:
        """The region of an attempt, how many others of the picture have its name, and the place that tells it from them.

        Variants take the regions of the record in an order that the seed decides.

        Raises:
            Refusal: ``no_region``, with what became of those that there are; ``ambiguous``.
        """
        good, why = self._regions(record)
        order = attempt_rng(self.seed, Attempt(attempt.source, attempt.record, attempt.task, 0)).permutation(len(good))
        if attempt.variant >= len(good):
            told = ", ".join(f"{count} {reason}" for reason, count in sorted(why.items())) or "it has none"
            detail = f"{len(good)} of its regions may be replaced; others: {told}"
            raise Refusal(Reason.NO_REGION, detail)
        region = good[int(order[attempt.variant])]
        if region.label:
            return region, *told_apart(record, region)
        return region, 0, place_of_nameless(record.picture.pixels, region, good)

    def _regions(self, record: OpenRecord) -> tuple[list[Good], dict[str, int]]:
        def made() -> tuple[list[Good], dict[str, int]]:
            good, why = list[Good](), dict[str, int]()
            for each in good_regions(record, self.rules.region):
                if isinstance(each, Good):
                    good.append(each)
                else:
                    why[each.reason.value] = why.get(each.reason.value, 0) + 1
            return good, why

        return record.once_for_picture(f"regions\0{record.record.id}", made)

    def make(self, ready: Ready) -> list[Outcome]:
        """The regions' vectors, by which :meth:`finish` searches."""
        images = [self._embedder.prepare(each[2]) for each in ready if not isinstance(each, Outcome)]
        vectors = iter(self._embedder.images(images) if images else ())
        return [
            each if isinstance(each, Outcome) else Outcome(each[0], each[1], (next(vectors).tobytes(),))
            for each in ready
        ]

    def searched(self, queries: Sequence[Outcome]) -> list[Outcome]:
        """What is found for regions by their vectors."""
        lots = (queries[start : start + _TOGETHER] for start in range(0, len(queries), _TOGETHER))
        return [answer for lot in lots for answer in self._searched(lot)]

    def _searched(self, queries: Sequence[Outcome]) -> list[Outcome]:
        """Most need but their very first neighbours; those of the others are all looked at."""
        vectors = np.stack([np.frombuffer(each.files[0], np.float16) for each in queries]).astype(np.float32)
        near, rows = self._searcher.search(vectors, min(self.rules.retrieve.neighbours, self._gallery.note.count))
        found = self._answers(queries, near[:, :_FIRST], rows[:, :_FIRST])
        wanted = self.rules.retrieve.references if near.shape[1] > _FIRST else 0
        left = [at for at, each in enumerate(found) if _references(each) < wanted]
        for start in range(0, len(left), _ALL_AT_ONCE):
            some = left[start : start + _ALL_AT_ONCE]
            answers = self._answers([queries[at] for at in some], near[some], rows[some])
            for at, answer in zip(some, answers, strict=True):
                found[at] = answer
        return found

    def _answers(self, queries: Sequence[Outcome], near: Floats, rows: Rows) -> list[Outcome]:
        """Each region with the references that fit among its neighbours, which are the nearest first."""
        known = iter(self._gallery.take(rows.ravel().tolist(), OF_REFERENCE))
        return [
            self._answer(
                query.key,
                cast(Retrieved, query.value),
                [reference_of(next(known), float(cosine), rank) for rank, cosine in enumerate(cosines, 1)],
            )
            for query, cosines in zip(queries, near, strict=True)
        ]

    def _answer(self, key: str, query: Retrieved, near: Sequence[Reference]) -> Outcome:
        near = [each for each in near if each.picture_sha256 not in self.taken_down]
        chosen, passed = fitting(query, near, self.rules.retrieve)
        if not chosen:
            told = ", ".join(f"{count} {why}" for why, count in passed.most_common())
            return Outcome(key, Refusal(Reason.NO_REFERENCE, f"of {len(near)} neighbours {told}"))
        return Outcome(key, msgspec.structs.replace(query, references=chosen))

    def finish(self, ref: UnitRef, outcomes: list[Outcome]) -> list[Outcome]:
        """References for all regions, many searched for together: reading what the gallery knows of one costs as much as of many.

        Of one picture no region twice, whatever its records call it, and so many regions as the rules allow.
        """
        queries = [each for each in outcomes if isinstance(each.value, Retrieved)]
        answers = iter(self.searched(queries))
        found = [next(answers) if isinstance(each.value, Retrieved) else each for each in outcomes]
        group_of = {attempt.key: attempt.record.group for attempt in attempts_of_step(self.store, ref)}
        used: dict[str, list[Retrieved]] = {}
        return [self._checked(each, used.setdefault(group_of[each.key], [])) for each in found]

    def _checked(self, outcome: Outcome, used: list[Retrieved]) -> Outcome:
        found = outcome.value
        if not isinstance(found, Retrieved):
            return outcome
        if any((each.box, each.outline) == (found.box, found.outline) for each in used):
            return Outcome(
                outcome.key, Refusal(Reason.SAME_AS_ANOTHER, "the region is replaced already, by another name")
            )
        if len(used) >= self.rules.retrieve.per_picture:
            return Outcome(outcome.key, Refusal(Reason.PICTURE_CAP, f"{len(used)} regions of the picture are replaced"))
        used.append(found)
        return outcome


def _references(answer: Outcome) -> int:
    return len(answer.value.references) if isinstance(answer.value, Retrieved) else 0
