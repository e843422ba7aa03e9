"""A model behind an endpoint, asked over a real connection: waits, tries again, and gives up with one clear error."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ieiw.models.write.endpoint import EndpointWriter
from ieiw.triplets.errors import UsageError
from tests.support.chat_server import MODEL, chat_server
from tests.support.writers import quick, requests


@pytest.mark.parametrize("dated", [False, True])
def test_a_server_that_says_how_long_to_wait_is_waited_for(log, dated):
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    said = format_datetime(due, usegmt=True) if dated else "1"
    with chat_server(log, "--fail", "429", "--retry-after", said) as address:
        started = time.monotonic()
        quick(address, model=MODEL).write("a\n\nb", 0)
    assert len(requests(log)) == 2
    assert datetime.now(UTC) >= due if dated else time.monotonic() - started > 0.9


def test_a_silent_server_is_given_up_on_in_time(log):
    with chat_server(log, "--pause", "30") as address:
        started = time.monotonic()
        with pytest.raises(UsageError, match="no answer in 2 tries"):
            quick(address, model=MODEL, timeout=0.3, tries=2).write("a\n\nb", 0)
        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("address", "words"),
    [("ftp://x/v1", "http address"), ("http://u:p@x/v1", "OPENAI_API_KEY"), ("http://", "http address")],
)
def test_wrong_addresses_are_told(address, words):
    with pytest.raises(UsageError, match=words):
        EndpointWriter(address)


def answering(body: str | bytes) -> EndpointWriter:
    """A writer whose server answers so, with status 200."""
    writer = quick("http://127.0.0.1:9/v1", model=MODEL, tries=2, first_pause=0.01)
    writer._endpoint._client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    return writer


def choice(message: object, reason: str = "stop") -> str:
    return json.dumps({"choices": [{"message": message, "finish_reason": reason}]})


@pytest.mark.parametrize(
    "body",
    [
        choice({"role": "assistant", "reasoning_content": "hm"}, "length"),
        choice({"content": None, "refusal": "I cannot help"}),
        choice({"content": [None, {"type": "text"}, {"text": 3}]}),
        choice({"content": " \n\u200b…"}),
        choice({"content": 5}),
    ],
)
def test_an_answer_without_a_word_is_empty(body):
    assert answering(body).write("a", 0) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>Please log in</html>", "no JSON, but '<html>Please log in"),
        ("", "no JSON, but 'nothing'"),
        ("[" * 200_000, "nested too deeply"),
        (b'{"choices": "caf\xe9"}', "no JSON, but"),
        ("null", "no JSON object"),
        (json.dumps({"error": {"message": "model overloaded"}}), "model overloaded"),
        (json.dumps({"choices": None}), "no choices"),
        (choice(None), "no choices"),
        (choice("x"), "no choices"),
    ],
)
def test_an_answer_of_another_kind_is_one_clear_error(body, words):
    with pytest.raises(UsageError, match=re.escape(words)) as caught:
        answering(body).write("a", 0)
    assert "running" not in str(caught.value)


def test_half_a_letter_and_text_without_end_stop_nobody():
    assert answering(choice({"content": "take \ud800 out"})).write("a", 0) == "take ? out"
    assert len(answering(choice({"content": "take it out\n" * 100_000})).write("a", 0)) < 20_000
