"""The live page: thresholds that move, what they keep, and a cut of them. See :class:`ieiw.pipelines.audit.live.Live`."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import Field, FiniteFloat, ValidationError

from ieiw.apps.audit.live_view import live_view
from ieiw.apps.audit.page import cards_json, filled, script_json
from ieiw.apps.audit.serve import LocalFiles, check_local, server
from ieiw.apps.console import say
from ieiw.filters.rule_set import to_yaml
from ieiw.pipelines.audit.live import Live, open_live
from ieiw.pipelines.cut.decontaminate import nearest
from ieiw.pipelines.cut.default_rules import DEFAULT
from ieiw.pipelines.cut.run import check_name, cut
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.cut_state import WHOLE_BUILD, cut_file, rule_file
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.store import open_store

_MOST_BYTES = 64 * 2**10
_EACH = 12


class Asked(Strict):
    """What the page may say: where its knobs stand, by rule; the rule that was moved; a name for a cut."""

    values: dict[str, dict[str, FiniteFloat]] = Field(default={}, max_length=1000)
    settle: bool = False
    rule: str = ""
    name: str = ""


class Desk:
    """What one server shows.

    Args:
        live: the rows under rules.
        name: of the cut that the knobs start from; empty for the default rules.
        report: writes the report of it, whose address below the build is ``report_page``.
        report_page: ``audit/NAME.html``.
    """

    def __init__(self, live: Live, name: str, report: Callable[[], object], report_page: str) -> None:
        self.live, self.name, self.report_page = live, name, report_page
        self.token = secrets.token_urlsafe()
        self._report: Callable[[], object] | None = report
        self._writing = Lock()

    def page(self) -> bytes:
        """The page itself; its token, which no other site can read, is asked back with everything that it sends."""
        view = live_view(self.live, self.name) | {"token": self.token, "report": f"/{self.report_page}"}
        return filled("live", ["page", "live"], view | {"data": script_json(view["rules"])})

    def write_report(self) -> None:
        """Once, when it is first asked for: it takes longer than all else."""
        with self._writing:
            if self._report:
                self._report()
                self._report = None

    def move(self, asked: Asked) -> dict[str, Any]:
        """The funnel under moved rules."""
        now = self.live.move(asked.values, settle=asked.settle)
        steps = [
            {"words": rule.describe(), "dropped": step.dropped, "left": step.left}
            for rule, step in zip(now.rules.rules, now.verdicts.funnel, strict=True)
        ]
        return {"kept": now.kept, "steps": steps, "waiting": now.waiting}

    def sheets(self, asked: Asked) -> dict[str, Any]:
        """What the move adds to the rows kept at the start, and what it loses."""
        now = self.live.move(asked.values, settle=asked.settle)
        found = self.live.sheets(now, asked.rule, _EACH)
        made = self.live.cards(now, [sheet for sheet, _ in found])
        cards = cards_json(made, {digest: digest for card in made.values() for digest in card.pictures})
        return {
            sheet.kind: {"count": count, "values": sheet.values, "cards": [cards[str(row)] for row in sheet.rows]}
            for sheet, count in found
        }

    def save(self, asked: Asked) -> dict[str, Any]:
        """A view cut by the moved rules, and its rule file beside it.

        Raises:
            UsageError: a name that a cut cannot have, or another one has; rules that keep nothing.
        """
        check_name(asked.name)
        store, now = self.live.index.store, self.live.move(asked.values, settle=False)
        if store.exists(cut_file(asked.name)):
            raise UsageError(f"there is a cut {asked.name} already; take another name")
        state = cut(store.location, asked.name, now.rules)
        store.publish_bytes(rule_file(asked.name), to_yaml(now.rules).encode())
        return {
            "name": state.name,
            "kept": state.kept,
            "train": state.train,
            "validation": state.validation,
            "file": rule_file(asked.name),
        }


def show(build: str, name: str, report: Callable[[], object], port: int) -> None:
    """Serve the live page of a cut, of the default rules without one, until interrupted.

    Where the build has not the scores of the default rules the report is served alone.

    Args:
        build: folder of the build.
        name: of the cut; empty for none.
        report: writes the report.
        port: to listen at; 0 takes a free one.

    Raises:
        UsageError: a build in a bucket, no such cut, one of other rows or scores, a port that is taken.
    """
    folder = check_local(build)
    page = f"audit/{name or WHOLE_BUILD}.html"
    say("reading rows and scores …")
    handler: Callable[..., LocalFiles]
    try:
        desk = Desk(open_live(open_store(build), name or None, DEFAULT, nearest), name, report, page)
        handler, page = partial(LiveHandler, desk=desk, folder=folder), ""
    except UsageError as error:
        if name:
            raise
        say(f"no thresholds to move: {error}")
        report()
        handler = partial(LocalFiles, directory=str(folder))
    with server(handler, port) as serving:
        say(f"http://127.0.0.1:{serving.server_address[1]}/{page}    stop with Ctrl+C")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            say("stopped")


class LiveHandler(LocalFiles):
    """The page at ``/``, its pictures, what it asks, and the build's files, the report among them."""

    def __init__(self, *request: Any, desk: Desk, folder: Path) -> None:
        self._desk = desk
        super().__init__(*request, directory=str(folder))

    def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
        """The page, a picture, or a file."""
        path = self.path.partition("?")[0]
        if path == "/":
            self._answer(self._desk.page(), "text/html; charset=utf-8")
        elif path.startswith("/picture/"):
            try:
                self._answer(self._desk.live.thumbnail(path.removeprefix("/picture/")), "image/webp")
            except (KeyError, UsageError) as error:
                self.send_error(HTTPStatus.NOT_FOUND, "no such picture", str(error))
        else:
            try:
                if path == f"/{self._desk.report_page}" and self.headers.get("Sec-Fetch-Site") != "cross-site":
                    self._desk.write_report()
            except UsageError as error:
                self.send_error(HTTPStatus.CONFLICT, "no report", str(error))
                return
            super().do_GET()

    def do_POST(self) -> None:  # noqa: N802
        """What the page asks, in JSON; an error is told as ``{"error": …}``."""
        answers = {"/move": self._desk.move, "/sheets": self._desk.sheets, "/save": self._desk.save}
        size = int(text) if (text := self.headers.get("Content-Length", "")).isdecimal() and len(text) < 10 else -1
        if not hmac.compare_digest(self.headers.get("X-Token", "").encode(), self._desk.token.encode()):
            self.send_error(HTTPStatus.FORBIDDEN, "not from the live page")
        elif self.path not in answers:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not 0 <= size <= _MOST_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {_MOST_BYTES:,} bytes, and say how many")
        else:
            body, status = self.rfile.read(size), HTTPStatus.OK
            try:
                told = answers[self.path](Asked.model_validate_json(body))
            except (UsageError, ValidationError, OSError) as error:
                told, status = {"error": str(error)}, HTTPStatus.BAD_REQUEST
            self._answer(script_json(told).encode(), "application/json", status)

    def _answer(self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=3600" if kind.startswith("image/") else "no-store")
        self.end_headers()
        self.wfile.write(data)
