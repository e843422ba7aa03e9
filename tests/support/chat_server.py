"""A small OpenAI-compatible server in a process of its own: rewrites badly and well, and misbehaves on demand.

``python -m tests.support.chat_server LOG [--fail 503,429,half] [--pause SECONDS] [--key KEY]``; prints its port.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODEL = "parrot-1"


def rewritten(template: str, seed: int) -> str:
    """Good lines and every kind of bad one."""
    names = re.findall(r"\{[a-z_]+\}", template)
    lost = template.replace(names[0], "it") if names else "word"
    swapped = template.replace("left", "right") if "left" in template else f"{template} on the left"
    return "\n".join(
        [
            "<think>The user wants variety.\nLet me see.</think>",
            "Here are the rewritten instructions:",
            f"1. would you kindly {template}",
            f'2) "{template} for me, round {seed}"',
            f"- {template.upper().translate({})}" if not names else f"- {lost}",
            f"* do not {template}",
            swapped,
            f"{template}!",
            f"{template} {{extra}}",
            " ".join([template] + ["very"] * 40),
        ]
    )


class Handler(BaseHTTPRequestHandler):
    """Answers ``/v1/models`` and ``/v1/chat/completions``."""

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def do_GET(self) -> None:
        self._send(200, {"data": [{"id": MODEL}]} if self.path == "/v1/models" else {"error": "no such page"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        settings = self.server.settings  # type: ignore[attr-defined]
        with Path(settings.log).open("a") as log:
            log.write(json.dumps({"path": self.path, "body": body, "key": self.headers.get("Authorization")}) + "\n")
        time.sleep(settings.pause)
        if settings.key and self.headers.get("Authorization") != f"Bearer {settings.key}":
            self._send(401, {"error": "wrong key"})
        elif settings.fail:
            self._misbehave(settings.fail.pop(0))
        else:
            template = body["messages"][0]["content"].split("\n")[2]
            self._send(
                200, {"choices": [{"message": {"role": "assistant", "content": rewritten(template, body["seed"])}}]}
            )

    def _misbehave(self, how: str) -> None:
        if how == "half":
            data = b'{"choices": [{"mess'
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        elif how == "drop":
            self.connection.close()
        else:
            self._send(int(how), {"error": "busy"})

    def _send(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    """Serve until the parent closes standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--fail", default="")
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--key", default="")
    settings = parser.parse_args()
    settings.fail = [how for how in settings.fail.split(",") if how]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.settings = settings  # type: ignore[attr-defined]
    print(server.server_address[1], flush=True)
    server.serve_forever()


@contextmanager
def chat_server(log: Path, *arguments: str):
    """The address of a server that runs while the block does."""
    command = [sys.executable, "-m", "tests.support.chat_server", str(log), *arguments]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env={"PYTHONPATH": str(root)})
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
