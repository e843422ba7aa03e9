"""AP-10K, whose animals are called by their species."""

from tests.support.points import (
    person,
    write_coco,
)
from tests.support.source_case import SourceCase, read_records


class TestAP10K(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "ap10k", "train-split1"
    records, faults, built = 1, {}, 1

    def write(self, root):
        file = "annotations/ap10k-train-split1.json"
        write_coco(root, file, {"7.jpg": "data/7.jpg"}, [person(1, 1, "ap10k")], "ap10k", category="alouatta")

    def test_species_get_their_common_name(self, root):
        assert read_records(self.dataset, root, self.split)[0].annotation["noun"] == "howler monkey"
