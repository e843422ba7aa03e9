"""The live page of a tiny build, served by this process."""

import threading
from contextlib import contextmanager
from functools import partial

from ieiw.apps.audit.live import Desk, LiveHandler
from ieiw.apps.audit.serve import server
from ieiw.pipelines.audit.live import open_live
from ieiw.pipelines.cut.decontaminate import nearest
from ieiw.pipelines.cut.default_rules import DEFAULT


@contextmanager
def live_page(tiny, name="strict", report=lambda: None):
    """(address, desk) while it is served."""
    desk = Desk(open_live(tiny.store, name or None, DEFAULT, nearest), name, report, f"audit/{name or 'build'}.html")
    with server(partial(LiveHandler, desk=desk, folder=tiny.path)) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}", desk
        serving.shutdown()
