"""Import a folder into FiftyOne, by its own command, and print every sample of every group as JSON.

Runs in a Python of its own, that has ``fiftyone`` and ``mongomock``: FiftyOne keeps its samples in MongoDB, which it downloads when
it is first used; a copy in memory takes its place here.
"""

import json
import os
import sys

import mongomock
import mongomock.codec_options
import pymongo
from mongomock.store import ServerStore

STORE = ServerStore()


class Client(mongomock.MongoClient):
    """What FiftyOne and mongoengine take for a server."""

    _closed = False

    def __init__(self, *_, **options):
        super().__init__(**{name: options[name] for name in ("host", "port") if name in options})
        self._store = STORE

    def server_info(self):
        return {"version": "7.0.0", "versionArray": [7, 0, 0, 0], "ok": 1.0}


mongomock.codec_options.is_supported = lambda _: None
mongomock.database.Database.with_options = lambda self, *_, **__: self
mongomock.collection.Collection.with_options = lambda self, *_, **__: self
pymongo.MongoClient = Client
os.environ |= {
    "FIFTYONE_DATABASE_URI": "mongodb://localhost:27017",
    "FIFTYONE_DISABLE_SERVICES": "1",
    "FIFTYONE_DO_NOT_TRACK": "true",
}

import fiftyone  # noqa: E402 - what it connects to is settled above

dataset = fiftyone.Dataset.from_dir(sys.argv[1], dataset_type=fiftyone.types.LegacyFiftyOneDataset)
found = []
for name in dataset.group_slices:
    dataset.group_slice = name
    for sample in dataset:
        values = {field: sample[field] for field in sample.field_names if field not in ("metadata", "group", "id")}
        values = {field: value for field, value in values.items() if not field.endswith("_at")}
        found.append(values | {"slice": sample.group.name, "group": str(sample.group.id)})
print(json.dumps({"media_type": dataset.media_type, "info": dataset.info, "samples": found}))
