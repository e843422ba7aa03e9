"""The closed list of reasons for which an attempt makes no triplet."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why an attempt was refused. The value is what rejects, reports and ``--retry-rejects`` show."""

    # the annotation
    INVALID_RECORD = "invalid_record"  # a field is missing, or of another type, or not finite
    DUPLICATE_RECORD = "duplicate_record"  # an official id that was seen before; the first one is kept
    SKIPPED_BY_PUBLISHER = "skipped_by_publisher"  # the data set's own skip list names it
    UNKNOWN_PICTURE = "unknown_picture"  # the annotation names a picture that the data set's list lacks
    EMPTY_PHRASE = "empty_phrase"
    PHRASE_UNUSABLE = "phrase_unusable"  # no instruction that reads as people write can be made of it
    PHRASE_CONTRADICTED = "phrase_contradicted"  # it names another class, place or number than the region has
    UNSAFE_PATH = "unsafe_path"  # absolute, parent folder, NUL: never opened
    CROWD = "crowd"  # the region stands for many things that nobody outlined one by one
    AMBIGUOUS = "ambiguous"  # the phrase fits several things in the picture, the region is one of them
    NO_KEY_POINTS = "no_key_points"  # nobody labelled a joint of this person or animal
    EVALUATION_PICTURE = "evaluation_picture"  # an evaluation set of the recipe's `hold_out` shows the same picture
    TAKEN_DOWN = "taken_down"  # somebody asked for the picture to go; it is never made again
    # the picture
    PICTURE_MISSING = "picture_missing"
    PICTURE_UNREADABLE = "picture_unreadable"  # not a picture, truncated, damaged
    PICTURE_TOO_LARGE = "picture_too_large"  # bytes or pixels over the limit, refused before decoding
    PICTURE_TOO_SMALL = "picture_too_small"
    PICTURE_TURNED = "picture_turned"  # by EXIF, so that sizes do not tell whether the annotation was turned along
    PICTURE_SIZE_MISMATCH = "picture_size_mismatch"  # not the size the annotation was drawn on
    # the region
    REGION_EMPTY = "region_empty"  # no polygon with three points, or no pixel inside the picture
    REGION_OUTSIDE = "region_outside"  # mostly outside the picture
    REGION_TOO_SMALL = "region_too_small"
    REGION_TOO_LARGE = "region_too_large"
    REGION_TOO_THIN = "region_too_thin"
    REGION_CUT_BY_BORDER = "region_cut_by_border"
    REGION_PART = "region_part"  # lies within another region of its picture: a part, no thing of its own
    REGION_BLURRED = "region_blurred"
    REGION_UNSURE = "region_unsure"  # whoever outlined it was not sure: its own scores are below what is asked
    REGION_NO_THING = "region_no_thing"  # scenery; a drawing or statue of a thing, or a view from inside of it
    PICTURE_CAP = "picture_cap"  # the picture gave as many pairs as the recipe allows
    MASK_UNREADABLE = "mask_unreadable"
    MASK_SIZE_MISMATCH = "mask_size_mismatch"
    # the replacement
    NO_REGION = "no_region"  # the picture has no region that may be replaced
    NO_REFERENCE = "no_reference"  # the gallery holds nothing to put in its place
    NO_CAPTION = "no_caption"  # nobody can say what the region shows, or what it shows now
    CANDIDATES_POOR = "candidates_poor"  # all that was painted scores below what the recipe asks
    INSTRUCTION_UNUSABLE = "instruction_unusable"  # the written sentence does not say what happened
    # the work
    NOTHING_CHANGED = "nothing_changed"  # source and target came out alike
    SAME_AS_ANOTHER = "same_as_another"  # an earlier variant of its record and task has the same sentence and pictures
    TASK_FAILED = "task_failed"  # the task raised an error that it does not know; the detail says which
    WORKER_DIED = "worker_died"  # the unit killed its worker twice and was set aside


SELECTION = frozenset(
    {
        Reason.SKIPPED_BY_PUBLISHER,
        Reason.PHRASE_UNUSABLE,
        Reason.PHRASE_CONTRADICTED,
        Reason.CROWD,
        Reason.AMBIGUOUS,
        Reason.NO_KEY_POINTS,
        Reason.EVALUATION_PICTURE,
        Reason.TAKEN_DOWN,
        Reason.REGION_TOO_SMALL,
        Reason.REGION_TOO_LARGE,
        Reason.REGION_TOO_THIN,
        Reason.REGION_CUT_BY_BORDER,
        Reason.REGION_PART,
        Reason.REGION_BLURRED,
        Reason.REGION_UNSURE,
        Reason.REGION_NO_THING,
        Reason.PICTURE_CAP,
        Reason.PICTURE_TOO_SMALL,
        Reason.NO_REGION,
        Reason.NO_REFERENCE,
        Reason.NO_CAPTION,
        Reason.CANDIDATES_POOR,
        Reason.INSTRUCTION_UNUSABLE,
        Reason.SAME_AS_ANOTHER,
    }
)
"""Refusals by the recipe's own choice of good pairs. They count in the books, but not towards ``max_reject_share``: that share
watches over damaged data and failing work, and a strict rule is neither."""


class Place(StrEnum):
    """Where in the flow the refusal happened."""

    PLAN = "plan"
    READ = "read"
    TASK = "task"
    WORKER = "worker"


class Refusal(Exception):
    """Raised by a door, a source or a task to turn one attempt into a reject; never crosses a unit's border."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
