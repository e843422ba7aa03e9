"""What every source of regions must keep, whatever form they come in: subclass, say what the layout holds, write it, done."""

import random
from collections import Counter

from ieiw.builders.opening import Opener
from ieiw.builders.record_kinds import Kind
from ieiw.builders.replacement.quality import QualityRules, good_regions
from ieiw.builders.replacement.regions import Refused, regions_of
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Refusal
from tests.support.mutations import damaged
from tests.support.source_case import RecordCase, records_of

TURNS = 60
_ODD = ("", "-1", "nan", "inf", "1e400", "x" * 300, "../../etc/passwd", "\0", '"', "\ud800")


class RegionCase(RecordCase):
    """Subclass as ``TestMyDataSet``: set the class attributes and write the official layout in ``write``."""

    regions: int
    """Regions that can be drawn."""
    refused: dict[str, int] = {}
    """Reason -> regions that cannot."""

    def test_every_region_is_drawn_or_refused(self, root):
        source = self.source(root)
        assert source.gives is Kind.REGIONED
        found = [region for record in records_of(source) for region in drawn(source, record)]
        assert Counter(region.reason.value for region in found if isinstance(region, Refused)) == self.refused
        assert len(found) - sum(self.refused.values()) == self.regions
        assert all(region.detail for region in found if isinstance(region, Refused))

    def test_damage_by_chance_costs_regions_or_records_and_never_the_run(self, root):
        files = {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.suffix in {".json", ".csv"}}
        for turn in range(TURNS):
            dice = random.Random(f"{type(self).__name__} {turn}")  # noqa: S311 - the same damage in every run
            path = dice.choice(list(files))
            data = files[path]
            path.write_bytes(damaged(data, False, dice) if path.suffix == ".json" else damaged_csv(data, dice))
            try:
                self.judge(root)
            except UsageError as error:
                assert "\n" not in str(error) and len(str(error)) < 1000, turn
            path.write_bytes(data)

    def judge(self, root):
        """Plan all records and judge all regions."""
        source = self.source(root)
        found = records_of(source)
        assert len({record.id for record in found}) == len(found)
        for record in found:
            assert record.fault is None or record.fault.detail
            list(drawn(source, record, lambda opened: good_regions(opened, QualityRules())))


def drawn(source, record, read=regions_of):
    """The regions of a record; none where it is refused as a whole."""
    opened = Opener(source).open(record, "s")
    if isinstance(opened, tuple):
        try:
            yield from read(opened[0])
        except Refusal as refusal:
            assert refusal.detail


def damaged_csv(data, dice):
    """A CSV with a value swapped for an odd one, a row cut or repeated, or its bytes damaged."""
    lines = data.decode().splitlines()
    at = dice.randrange(len(lines))
    kind = dice.choice(("odd", "odd", "odd", "cut", "again", "bytes"))
    if kind == "bytes":
        place = dice.randrange(len(data))
        return dice.choice((data[:place], data[:place] + b"\xff" + data[place:], b"\xef\xbb\xbf" + data))
    if kind == "again":
        lines.insert(at, lines[at])
    else:
        fields = lines[at].split(",")
        place = dice.randrange(len(fields))
        fields[place:] = fields[place + 1 :] if kind == "cut" else [dice.choice(_ODD), *fields[place + 1 :]]
        lines[at] = ",".join(fields)
    return "\n".join(lines).encode("utf-8", "replace")
