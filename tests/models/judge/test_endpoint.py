"""A judge behind a real server process: valid answers count, nonsense is asked for again, failures make up no marks."""

import json
import math

import numpy as np
import pytest

from ieiw.models.judge.endpoint import EndpointJudge, read_marks
from ieiw.models.protocols import JudgeJob
from ieiw.triplets.errors import UsageError
from tests.support.chat_server import MODEL, chat_server
from tests.support.writers import requests


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("ieiw.triplets.storage.cache.cache_folder", lambda name: tmp_path / "cache" / name)


def job(number=0):
    picture = np.full((24, 32, 3), number, np.uint8)
    return JudgeJob("add a {dog}", picture, 255 - picture)


def quick(address, **options):
    return EndpointJudge(address, MODEL, **{"first_pause": 0.01, "tries": 2, **options})


def test_an_edit_has_three_marks_and_is_paid_for_once(log):
    with chat_server(log, "--judge", "[]") as address:
        first, again = quick(address).judge([job()]), quick(address).judge([job()])
    assert [(each.follows, each.keeps, each.clean, each.problem) for each in first + again] == [(0.7, 0.9, 0.4, "")] * 2
    assert (first[0].tokens, again[0].tokens) == (10, 0) and len(requests(log)) == 1
    text = requests(log)[0]["body"]["messages"][0]["content"][0]["text"]
    assert "add a {dog}" in text and '"keeps"' in text


def test_other_pixels_words_or_models_are_other_questions(log):
    with chat_server(log, "--judge", "[]") as address:
        judge = quick(address)
        judge.judge([job(1), job(2), JudgeJob("other", job(1).source, job(1).target)])
        EndpointJudge(address, "other").judge([job(1)])
    assert len(requests(log)) == 4


@pytest.mark.parametrize(
    "nonsense", ["", "I would say 7", '{"follows": 11, "keeps": 1, "clean": 1}', '{"follows": 7}', '["7"]']
)
def test_nonsense_is_asked_for_again(log, nonsense):
    with chat_server(log, "--judge", json.dumps([nonsense])) as address:
        (found,) = quick(address).judge([job()])
    assert found.follows == 0.7 and found.tokens == 20 and len(requests(log)) == 2


def test_nonsense_for_ever_is_no_mark_and_never_kept(log):
    with chat_server(log, "--judge", json.dumps(["no idea"] * 3)) as address:
        (found,) = quick(address).judge([job()])
        assert math.isnan(found.follows) and found.problem == "no marks in the answer" and found.tokens == 30
        assert quick(address).judge([job()])[0].follows == 0.7


def test_a_request_that_is_refused_costs_one_edit_not_the_run(log):
    with chat_server(log, "--judge", "[]", "--fail", "413") as address:
        found = quick(address, parallel=1).judge([job(1), job(2)])
    assert math.isnan(found[0].follows) and "413" in found[0].problem and found[1].follows == 0.7


def test_a_server_that_is_down_stops_the_run(log):
    with chat_server(log, "--judge", "[]") as address:
        pass
    with pytest.raises(UsageError, match="no answer in 2 tries"):
        quick(address).judge([job()])


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ('{"follows": 7, "keeps": 9.5, "clean": 0}', (7, 9.5, 0)),
        ('```json\n{"follows": 1, "keeps": 2, "clean": 3, "why": "a { brace"}\n```', (1, 2, 3)),
        ('{x} then {"follows": 1, "keeps": 2, "clean": 3}', (1, 2, 3)),
        ('{"follows": "7", "keeps": 9, "clean": 4}', None),
        ('{"follows": NaN, "keeps": 9, "clean": 4}', None),
        ('{"follows": -1, "keeps": 9, "clean": 4}', None),
        ('{"follows": 1, "keeps": 2', None),
    ],
)
def test_marks_are_read_strictly(text, marks):
    found = read_marks(text)
    assert (found and (found.follows, found.keeps, found.clean)) == marks
