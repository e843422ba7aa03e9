"""MagicBrush and InstructPix2Pix as Hugging Face hands them out: Parquet files of the official schema."""

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ieiw.builders.formats.picture_columns import PictureColumns
from ieiw.triplets.errors import UsageError
from tests.builders.sources.test_magicbrush import TestMagicBrush as Folders
from tests.support.hub_rows import INSTRUCTPIX2PIX, MAGICBRUSH, PICTURE, magicbrush_rows, picture, write_rows
from tests.support.pairs import drawn, save
from tests.support.source_case import SourceCase, records_of, source_of


def _turns(tmp_path):
    """The rows of the folder form's whole session, of two turns."""
    Folders().write(tmp_path / "folders")
    file = tmp_path / "folders/train/edit_sessions.json"
    session = json.loads(file.read_text())["11"]
    file.write_text(json.dumps({"11": session}))
    return magicbrush_rows(tmp_path / "folders/train")


def _sample(folder, seed=1):
    """A pair of pictures as cells."""
    save(folder / f"{seed}_0.jpg", drawn(seed=seed))
    save(folder / f"{seed}_1.jpg", drawn(seed=seed + 50))
    return {"original_image": picture(folder / f"{seed}_0.jpg"), "edited_image": picture(folder / f"{seed}_1.jpg")}


class TestMagicBrushRows(SourceCase):
    dataset, split, tasks = "magicbrush", "train", ("edit",)
    records, faults, built = 10, {"invalid_record": 3, "empty_phrase": 1, "duplicate_record": 1}, 4

    def write(self, root):
        first, second = _turns(root.parent / "made")
        rows = [
            first,
            second,
            {**first, "img_id": "12", "turn_index": 2},  # its first turn is not there, but it makes a pair
            {**second, "img_id": "12", "turn_index": 3, "target_img": None},
            {**first, "img_id": "13", "instruction": None},
            {**first, "img_id": None},
            first,
            {**first, "turn_index": None},
        ]
        write_rows(root / "data/train-00000-of-00002-0123456789abcdef.parquet", MAGICBRUSH, rows[:3], rows_a_group=2)
        write_rows(root / "data/train-00001-of-00002-0123456789abcdef.parquet", MAGICBRUSH, rows[3:], rows_a_group=1)


class TestOxfordPetRows(SourceCase):
    dataset, split, tasks = "oxford-pet", "trainval", ("classify",)
    records, faults, built = 4, {"invalid_record": 2, "duplicate_record": 1}, 1

    def write(self, root):
        save(root.parent / "made/1.jpg", drawn())
        cell = picture(root.parent / "made/1.jpg")
        columns = {"image": PICTURE, "label": pa.int64(), "image_id": pa.string(), "label_cat_dog": pa.int64()}
        names = ["Abyssinian_1", "Abyssinian_1", "axolotl_3", None]
        rows = [{"image": cell, "label": 0, "image_id": name, "label_cat_dog": 0} for name in names]
        write_rows(root / "data/train-00000-of-00001.parquet", columns, rows)
        write_rows(root / "data/test-00000-of-00001.parquet", columns, [{**rows[0], "image_id": "pug_2.jpg"}])

    def test_all_is_both(self, root):
        source = source_of("oxford-pet", root, "all")
        last = records_of(source)[-1]
        assert (last.id, last.annotation["class"]) == ("pug_2", "pug")
        assert source.read(last.files["picture"])[:2] == b"\xff\xd8"
        assert [record.id for record in records_of(source_of("oxford-pet", root, "test"))] == ["pug_2"]


class TestInstructPix2PixRows(SourceCase):
    dataset, split, tasks = "instructpix2pix", "all", ("edit",)
    records, faults, built = 4, {"empty_phrase": 1}, 2

    def write(self, root):
        made = root.parent / "made"
        words = {"original_prompt": "a hill", "edit_prompt": "make it snow", "edited_prompt": "a hill in snow"}
        rows = [
            {**words, **_sample(made, 1)},
            {**words, **_sample(made, 2)},
            {**words, **_sample(made, 3), "edit_prompt": None},
            {**words, **_sample(made, 4), "edited_prompt": "another", "original_image": None},
        ]
        write_rows(root / "data/train-00000-of-00001-0123456789abcdef.parquet", INSTRUCTPIX2PIX, rows, rows_a_group=3)


@pytest.mark.parametrize("named", [True, False])
def test_rows_give_the_records_of_the_folders(tmp_path, named):
    _turns(tmp_path)
    write_rows(tmp_path / "rows/data/train-0.parquet", MAGICBRUSH, magicbrush_rows(tmp_path / "folders/train", named))
    folders, rows = source_of("magicbrush", tmp_path / "folders"), source_of("magicbrush", tmp_path / "rows")
    theirs, ours = records_of(folders), records_of(rows)
    assert [record.id for record in ours] == ["11-1", "11-2", "11-whole"]
    assert [replace(record, files={}) for record in ours] == [replace(record, files={}) for record in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert {role: rows.read(name) for role, name in mine.files.items()} == {
            role: folders.read(name) for role, name in other.files.items()
        }


def test_rows_of_a_session_may_lie_in_any_order(tmp_path):
    first, second = _turns(tmp_path)
    write_rows(tmp_path / "data/train-0.parquet", MAGICBRUSH, [second, {**first, "img_id": "9"}, first])
    records = records_of(source_of("magicbrush", tmp_path))
    assert [record.id for record in records] == ["11-1", "11-2", "11-whole", "9-1"]
    assert records[2].files["picture"] == "data/train-0.parquet#0/2/source_img"
    assert records[2].files["target"] == "data/train-0.parquet#0/0/target_img"


def test_a_session_whose_turns_do_not_follow_each_other_has_no_whole(tmp_path):
    first, second = _turns(tmp_path)
    back = {**second, "source_img": first["source_img"]}
    rows = [first, back, {**first, "img_id": "12"}, {**second, "img_id": "12", "turn_index": 3}]
    write_rows(tmp_path / "data/train-0.parquet", MAGICBRUSH, rows)
    faults = {
        record.id: record.fault.detail for record in records_of(source_of("magicbrush", tmp_path)) if record.fault
    }
    assert faults == {
        "11-whole": "train-0:0 11: a turn does not begin with the output of the one before",
        "12-whole": "train-0:2 12: only its turns 1, 3 are there",
    }


def test_names_that_tell_nothing_of_the_order_break_no_session(tmp_path):
    first, second = _turns(tmp_path)
    for number, row in enumerate((first, second)):
        for column in ("source_img", "target_img"):
            row[column] = {**row[column], "path": f"{column}_{number}.png"}
    write_rows(tmp_path / "data/train-0.parquet", MAGICBRUSH, [first, second])
    assert [record.fault for record in records_of(source_of("magicbrush", tmp_path))] == [None] * 3


def test_ids_outlive_a_new_upload_and_a_new_cut_of_the_row_groups(tmp_path):
    rows = [{"edit_prompt": f"make it {n}x", "original_prompt": f"{n}", **_sample(tmp_path, n)} for n in range(5)]
    ids = []
    for digest, size in (("0123456789abcdef", 2), ("fedcba9876543210", 5)):
        root = tmp_path / digest
        write_rows(root / f"data/train-00000-of-00001-{digest}.parquet", INSTRUCTPIX2PIX, rows, size)
        source = source_of("instructpix2pix", root, "all")
        ids.append([record.id for record in records_of(source)])
        assert [source.read(record.files["target"]) for record in records_of(source)] == [
            row["edited_image"]["bytes"] for row in rows
        ]
    assert ids[0] == ids[1] == [f"train-00000-of-00001:{n}" for n in range(5)]


@pytest.mark.parametrize(
    "at", ["data/train-00000-of-00001.parquet", "train-00000-of-00001.parquet", "default/train/0000.parquet"]
)
def test_files_are_found_where_they_circulate(tmp_path, at):
    row = {"edit_prompt": "make it snow", **_sample(tmp_path)}
    write_rows(tmp_path / "x" / at, INSTRUCTPIX2PIX, [row])
    source = source_of("instructpix2pix", tmp_path / "x", "all")
    assert list(source.inputs()) == [at]
    (record,) = records_of(source)
    assert record.annotation["instructions"] == ["make it snow"]


def test_prompts_are_cut_90_5_5_and_never_apart(tmp_path):
    cells = _sample(tmp_path)
    rows = [{"original_prompt": f"{n // 2}", "edit_prompt": "x", "edited_prompt": "y", **cells} for n in range(80)]
    write_rows(tmp_path / "data/train-0.parquet", INSTRUCTPIX2PIX, rows)
    cut = {part: records_of(source_of("instructpix2pix", tmp_path, part)) for part in ("train", "val", "test")}
    assert [len(found) for found in cut.values()] == [72, 4, 4]
    assert [record.split for record in cut["val"]] == ["val"] * 4
    assert len({record.group for found in cut.values() for record in found}) == 40


def test_the_sample_of_diffusers_is_read_by_its_own_names(tmp_path):
    columns = {"input_image": PICTURE, "edit_prompt": pa.string(), "edited_image": PICTURE}
    cells = _sample(tmp_path)
    row = {"input_image": cells["original_image"], "edit_prompt": "snow", "edited_image": cells["edited_image"]}
    write_rows(tmp_path / "data/train-0.parquet", columns, [row, row])
    records = records_of(source_of("instructpix2pix", tmp_path, "all"))
    assert [record.files["picture"] for record in records] == [
        f"data/train-0.parquet#0/{n}/input_image" for n in (0, 1)
    ]
    assert len({record.group for record in records}) == 2


def test_a_list_of_pairs_cannot_be_held_against_rows(tmp_path):
    write_rows(tmp_path / "data/train-0.parquet", INSTRUCTPIX2PIX, [])
    with pytest.raises(UsageError, match=r"options\.keep .*Parquet"):
        source_of("instructpix2pix", tmp_path, "all", keep="list.json").inputs()


def test_folders_win_where_both_are_there(tmp_path):
    _turns(tmp_path)
    write_rows(tmp_path / "folders/data/train-0.parquet", MAGICBRUSH, [])
    assert list(source_of("magicbrush", tmp_path / "folders").inputs()) == ["train/edit_sessions.json"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({**MAGICBRUSH, "mask_img": None}, r"wrong_schema: no column `mask_img`; it has img_id, "),
        ({**MAGICBRUSH, "turn_index": PICTURE}, r"column `turn_index` holds struct.*, not int64"),
        ({**MAGICBRUSH, "turn_index": pa.string()}, r"column `turn_index` holds string, not int64"),
        ({**MAGICBRUSH, "target_img": pa.struct([("path", pa.string())])}, r"`target_img` holds .*pictures embedded"),
        ({**MAGICBRUSH, "target_img": pa.string()}, r"`target_img` holds string, not the bytes"),
    ],
)
def test_another_schema_is_one_error_that_names_file_column_and_remedy(tmp_path, columns, told):
    columns = {name: kind for name, kind in columns.items() if kind is not None}
    write_rows(
        tmp_path / "data/train-0.parquet",
        columns,
        [{"turn_index": "first"} if columns.get("turn_index") == pa.string() else {}],
    )
    with pytest.raises(UsageError, match=rf"data/train-0\.parquet: .*{told}"):
        records_of(source_of("magicbrush", tmp_path))


def test_a_damaged_file_is_one_error(tmp_path):
    file = write_rows(tmp_path / "data/train-0-0123456789abcdef.parquet", MAGICBRUSH, _turns(tmp_path))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UsageError, match=r"train-0-0123456789abcdef\.parquet: corrupt_parquet.*download complete"):
        source_of("magicbrush", tmp_path).group_count()


def test_words_that_are_no_text_are_one_error(tmp_path):
    words = pa.array([b"make it red", b"\xff\xfe"]).cast(pa.string(), safe=False)
    file = write_rows(tmp_path / "data/train-0.parquet", MAGICBRUSH, _turns(tmp_path))
    table = pq.read_table(file)
    at = table.schema.get_field_index("instruction")
    pq.write_table(table.set_column(at, "instruction", words), file)
    with pytest.raises(UsageError, match=r"train-0\.parquet: corrupt_parquet: .*UTF"):
        source_of("magicbrush", tmp_path).group_count()


@pytest.mark.parametrize("other", ["train-00000-of-00002-fedcba9876543210", "train-00002-of-00031-0123456789abcdef"])
def test_files_of_two_uploads_are_one_error(tmp_path, other):
    for name in ("train-00000-of-00002-0123456789abcdef", "train-00001-of-00002-0123456789abcde0", other):
        write_rows(tmp_path / f"data/{name}.parquet", MAGICBRUSH, [])
    with pytest.raises(UsageError, match=f"{other}.* two uploads"):
        source_of("magicbrush", tmp_path).inputs()


def test_files_of_another_data_set_fit_nothing(tmp_path):
    write_rows(tmp_path / "data/train-0.parquet", INSTRUCTPIX2PIX, [])
    for dataset, split, column in (("magicbrush", "train", "turn_index"), ("oxford-pet", "trainval", "label_cat_dog")):
        with pytest.raises(
            UsageError, match=rf"train-0\.parquet: wrong_schema: no column `{column}`; it has original_pro"
        ):
            source_of(dataset, tmp_path, split).inputs()


def test_no_form_at_all_is_told_with_both(tmp_path):
    (tmp_path / "data").mkdir()
    write_rows(tmp_path / "data/dev-0.parquet", MAGICBRUSH, [])
    with pytest.raises(UsageError, match=r"edit_sessions\.json is missing.*data/train-\*\.parquet"):
        source_of("magicbrush", tmp_path).inputs()
    with pytest.raises(UsageError, match=r"seeds\.json is missing.*data/train-\*\.parquet"):
        source_of("instructpix2pix", tmp_path, "all").inputs()


def test_no_rows_are_no_groups(tmp_path):
    write_rows(tmp_path / "data/train-0.parquet", INSTRUCTPIX2PIX, [])
    assert source_of("instructpix2pix", tmp_path, "all").group_count() == 0


def test_a_row_group_is_planned_in_one_piece_and_unpacked_once(tmp_path, monkeypatch):
    cells = _sample(tmp_path)
    rows = [{"original_prompt": f"{n // 2}", "edit_prompt": "x", "edited_prompt": "y", **cells} for n in range(20)]
    for number, held in enumerate((rows[:11], rows[11:])):
        write_rows(tmp_path / f"data/train-{number}.parquet", INSTRUCTPIX2PIX, held, rows_a_group=4)
    source = source_of("instructpix2pix", tmp_path, "all")
    groups = [list(source.group(index)) for index in range(source.group_count())]
    assert [len(group) for group in groups] == [
        4,
        4,
        4,
        4,
        4,
    ]  # the sixth prompt begins in one file and ends in the other
    asked = []
    unpack = PictureColumns._unpacked
    monkeypatch.setattr(PictureColumns, "_unpacked", lambda self, *where: asked.append(where) or unpack(self, *where))
    for group in (groups[number] for number in (3, 0, 4, 2, 1)):
        for record in group:
            assert all(source.read(name)[:2] == b"\xff\xd8" for name in record.files.values())
    assert len(asked) == len(set(asked)) + 2  # only where the prompt crosses the border
    assert len(set(asked)) == 2 * 6


def test_planning_leaves_the_pictures_alone(tmp_path, monkeypatch):
    write_rows(tmp_path / "data/train-0.parquet", MAGICBRUSH, _turns(tmp_path))
    asked = []
    read = pq.ParquetFile.read
    monkeypatch.setattr(pq.ParquetFile, "read", lambda self, **how: asked.append(how["columns"]) or read(self, **how))
    records_of(source_of("magicbrush", tmp_path))
    assert asked == [["img_id", "turn_index", "instruction", "source_img.path", "mask_img.path", "target_img.path"]]


def test_what_datasets_writes_is_read(tmp_path):
    datasets = pytest.importorskip("datasets")
    first, second = _turns(tmp_path)
    kinds = {
        name: datasets.Image() if kind == PICTURE else datasets.Value(str(kind)) for name, kind in MAGICBRUSH.items()
    }
    columns = {name: [first[name], second[name]] for name in MAGICBRUSH}
    made = datasets.Dataset.from_dict(columns, features=datasets.Features(kinds))
    (tmp_path / "data").mkdir()
    made.to_parquet(str(tmp_path / "data/train-00000-of-00001.parquet"))
    source = source_of("magicbrush", tmp_path)
    turn = records_of(source)[1]
    assert source.read(turn.files["mask0"]) == second["mask_img"]["bytes"]
