"""Show pages of a build on this machine's own address, to this machine only."""

from __future__ import annotations

import http.server
import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store

_OURS = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.IGNORECASE)


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


class LocalFiles(http.server.SimpleHTTPRequestHandler):
    """The files of a folder, without a line a request; refuses what a page of another site could send here."""

    timeout = 60

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""

    def handle(self) -> None:
        """A browser that goes away in the middle, as one does when its slider moves on, is no error."""
        with suppress(ConnectionError, TimeoutError):
            super().handle()

    def parse_request(self) -> bool:
        """Refuse a request under another name than this machine's own: a site whose name leads here (DNS rebinding)."""
        if not super().parse_request():
            return False
        if _OURS.fullmatch(self.headers.get("Host", "")):
            return True
        self.send_error(HTTPStatus.FORBIDDEN, "ask for 127.0.0.1 or localhost")
        return False

    def end_headers(self) -> None:
        """No other page may frame or embed what is shown, nor take it for another type."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()


class _Server(http.server.ThreadingHTTPServer):
    """A page's many pictures come at once: more may wait than five, whose next is heard again only after a second."""

    request_queue_size = 128


def server(handler: Callable[..., Any], port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server on 127.0.0.1, not yet running.

    Raises:
        UsageError: the port is taken.
    """
    try:
        return _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"--port {port}: {error}. Take another, or 0 for any that is free") from error
