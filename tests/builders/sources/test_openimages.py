"""Open Images in its layouts: regions with what is told of them, and objects that their class alone tells apart."""

import zipfile
from collections import Counter

import cv2
import pytest

from ieiw.builders.opening import Opener
from ieiw.builders.replacement.quality import Good, QualityRules, good_regions
from ieiw.triplets.errors import UsageError
from tests.builders.replacement.pictures import box_mask
from tests.support.region_case import RegionCase, drawn
from tests.support.source_case import SourceCase, draw_picture, records_of, source_of

SIZE = (200, 160)
MASKS_HEAD = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks"
BOXES_HEAD = (
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"
)
CLASSES = {
    "/m/0bt9lr": "Dog",
    "/m/04_sv": "Motorcycle",
    "/m/01g317": "Person",
    "/m/04yx4": "Man",
    "/m/0k0": "Human face",
}
DOG, MOTORCYCLE, PERSON, MAN, FACE = CLASSES
STRANGE = "/m/none"
LEFT, RIGHT, SMALL = (10, 20, 60, 80), (120, 40, 60, 90), (30, 40, 20, 15)


def edges(box):
    x, y, width, height = box
    return f"{x / SIZE[0]:.6f},{(x + width) / SIZE[0]:.6f},{y / SIZE[1]:.6f},{(y + height) / SIZE[1]:.6f}"


class Layout:
    """Writes pictures, boxes and masks as Open Images lays them out."""

    def __init__(self, root, split="train"):
        self.root, self.split, self.masks, self.boxes = root, split, [], []

    def picture(self, name, *things):
        """A picture with things: label, box, flags of the box (``g``roup, ``d``epiction, ``i``nside, ``t``runcated)."""
        draw_picture(self.root / self.split / f"{name}.jpg", *SIZE, seed=len(self.masks))
        for number, (label, box, flags) in enumerate(things):
            told = ",".join(str(int(flag in flags)) for flag in "tgdi")
            self.boxes.append(f"{name},xclick,{label},1,{edges(box)},0,{told}")
            if "-" in flags:  # a box without a mask
                continue
            box_id = f"{number:08x}"
            path = f"{name}_{label.strip('/').replace('/', '')}_{box_id}.png"
            self.masks.append(f"{path},{name},{label},{box_id},{edges(box)},0.9,0.1 0.2 1")
            mask = cv2.resize(box_mask(*box, SIZE).astype("uint8") * 255, (320, 256), interpolation=cv2.INTER_NEAREST)
            (self.root / f"{self.split}-masks").mkdir(exist_ok=True)
            cv2.imwrite(str(self.root / f"{self.split}-masks" / path), mask)

    def write(self, boxes="oidv6-{}-annotations-bbox.csv", classes="class-descriptions-boxable.csv", head=""):
        lists = {
            f"{self.split}-annotations-object-segmentation.csv": [MASKS_HEAD, *self.masks],
            boxes.format(self.split): [BOXES_HEAD, *self.boxes],
            classes: [*filter(None, [head]), *(f"{label},{name}" for label, name in CLASSES.items())],
        }
        for name, lines in lists.items():
            (self.root / name).write_text("\n".join(lines) + "\n")


def write_set(root):
    layout = Layout(root)
    layout.picture("0a", (DOG, LEFT, ""), (MOTORCYCLE, RIGHT, ""))
    layout.picture("0b", (PERSON, LEFT, ""), (PERSON, RIGHT, ""))
    layout.picture("1c", (DOG, LEFT, "g"), (DOG, RIGHT, ""), (FACE, SMALL, ""))
    layout.picture("1d", (PERSON, LEFT, ""), (MAN, RIGHT, "-"), (MAN, SMALL, "-"), (STRANGE, RIGHT, ""))
    layout.picture("2e", (DOG, LEFT, "d"), (MOTORCYCLE, RIGHT, "i"))
    layout.picture("2f", (DOG, LEFT, ""))
    layout.write()
    (root / "train-masks" / "2f_m0bt9lr_00000000.png").unlink()
    masks = root / "train-annotations-object-segmentation.csv"
    masks.write_text(masks.read_text() + "three,fields,only\n")


class TestOpenImages(RegionCase):
    dataset, split = "openimages", "train"
    records, faults = 7, {"invalid_record": 1}
    regions, refused = 11, {"mask_unreadable": 1}
    write = staticmethod(write_set)


class TestOpenImagesObjects(SourceCase):
    dataset, split, options, tasks = "openimages", "train", {"records": "objects"}, ("removal", "addition", "refer")
    records = 13
    faults = {
        "invalid_record": 1,
        "ambiguous": 2,  # a dog beside dogs, a person beside men
        "crowd": 1,
        "phrase_unusable": 1,
        "empty_phrase": 1,
        "region_no_thing": 2,
    }
    built = 12  # dog, motorcycle, and a person on each side
    write = staticmethod(write_set)


@pytest.fixture
def root(tmp_path):
    write_set(tmp_path)
    return tmp_path


def record_of(source, name):
    return next(record for record in records_of(source) if record.id == name)


def test_a_region_knows_its_class_its_box_and_the_flags_of_the_box_it_was_drawn_in(root):
    record = record_of(source_of("openimages", root), "1c")
    dog, other, face = record.annotation["regions"]
    assert (dog["label"], dog["group"], dog["iou"]) == ("dog", True, 0.9)
    assert dog["relative_box"] == pytest.approx([10 / 200, 20 / 160, 60 / 200, 80 / 160], abs=1e-5)
    assert "group" not in other
    assert face["label"] == "human face"


def test_masks_of_another_size_are_brought_to_the_picture(root):
    source = source_of("openimages", root)
    dog, motorcycle = drawn(source, record_of(source, "0a"))
    assert dog.mask.shape == (SIZE[1], SIZE[0])
    assert (dog.label, dog.box, motorcycle.label, motorcycle.box) == ("dog", LEFT, "motorcycle", RIGHT)
    opened, _ = Opener(source).open(record_of(source, "0a"), "s")
    assert [type(found) for found in good_regions(opened, QualityRules(min_sharpness=0))] == [Good, Good]


def test_objects_are_called_by_their_class_and_by_their_side_where_there_are_two(root):
    records = records_of(source_of("openimages", root, records="objects"))
    said = {record.id: record.annotation["phrase"] for record in records if not record.fault}
    assert said == {
        "0a_m0bt9lr_00000000": "dog",
        "0a_m04_sv_00000001": "motorcycle",
        "0b_m01g317_00000000": "person on the left",
        "0b_m01g317_00000001": "person on the right",
        "2f_m0bt9lr_00000000": "dog",
    }


def test_the_lists_may_be_v7s_and_lie_in_annotations_and_the_masks_in_zips(tmp_path):
    layout = Layout(tmp_path, "validation")
    layout.picture("0a", (DOG, LEFT, ""))
    layout.picture("fb", (MOTORCYCLE, LEFT, ""))
    layout.write("{}-annotations-bbox.csv", "oidv7-class-descriptions-boxable.csv", "LabelName,DisplayName")
    (tmp_path / "annotations").mkdir()
    for file in tmp_path.glob("*.csv"):
        file.rename(tmp_path / "annotations" / file.name)
    (tmp_path / "images").mkdir()
    (tmp_path / "validation").rename(tmp_path / "images" / "validation")
    for mask in (tmp_path / "validation-masks").iterdir():
        with zipfile.ZipFile(tmp_path / f"validation-masks-{mask.name[0]}.zip", "w") as packed:
            packed.write(mask, mask.name)
        mask.unlink()
    source = source_of("openimages", tmp_path, "validation")
    assert sorted(found.label for record in records_of(source) for found in drawn(source, record)) == [
        "dog",
        "motorcycle",
    ]


@pytest.mark.parametrize(
    ("name", "before", "after", "message"),
    [
        ("train-annotations-object-segmentation.csv", "BoxID", "Box", r"segmentation\.csv: wrong_schema: .*BoxID"),
        ("oidv6-train-annotations-bbox.csv", "IsGroupOf", "Group", r"bbox\.csv: wrong_schema: .*IsGroupOf"),
        ("class-descriptions-boxable.csv", "/m/0bt9lr,", "", r"boxable\.csv, line 1: not `/m/…,name`"),
    ],
)
def test_another_list_than_the_official_one_is_one_clear_error(root, name, before, after, message):
    (root / name).write_text((root / name).read_text().replace(before, after))
    with pytest.raises(UsageError, match=message):
        records_of(source_of("openimages", root))


@pytest.mark.parametrize(
    "name", ["train-annotations-object-segmentation.csv", "class-descriptions-boxable.csv", "train", "train-masks"]
)
def test_what_is_missing_is_named(root, name):
    (root / name).rename(root / "elsewhere")
    source = source_of("openimages", root)
    with pytest.raises(UsageError, match=name):
        list(drawn(source, records_of(source)[0]))


def test_damaged_numbers_refuse_their_region_alone(root):
    masks = root / "train-annotations-object-segmentation.csv"
    masks.write_text(masks.read_text().replace("0.9,0.1 0.2 1", "much,0.1 0.2 1", 1))
    source = source_of("openimages", root)
    found = Counter(getattr(each, "reason", "good") for each in drawn(source, record_of(source, "0a")))
    assert found == {"invalid_record": 1, "good": 1}
