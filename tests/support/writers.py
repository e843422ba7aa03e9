"""Writers for tests: an endpoint that is asked again at once, and what its server was asked."""

import json

from ieiw.models.write.endpoint import EndpointWriter


def requests(log):
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def quick(address, **changes):
    return EndpointWriter(address, **{"tries": 4, "first_pause": 0.01, "timeout": 5} | changes)
