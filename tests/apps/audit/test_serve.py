"""A page is shown to this machine alone, and only from a folder."""

import socket
import threading
import urllib.request
from functools import partial

import pytest

from ieiw.apps.audit.serve import LocalFiles, check_local, server
from ieiw.triplets.errors import UsageError


def test_a_page_is_served_on_this_machines_own_address(tmp_path):
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "a.html").write_text("page")
    with server(partial(LocalFiles, directory=str(tmp_path))) as serving:
        host, port = serving.server_address
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/audit/a.html", timeout=30) as answer:
            assert answer.read() == b"page"
        serving.shutdown()
        thread.join()
    assert host == "127.0.0.1"


def test_a_port_that_is_taken_and_a_bucket_are_refused(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(UsageError, match="--port"):
        server(LocalFiles, other.getsockname()[1])
    with pytest.raises(UsageError, match="is no folder"):
        check_local("memory://bucket/out")
    assert check_local(str(tmp_path)) == tmp_path
