"""Training straight from shards."""

import ieiw.models  # noqa: F401 - lets torchvision, which diffusers imports, be imported beside a CPU build of torch
