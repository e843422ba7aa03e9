"""A tiny build of replacements with the files of its steps, all made up here and written by the real code."""

import hashlib

import msgspec
import numpy as np

from ieiw.triplets.drawings.replacement import Answer
from ieiw.triplets.images.codec import encode_png, encoder
from ieiw.triplets.images.masks import bounding_box, box_of, to_rle
from ieiw.triplets.layout.plan import read_attempts
from ieiw.triplets.layout.replacement import (
    STEPS,
    Candidate,
    Captioned,
    Outcome,
    Painted,
    Reference,
    Retrieved,
    Seen,
    Written,
    to_bytes,
    unit_file,
)
from ieiw.triplets.layout.replacement_facts import facts_of
from ieiw.triplets.records import Built, Reject, Triplet
from ieiw.triplets.rejects import Place, Reason, Refusal
from tests.support.tiny_build import Wanted, edit_state, pictures, tiny_build

BACKENDS = {
    "embed": {"name": "descriptor", "stand_in": "yes"},
    "paint": {"name": "blend", "stand_in": "yes"},
    "caption": {"name": "blip2"},
    "write": {"name": "templates", "stand_in": "yes"},
}
SEEDS = (1, 2)


def replaced_build(folder, patch, wanted=Wanted(tasks=("replacement",), pictures=10)):  # noqa: B008 - frozen
    """Of ten attempts one is refused by each of retrieve, paint and write. ``patch`` is a MonkeyPatch."""
    patch.setattr("tests.support.tiny_build._verdict", _verdict)
    tiny = tiny_build(folder, wanted)
    write_steps(tiny)
    edit_state(tiny, lambda state: state.update(backends=BACKENDS))
    return tiny


def write_steps(tiny, digest="0" * 12, seeds=SEEDS):
    """The files of all steps, in folders of that digest; other ``seeds`` are a painting under another recipe."""
    for ref in tiny.state.refs():
        made = [steps_of(attempt, tiny.wanted, seeds) for attempt in read_attempts(tiny.store, ref)]
        for step in STEPS:
            file = unit_file(f"replacement/{ref.source}/{step}-{digest}", ref)
            tiny.store.publish_bytes(file, to_bytes(each[step] for each in made))


def steps_of(attempt, wanted, seeds=SEEDS):
    """Step -> what became of an attempt."""
    record, key = attempt.record, attempt.key
    if record.fault:
        return dict.fromkeys(STEPS, Outcome(key, Refusal(record.fault.reason, record.fault.detail), stage=Place.PLAN))
    full, _, region, hole = pictures(attempt, wanted)
    label, number = record.annotation["phrase"], record.annotation["number"]
    outline = to_rle(np.ones((4, 6), bool))
    references = tuple(
        Reference(
            id=f"zoo/{at}/",
            source="zoo",
            picture=f"zoo/{at}.jpg",
            picture_sha256="0" * 64,
            label=f"{label} no {at}",
            box=(1, 2, 6, 4),
            outline=outline,
            similarity=0.9 - at / 10,
            rank=at + 3,
        )
        for at in range(2)
    )
    found = Retrieved("1" * 64, f"r{number}", label, 0, "", (2, 3, 6, 4), outline, references)
    candidates = tuple(
        Candidate(at, seed, {"likeness": 0.5 + at / 10 + seed / 100}) for at in range(2) for seed in seeds
    )
    painted = Painted(found, bounding_box(hole), to_rle(region), to_rle(hole), candidates, len(candidates) - 1)
    jpg = encoder("jpg")
    small = [jpg(np.full((40, 60, 3), 20 * (at + number % 3), np.uint8)).data for at in range(len(candidates) + 2)]
    files = (encode_png(full).data, *small)
    made = {
        "retrieve": Outcome(key, found),
        "paint": Outcome(key, painted, files),
        "caption": Outcome(key, Captioned(Seen(label, "", ""), Seen(f"another {label}", "", ""))),
        "write": Outcome(key, Written(f"Change the {label}.", ("Swap it.",), f"the {label}", "a cat", 2)),
    }
    if number % 10 == 7:
        return made | dict.fromkeys(STEPS[1:], Outcome(key, Refusal(Reason.CANDIDATES_POOR, f"the best of 4: {label}")))
    if number % 10 == 2:
        return made | {"write": Outcome(key, Refusal(Reason.INSTRUCTION_UNUSABLE, f"names no {label}"))}
    return made


def _verdict(attempt, wanted, heal=False):
    steps = steps_of(attempt, wanted)
    last = steps["write"]
    if isinstance(last.value, Refusal):
        return Reject(attempt, last.value.reason, last.stage, last.value.detail)
    full, empty, _, hole = pictures(attempt, wanted)
    painted, written = steps["paint"].value, last.value
    answer = Answer(
        replaced=written.replaced, phrase=written.phrase, region=painted.region, hole=painted.hole, box=box_of(hole)
    )
    encode = encoder(wanted.format)
    facts = msgspec.to_builtins(facts_of(painted, steps["caption"].value, written.tries))
    made = Triplet(
        instruction=written.instruction,
        alternatives=(written.instruction, *written.alternatives),
        source=encode(full),
        target=encode(empty),
        answer=answer,
        region_share=float(hole.mean()),
        pair="",
        backend="blend",
        facts=facts,
    )
    return Built(attempt, made, hashlib.sha256(full.tobytes()).hexdigest())
