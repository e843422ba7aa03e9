"""Every kind of record has fields, and what a record lacks is named."""

from ieiw.builders.record_kinds import FIELDS, Kind, lacking
from ieiw.triplets.records import Record


def test_every_kind_has_fields_and_what_a_record_lacks_is_named():
    assert set(FIELDS) == set(Kind)
    assert all(form.files or form.annotation for forms in FIELDS.values() for form in forms)
    record = Record("1", "1", {"picture": "1.jpg", "mask": "1.png"}, {"expressions": ["dog"]}, "train")
    assert lacking(Kind.DEPTH, record) == ["annotation.units_per_metre", "files.depth"]
    assert lacking(Kind.EDITED, record) == ["annotation.instructions", "files.target"]
    assert lacking(Kind.REFERRED, Record("1", "1", record.files, {"expressions": [], "mask_coding": ""}, "")) == []
