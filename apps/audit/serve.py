"""Show a page of a build on this machine's own address, to this machine only."""

from __future__ import annotations

import functools
import http.server
from pathlib import Path
from urllib.parse import quote

from ieiw.apps.console import say
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store


def check_local(build: str) -> Path:
    """The build's folder.

    Raises:
        UsageError: the build lies in a bucket.
    """
    folder = open_store(build).local
    if folder is None:
        raise UsageError(
            f"--serve: {build} is no folder. Leave --serve out, download audit/ and open the page from disk"
        )
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """No line a request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of the folder on 127.0.0.1, not yet running.

    Raises:
        UsageError: the port is taken.
    """
    handler = functools.partial(_Quiet, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"--port {port}: {error}. Take another, or 0 for any that is free") from error


def serve_page(build: str, page: str, port: int) -> None:
    """Serve until interrupted."""
    with server(check_local(build), port) as serving:
        say(f"http://127.0.0.1:{serving.server_address[1]}/{quote(page)}    stop with Ctrl+C")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
