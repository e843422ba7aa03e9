"""Human-Art, whose persons may be of stone."""

import json

from tests.support.points import (
    person,
    write_coco,
)
from tests.support.source_case import SourceCase, read_records


class TestHumanArt(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "humanart", "training"
    records, faults, built = 1, {}, 1

    def write(self, root):
        picture = "HumanArt/images/sculpture/7.jpg"
        file = "HumanArt/annotations/training_humanart.json"
        write_coco(root, file, {picture: picture}, [person(1, 1, "coco")], "coco", page_url="https://example.org/a")
        document = json.loads((root / file).read_text())
        document["images"][0]["category"] = "sculpture"
        document["categories"][0]["keypoints"] += ["left_finger", "right_finger", "left_toe", "right_toe"]
        (root / file).write_text(json.dumps(document))

    def test_statues_are_figures_and_the_inner_folder_will_do(self, root):
        outer, inner = (read_records(self.dataset, place, self.split)[0] for place in (root, root / "HumanArt"))
        assert outer.annotation == inner.annotation
        assert outer.annotation["noun"] == "figure"
        assert outer.files["picture"] == "HumanArt/" + inner.files["picture"]
        assert "https://example.org/a" in outer.licence

    def test_pictures_of_coco_lie_beside_it(self, root):
        write_coco(
            root,
            "HumanArt/annotations/training_humanart_coco.json",
            {"coco/train2017/7.jpg": "coco/train2017/7.jpg"},
            [person(1, 1, "coco")],
            "coco",
        )
        file = root / "HumanArt/annotations/training_humanart_coco.json"
        document = json.loads(file.read_text())
        document["images"][0]["category"] = None
        file.write_text(json.dumps(document))
        (record,) = read_records(self.dataset, root, "training_humanart_coco")
        assert record.fault is None
        assert record.files["picture"] == "coco/train2017/7.jpg"
