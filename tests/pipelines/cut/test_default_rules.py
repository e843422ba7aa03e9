"""The default rules speak of the tasks that say of themselves what they are."""

from ieiw.pipelines.cut.default_rules import DEFAULT


def test_quality_counts_for_photographs_and_paint_for_pairs():
    tasks = {rule.name: rule.tasks for rule in DEFAULT.rules}
    photographs = ("removal", "addition", "edit", "deblur", "denoise", "watermark-removal", "replacement")
    pairs = ("removal", "addition")
    quality = ("blurred-target", "noisy-target", "blocky-target", "low-target", "large-gap")
    paint = ("nothing-changed", "changed-elsewhere", "visible-seam", "flat-fill")
    assert tasks == dict.fromkeys(quality, photographs) | dict.fromkeys(paint, pairs)
