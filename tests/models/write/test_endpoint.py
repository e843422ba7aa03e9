"""A model behind an endpoint, asked over a real connection: waits, tries again, and gives up with one clear error."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

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
