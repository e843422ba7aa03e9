"""What all tasks share: options, pairs, pictures made once, and what they state of themselves."""

import hashlib
from typing import get_args

import pytest

from ieiw.builders import catalogue
from ieiw.builders.options import Options
from ieiw.builders.protocols import Tools
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.triplets.drawings.answers import AnyAnswer
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import encode_png
from tests.support.opened import SIDE, TOOLS, opened


def test_pairs_are_named_by_their_parts():
    assert pair_name("phrasecut", "7__1") == hashlib.sha256(b"phrasecut\x007__1").hexdigest()[:20]
    assert len({pair_name("a", "bc"), pair_name("ab", "c"), pair_name("a", "b", "c")}) == 3
    assert pair_name("a", "\ud800") != pair_name("a", "\ud801")


@pytest.mark.parametrize("name", sorted(set(catalogue.TASKS) - {"removal", "addition"}))
def test_wrong_options_name_task_and_key(name):
    with pytest.raises(UsageError, match=f"task_options.{name}.colour"):
        catalogue.task(name, TOOLS, {"colour": "red"})


def test_pictures_are_scaled_and_encoded_once_for_all_records_of_them():
    class Task(TaskBase[Options]):
        name, options = "some", Options

    shared, coded = {}, []
    task = Task(Tools(SIDE, lambda image: coded.append(image) or encode_png(image)), {})
    records = [opened({}), opened({})]
    for record in records:
        record.shared = shared
    assert task._source(records[0]) is task._source(records[1])
    assert task._picture(records[0]) is task._picture(records[1]) is coded[0]
    assert (len(coded), min(coded[0].shape[:2])) == (1, SIDE)


@pytest.mark.parametrize("name", sorted(catalogue.TASKS))
def test_every_task_states_what_it_draws_and_whether_its_targets_are_photographs(name):
    task = catalogue.task_class(name)
    assert task.drawing in get_args(AnyAnswer)
    assert task.photographic == (
        task.drawing.__struct_config__.tag in ("erasure", "edit", "replacement", "restoration")
    )
    assert task.mirrors == ("removal" if name == "addition" else "")
