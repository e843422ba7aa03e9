"""Planted defects of meaning: ROC-AUC of each score for an instruction, a target or an edit that belongs to something else.

Clean are removals from photographs of COCO and PhraseCut (IEIW_REAL_DATA), built as a build makes them. Scores that need weights
are computed where the variables of their files are set (`ieiw doctor` names them), those over a gallery where GIQA_GALLERY names
the folder of one by clip-l14, and a judge's where JUDGE_BASE names its address.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from bench.common import NotHereError, Row
from bench.planted import Values, auc, better, pair_scores, stored
from ieiw.builders.assembly import Assembler
from ieiw.filters.registry import SCORES, embedded, load, make
from ieiw.filters.scores.base import EmbeddingPairScore, EmbeddingScore, Pair, PairScore, VectorPairs, Vectors
from ieiw.models.embed.common import embed_images
from ieiw.models.roles import EMBED
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.drawings.erasure import Answer
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.records import Attempt, Built, Mask

_SETS = (
    ("coco-instances", "coco", "train2017"),
    ("coco-instances", "coco", "val2017"),
    ("phrasecut", "phrasecut_derived/VGPhraseCut_v0", "train"),
)
STAND_IN = "clip-image by the stand-in"
Vectorise = Callable[[str], VectorPairs]


@dataclass(frozen=True, slots=True)
class Edit:
    """A removal, the photograph that it is of (by its pixels: the sets share some), and what it removes."""

    photograph: str
    phrase: str
    pair: Pair

    @property
    def hole(self) -> Mask:
        """Where pixels were allowed to change."""
        assert self.pair.hole is not None  # every removal has one
        return self.pair.hole


def edits(real: Path) -> list[Edit]:
    """Every removal that a build makes of the sets."""
    found = []
    for number, (dataset, folder, split) in enumerate(_SETS):
        name = f"s{number}"
        block = {"name": name, "dataset": dataset, "root": str(real / folder), "split": split, "tasks": ["removal"]}
        made = Components(Recipe.model_validate({"sources": [block]}))
        source = made.source(name)
        attempts = [
            Attempt(name, record, "removal", 0)
            for group in range(source.group_count())
            for record in source.group(group)
        ]
        for verdict in Assembler(source, made.tasks(name), 0, made.artefacts(name)).run(attempts):
            if isinstance(verdict, Built) and isinstance(answer := verdict.triplet.answer, Answer):
                before, after = (decode(each.data).pixels for each in (verdict.triplet.source, verdict.triplet.target))
                hole = from_rle(answer.hole)
                after = stored(np.where(hole[..., None], after, before))  # compressed as often as what is planted
                pair = Pair(before, after, hole, verdict.triplet.instruction)
                found.append(Edit(hashlib.sha256(before.tobytes()).hexdigest(), answer.phrase, pair))
    return found


def apart(edit: Edit, all_edits: Sequence[Edit]) -> list[Edit]:
    """Removals of other things from the same photograph: two phrases may mean one thing, two places do not."""
    here = [other for other in all_edits if other.photograph == edit.photograph]
    return [other for other in here if not (other.hole & edit.hole).any()]


def planted(clean: Sequence[Edit]) -> dict[str, list[Pair]]:
    """Defect -> pairs; smears among them. An edit of the wrong object needs two things apart in one photograph."""
    looks = embed_images(EMBED.make("descriptor", {}), [edit.pair.source for edit in clean]).astype(np.float32)
    alike = looks @ looks.T
    found: dict[str, list[Pair]] = {
        name: [] for name in ("smear", "other words", "like target", "wrong object", "wrong object, right hole")
    }
    for at, edit in enumerate(clean):
        pair = edit.pair
        smear = cv2.inpaint(pair.source, edit.hole.astype(np.uint8), 3, cv2.INPAINT_TELEA)
        found["smear"].append(replace(pair, target=stored(np.asarray(smear))))
        here = [other for other in clean if other.photograph == edit.photograph]
        phrases = {other.phrase for other in here}
        later = [*clean[at:], *clean[:at]]
        words = next(each.pair.instruction for each in later if each.phrase not in phrases)
        found["other words"].append(replace(pair, instruction=words))
        others = [number for number, other in enumerate(clean) if other.photograph != edit.photograph]
        near = clean[max(others, key=lambda number: alike[at, number])].pair.target
        found["like target"].append(
            replace(pair, target=stored(np.asarray(cv2.resize(near, pair.source.shape[1::-1]))))
        )
        for other in apart(edit, clean)[:1]:
            found["wrong object"].append(replace(other.pair, instruction=pair.instruction))
            found["wrong object, right hole"].append(replace(pair, target=other.pair.target))
    return found


def variables(name: str) -> list[str]:
    """Those of the environment that a score cannot do without."""
    score = load(name)
    if score.needs == "judge":
        return ["JUDGE_BASE"]
    assert issubclass(score, EmbeddingScore | EmbeddingPairScore)
    files = (score.weights, EMBED.load(score.own).weights)
    return [*(["GIQA_GALLERY"] if "giqa" in name else []), *(each.variable for each in files if each)]


def scored(name: str, pairs: Sequence[Pair], vectors: Vectorise, embedder: str = "") -> Values:
    """Values of a score that needs more than pixels; of a score of pictures, those of the targets and the gap."""
    if load(name).needs == "judge":
        judge = make(name, {"base": os.environ["JUDGE_BASE"]})
        assert isinstance(judge, PairScore)
        return {name: np.array(judge.of_pairs(pairs))}
    made = make(name, {"embedder": embedder} | ({"gallery": os.environ["GIQA_GALLERY"]} if "giqa" in name else {}))
    assert isinstance(made, EmbeddingScore | EmbeddingPairScore)
    found = vectors(made.embedder)
    if isinstance(made, EmbeddingPairScore):
        return {name: made.of_pairs(found)}
    unknown = ["0" * 64] * len(pairs)  # encoded anew: no gallery holds them
    sources, targets = (made.of_embeddings(each, unknown) for each in (found.sources, found.targets))
    return {name: targets, f"gap of {name}": sources - targets}


def vectors_of(pairs: Sequence[Pair]) -> Vectorise:
    """Gives the pairs' embeddings by an embedder's name; each embedder works once."""

    @cache
    def by(embedder: str) -> VectorPairs:
        model = EMBED.make(embedder, {})
        sources, targets = (
            embed_images(model, [getattr(pair, role) for pair in pairs]).astype(np.float32)
            for role in ("source", "target")
        )
        words = [pair.instruction for pair in pairs] if model.has_texts else []
        texts: Vectors = model.texts(words).astype(np.float32) if words else np.empty((0, model.dimension), np.float32)
        return VectorPairs(sources, targets, texts)

    return by


def all_scores(pairs: Sequence[Pair], names: Sequence[str]) -> Values:
    """Pixel scores, those of the stand-in's embeddings, and the named ones that need more."""
    vectors = vectors_of(pairs)
    values = pair_scores(pairs) | {STAND_IN: scored("clip-image", pairs, vectors, "descriptor")["clip-image"]}
    for name in names:
        values |= scored(name, pairs, vectors)
    return values


def figures(clean: Sequence[Edit]) -> tuple[dict[str, dict[str, float]], dict[str, list[str]]]:
    """Score -> defect -> ROC-AUC; and score -> variables that would have it computed."""
    needs = {name: variables(name) for name in sorted(SCORES) if name not in embedded()}
    waiting = {name: needed for name, needed in needs.items() if not all(map(os.environ.get, needed))}
    asked = [name for name in needs if name not in waiting]
    good = all_scores([edit.pair for edit in clean], asked)
    bad = {defect: all_scores(pairs, asked) for defect, pairs in planted(clean).items()}
    found = {}
    for name in sorted(good):
        wanted = "higher" if name == STAND_IN else better(name)
        found[name] = {defect: auc(good[name], values[name], wanted) for defect, values in bad.items()}
    return found, waiting


def report(clean: Sequence[Edit]) -> tuple[str, list[Row]]:
    """The Markdown table, and the lines of the benchmarks' page."""
    found, waiting = figures(clean)
    defects = list(next(iter(found.values())))
    photographs = len({edit.photograph for edit in clean})
    lines = [f"### ROC-AUC, {len(clean)} removals from {photographs} photographs", ""]
    lines += ["| score | " + " | ".join(defects) + " |", "|---|" + "---:|" * len(defects)]
    for name, each in found.items():
        lines.append(f"| {name} | " + " | ".join(f"{figure:.2f}" for figure in each.values()) + " |")
    for name, needed in waiting.items():
        lines.append(f"| {name} | needs weights: {', '.join(needed)} |" + " |" * (len(defects) - 1))
    rows = []
    for defect in defects:
        best = max(found, key=lambda name: found[name][defect])
        highest = found[best][defect]
        named = best if highest > 0.5 else "none above chance"
        rows.append(Row(f"{defect}: the best of {len(found)} scores, {named}", f"{highest:.2f}", "stated", True))
    rows.append(Row("scores that need weights, and were given none", f"{len(waiting)}", "stated", True))
    return "\n".join(lines), rows


def run() -> list[Row]:
    """Removals of the real samples; the table goes to standard output, for docs/scores.md.

    Raises:
        NotHereError: there are none.
    """
    folder = os.environ.get("IEIW_REAL_DATA")
    if not folder:
        raise NotHereError("IEIW_REAL_DATA is not set")
    found = edits(Path(folder))
    text, rows = report([edit for edit in found if apart(edit, found)])  # so that all columns are of the same edits
    print(text)
    return rows
