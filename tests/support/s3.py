"""An S3 server in a process of its own (moto), and a proxy before it that loses requests and answers on purpose."""

import http.client
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import boto3
import s3fs

from ieiw.triplets.storage.store import open_store

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
_HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection", "te", "upgrade", "expect", "host"}


@contextmanager
def s3_server(log):
    """Start moto's server; yields its URL."""
    port = _free_port()
    with log.open("wb") as output:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def client(url):
    """A plain S3 client for looking at what is there."""
    return boto3.client(
        "s3", endpoint_url=url, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )


def objects(url, bucket, prefix):
    """Key below the prefix -> bytes."""
    s3 = client(url)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix + "/")
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    return {key.removeprefix(prefix + "/"): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


class FaultyProxy(ThreadingHTTPServer):
    """Passes requests on to a server, but for a share of them.

    Kinds of fault: ``500`` (never passed on), ``503``, ``reset`` (connection cut, never passed on), ``lost`` (passed on, but the
    answer is cut off), ``short`` (half of the answer's body).
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, target, share, kinds, seed=0):
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(target)
        self.upstream = (parts.hostname, parts.port)
        self.share, self.kinds = share, kinds
        self.random, self.guard = random.Random(seed), threading.Lock()
        self.faults = dict.fromkeys(kinds, 0)

    @property
    def url(self):
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def draw(self):
        """The fault of the next request, or none."""
        with self.guard:
            if self.random.random() >= self.share:
                return ""
            kind = self.random.choice(self.kinds)
            self.faults[kind] += 1
            return kind

    def handle_error(self, request, client_address):
        """Cut connections are what this is for."""


@contextmanager
def faulty_proxy(target, share=0.1, kinds=("500", "503", "reset", "lost", "short"), seed=0):
    """Run the proxy in a thread; yields it."""
    proxy = FaultyProxy(target, share, kinds, seed)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self):
        fault = self.server.draw()
        body = self._body()
        if fault == "reset":
            return self._cut()
        if fault in ("500", "503"):
            return self._answer(int(fault), [], b"<Error><Code>InternalError</Code></Error>")
        status, headers, data = self._forward(body)
        if fault == "lost":
            return self._cut()
        return self._answer(status, headers, data, short=fault == "short")

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815

    def _body(self):
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _forward(self, body):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        headers["Host"] = self.headers["Host"]
        headers["Content-Length"] = str(len(body))
        connection = http.client.HTTPConnection(*self.server.upstream, timeout=60)
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), data

    def _answer(self, status, headers, data, short=False):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP | {"content-length"}:
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), str(len(data)))
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if short else data)
        if short:
            self._cut()

    def _cut(self):
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_):
        """Quiet."""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port, server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("moto's server did not start")


def bucket_at(url, monkeypatch):
    """A new folder of the bucket ``builds`` of the server."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    s3fs.S3FileSystem.clear_instance_cache()
    return open_store(f"s3://builds/{uuid.uuid4().hex}")
