"""Which data sets show the same pictures, by their numbers or by their looks."""

import pytest

from ieiw.builders.benchmark_overlap import evaluations_looking_alike, evaluations_sharing, picture_name, spaces


def test_a_data_set_knows_the_evaluations_that_share_its_pictures():
    assert ("refcoco", "testA") in evaluations_sharing("coco-keypoints", "train2017")
    assert ("magicbrush", "test") in evaluations_sharing("coco-stuff", "train2017")
    assert ("coco-keypoints", "val2017") not in evaluations_sharing("coco-stuff", "train2017")
    assert ("gqa-inpaint", "test") in evaluations_sharing("phrasecut", "train")
    assert evaluations_sharing("gopro", "train") == []


def test_sets_that_renamed_their_pictures_are_told_apart_from_those_that_ids_can_hold_out():
    assert ("crowdpose", "test") in evaluations_looking_alike("coco-stuff", "train2017")
    assert ("crowdpose", "test") not in evaluations_sharing("coco-stuff", "train2017")
    assert {("crowdpose", "test")} == set(evaluations_looking_alike("mpii", "train"))
    assert {("coco-keypoints", "val2017"), ("mpii", "valid"), ("aic", "validation")} <= set(
        evaluations_looking_alike("crowdpose", "train")
    )
    assert ("crowdpose", "test") not in evaluations_looking_alike("crowdpose", "train")
    assert set(evaluations_looking_alike("clwd", "train")) == {("pascal-voc", "val"), ("pascal-context", "val")}
    assert evaluations_looking_alike("pascal-voc", "train") == [("clwd", "test")]
    assert evaluations_looking_alike("ade20k-847", "training") == []
    assert evaluations_sharing("ade20k-847", "training") == []
    assert evaluations_sharing("ade20k-847", "validation") == [("ade20k-150", "validation")]


@pytest.mark.parametrize("text", ["139", "000000000139", "COCO_train2014_000000000139.jpg", "images/000000000139"])
def test_coco_s_numbers_are_the_same_however_they_are_written(text):
    assert picture_name("coco", text) == "coco:139"


def test_a_data_set_without_spaces_counts_its_own_pictures():
    assert spaces("nyuv2") == {"nyuv2"}
    assert spaces("gqa-inpaint") == {"visual-genome", "coco"}
