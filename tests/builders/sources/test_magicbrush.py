"""MagicBrush's sessions, from the archives and from InstructDiffusion's list."""

import numpy as np

from tests.support.pairs import drawn, save
from tests.support.source_case import SourceCase, records_of, source_of, write_json


class TestMagicBrush(SourceCase):
    dataset, split, tasks = "magicbrush", "train", ("edit",)
    records, faults, built = 7, {"invalid_record": 2, "empty_phrase": 1}, 4

    def write(self, root):
        folder = root / "train"
        turns = [("11-input", 1, "add a hat"), ("11-output1", 2, "Make it red.")]
        session = [
            {"input": f"{before}.png", "output": f"11-output{n}.png", "mask": f"11-mask{n}.png", "instruction": text}
            for before, n, text in turns
        ]
        broken = [{"input": "12-input.png", "output": "12-output1.png"}]
        wordless = [{"input": "13-input.png", "output": "13-output1.png", "mask": "", "instruction": " "}]
        plain = [{"input": "14-input.png", "output": "14-output1.png", "instruction": "remove the cat"}]
        write_json(folder / "edit_sessions.json", {"11": session, "12": broken, "13": wordless, "14": plain, "15": []})
        for at, name in enumerate(("11-input", "11-output1", "11-output2")):
            save(folder / f"images/11/{name}.png", drawn(seed=at))
        clear = np.dstack([drawn(), np.full((64, 96), 255, np.uint8)])
        for number, cut in ((1, np.s_[10:30, 20:40]), (2, np.s_[40:60, 60:90])):
            rubbed = clear.copy()
            rubbed[(*cut, 3)] = 0
            save(folder / f"images/11/11-mask{number}.png", rubbed)
        save(folder / "images/14/14-input.png", drawn(seed=5))
        save(folder / "images/14/14-output1.png", drawn(seed=6))


def test_magicbrush_gives_each_turn_and_the_whole(tmp_path):
    TestMagicBrush().write(tmp_path)
    found = {record.id: record for record in records_of(source_of("magicbrush", tmp_path)) if record.group == "11"}
    assert list(found) == ["11-1", "11-2", "11-whole"]
    assert found["11-2"].files["picture"] == found["11-1"].files["target"]
    assert found["11-whole"].files["picture"] == found["11-1"].files["picture"]
    assert found["11-whole"].files["target"] == found["11-2"].files["target"]
    assert "add a hat, then make it red" in found["11-whole"].annotation["instructions"]
    assert len(found["11-whole"].annotation["masks"]) == 2
    only = [record.id for record in records_of(source_of("magicbrush", tmp_path, turns="whole"))]
    assert only == ["11-whole", "12", "13-whole", "14-whole", "15"]
    # The split's own folder may be the root, as the release unpacks it.
    assert len(records_of(source_of("magicbrush", tmp_path / "train", turns="each"))) == 6


def test_a_session_that_jumps_has_no_whole(tmp_path):
    turn = {"mask": "", "instruction": "add a hat"}
    session = [turn | {"input": "a.png", "output": "b.png"}, turn | {"input": "c.png", "output": "d.png"}]
    write_json(tmp_path / "train/edit_sessions.json", {"1": session})
    *turns, whole = records_of(source_of("magicbrush", tmp_path))
    assert [record.fault for record in turns] == [None, None]
    assert whole.fault.reason == "invalid_record"


def test_instructdiffusions_list_gives_the_turns_of_a_picture_together(tmp_path):
    turns = [("11-input", "11-output1"), ("9/a", "9/b"), ("11-output1", "11-output2"), ("9/b", "9/c"), ("9/a", "9/d")]
    listed = [{"input": f"{a}.png", "edited": f"{b}.png", "instruction": f"make {b}"} for a, b in turns]
    write_json(tmp_path / "magic_train.json", [*listed, {"input": 3}, "nothing"])
    records = records_of(source_of("magicbrush", tmp_path))
    assert [(record.id, record.group) for record in records if not record.fault] == [
        *((f"11-{turn}", "11") for turn in (1, 2, "whole")),
        *((f"./9/a.png-{turn}", "./9/a.png") for turn in (1, 2, 3)),
    ]
    assert [record.fault.reason.value for record in records if record.fault] == ["invalid_record"] * 3
    assert records[2].files == {"picture": "11-input.png", "target": "11-output2.png"}
