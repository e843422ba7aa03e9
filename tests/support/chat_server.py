"""A small OpenAI-compatible server in a process of its own: rewrites badly and well, and misbehaves on demand.

``python -m tests.support.chat_server LOG [--fail 503,429,half,cut,drop] [--retry-after TEXT] [--pause SECONDS] [--key KEY]
[--reason length] [--model FOLDER] [--die-after COUNT]``; prints its port. With ``--model`` a transformers model writes the
answers, else :func:`rewritten` does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

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
        if settings.die_after is not None:
            settings.die_after -= 1
            if settings.die_after < 0:
                os._exit(1)
        time.sleep(settings.pause)
        if settings.key and self.headers.get("Authorization") != f"Bearer {settings.key}":
            self._send(401, {"error": "wrong key"})
        elif settings.fail:
            self._misbehave(settings.fail.pop(0))
        else:
            text, ended = self.server.answer(body)  # type: ignore[attr-defined]
            reason = settings.reason if ended else "length"
            if settings.empty:
                settings.empty -= 1
                text, reason = None, "length"
            elif settings.parts:
                text = [
                    {"type": "reasoning", "reasoning": "x"},
                    *({"type": "text", "text": line} for line in text.splitlines(True)),
                ]
            message = {"role": "assistant", "content": text}
            self._send(200, {"choices": [{"message": message, "finish_reason": reason}], "usage": {"total_tokens": 10}})

    def _misbehave(self, how: str) -> None:
        if how in {"half", "cut"}:  # the server says that this is all, or that more was to come
            data = b'{"choices": [{"mess'
            self.send_response(200)
            self.send_header("Content-Length", str(len(data) + (99 if how == "cut" else 0)))
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
        if status == 429 and self.server.settings.retry_after:  # type: ignore[attr-defined]
            self.send_header("Retry-After", self.server.settings.retry_after)  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def parrot(body: dict) -> tuple[str, bool]:
    """What the server says by itself to a request, and whether that is all."""
    return rewritten(body["messages"][0]["content"].split("\n")[2], body["seed"]), True


def judge(said: list[str]):
    """As :func:`parrot`: marks for two pictures, after what it is told to say first."""

    def answer(body: dict) -> tuple[str, bool]:
        _, *pictures = body["messages"][0]["content"]
        good = [each["image_url"]["url"].startswith("data:image/png;base64,") for each in pictures] == [True, True]
        return said.pop(0) if said else '{"follows": 7, "keeps": 9, "clean": 4}' if good else "no pictures", True

    return answer


def replacer(nonsense: int):
    """As :func:`parrot`: the instruction of a replacement, after so many answers that say nothing of it."""
    left = [nonsense]

    def answer(body: dict) -> tuple[str, bool]:
        left[0] -= 1
        said = body["messages"][0]["content"]
        old, new = (re.search(rf"^.*{when}: ([^(\n]+)", said, re.MULTILINE)[1].strip() for when in ("before", "after"))
        sentence = "make it nicer" if left[0] >= 0 else f"replace the {old} with a {new}"
        return json.dumps({"instruction": sentence}), True

    return answer


def sampler(folder: str):
    """As :func:`parrot`, but a language model of transformers writes."""
    import torch

    import ieiw.models.diffusion  # noqa: F401 - lets transformers import torchvision beside a CPU build of torch
    from transformers import AutoModelForCausalLM, AutoTokenizer  # isort: skip

    torch.set_num_threads(1)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    one_at_a_time = Lock()

    def answer(body: dict) -> tuple[str, bool]:
        prompt = tokenizer(body["messages"][0]["content"], return_tensors="pt")["input_ids"][:, -64:]
        with one_at_a_time, torch.inference_mode():
            torch.manual_seed(body["seed"])
            most = min(body["max_tokens"], 96)
            written = model.generate(
                prompt, do_sample=True, temperature=body["temperature"], max_new_tokens=most,
                pad_token_id=tokenizer.eos_token_id,
            )[0, prompt.shape[1] :]  # fmt: skip
        return tokenizer.decode(written, skip_special_tokens=True), tokenizer.eos_token_id in written.tolist()

    return answer


def main() -> None:
    """Serve until the parent closes standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--fail", default="")
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--key", default="")
    parser.add_argument("--retry-after", default="")
    parser.add_argument("--reason", default="stop")
    parser.add_argument("--empty", type=int, default=0)  # answers whose content is null
    parser.add_argument("--parts", type=int, default=0)  # whether answers come as a list of parts
    parser.add_argument("--model", default="")
    parser.add_argument("--judge", default=None)  # JSON: what it says before it judges
    parser.add_argument("--replacer", type=int, default=None)  # how many answers are nonsense before it writes well
    parser.add_argument("--die-after", type=int, default=None)  # answers
    settings = parser.parse_args()
    settings.fail = [how for how in settings.fail.split(",") if how]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.settings = settings  # type: ignore[attr-defined]
    server.answer = sampler(settings.model) if settings.model else parrot  # type: ignore[attr-defined]
    if settings.judge is not None:
        server.answer = judge(json.loads(settings.judge))  # type: ignore[attr-defined]
    if settings.replacer is not None:
        server.answer = replacer(settings.replacer)  # type: ignore[attr-defined]
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
