"""GIER's pairs in both lists."""

import cv2

from tests.support.pairs import drawn, save
from tests.support.source_case import SourceCase, records_of, source_of, write_json


class TestGier(SourceCase):
    dataset, split, tasks = "gier", "train", ("edit",)
    records, faults, built = 6, {"invalid_record": 2, "duplicate_record": 1, "empty_phrase": 1}, 1

    def write(self, root):
        def entry(number, **more):
            names = {"input": f"{number}_a.jpg", "output": f"{number}_b.jpg"}
            words = {"expert_summary": ["brighten it"], "amateur_summary": [float("nan"), "Brighten it."]}
            return names | words | {"operator": {"brightness": {"local": False, "ids": []}}} | more

        unsaid = entry(3, expert_summary=[], amateur_summary=float("nan"))
        cut = entry(2, operator={"crop": {"local": True, "ids": [0]}})
        write_json(root / "GIER.json", [entry(1), cut, entry(1), unsaid, {"input": 7}, "nothing"])
        save(root / "images/1_a.jpg", drawn(seed=1))
        save(root / "images/1_b.jpg", cv2.add(drawn(seed=1), 60))
        save(root / "images/2_a.jpg", drawn(seed=1))
        save(root / "images/2_b.jpg", drawn(seed=1)[:40, :60])


class TestGierOfInstructDiffusion(SourceCase):
    dataset, split, tasks = "gier", "train", ("edit",)
    records, faults, built = 4, {"empty_phrase": 1}, 2

    def write(self, root):
        names = [{"input": f"{n}_a.jpg", "output": f"{n}_b.jpg"} for n in range(4)]
        words = [["brighten it", float("nan")], ["darken it"], ["crop it"], []]
        write_json(root / "GIER_new.json", [name | {"prompts": each} for name, each in zip(names, words, strict=True)])
        for number, folder in ((0, "images"), (1, "warped"), (2, "images")):
            save(root / folder / f"{number}_a.jpg", drawn(seed=number))
            target = drawn(seed=number + 9)
            save(root / folder / f"{number}_b.jpg", target[:40, :60] if number == 2 else target)
        save(root / "images/1_a.jpg", drawn(seed=1)[:30])  # the one that was warped is not taken

    def test_the_aligned_picture_is_taken_where_there_is_one(self, root):
        files = {record.group: record.files for record in records_of(self.source(root)) if not record.fault}
        assert files["0_a.jpg"]["picture"] == "images/0_a.jpg"
        assert files["1_a.jpg"] == {"picture": "warped/1_a.jpg", "target": "warped/1_b.jpg"}


def test_gier_aligns_unless_the_words_are_about_the_frame(tmp_path):
    TestGier().write(tmp_path)
    register = {r.group: r.annotation["register"] for r in records_of(source_of("gier", tmp_path)) if not r.fault}
    assert register == {"1_a.jpg": True, "2_a.jpg": False}
