"""BLIP-2 and any other captioner of transformers, on tiny models of the real classes."""

import gzip
import json
from importlib.resources import files

import numpy as np
import pytest
import torch

from ieiw.models.caption import blip2
from ieiw.models.protocols import CaptionJob
from ieiw.models.roles import CAPTION
from ieiw.models.torch_files import read_shapes
from ieiw.triplets.errors import UsageError
from tests.support.tiny_captioner import WORDS, blip2_folder, git_folder


def jobs(count=4):
    noise = np.random.default_rng(0).integers(0, 256, (count, 40, 60, 3), np.uint8)
    return [CaptionJob(each) for each in noise]


@pytest.fixture(scope="module", params=["opt", "t5"])
def folder(request, tmp_path_factory):
    return blip2_folder(tmp_path_factory.mktemp("blip2") / request.param, request.param)


def captioner(folder, **options):
    return CAPTION.make("blip2", {"weights": str(folder), "device": "cpu", "max_tokens": 6, **options})


def test_one_caption_a_picture_in_known_words_whatever_the_batch(folder):
    one = captioner(folder).caption(jobs())
    assert len(one) == 4 and captioner(folder, batch=3).caption(jobs()) == one
    assert any(one) and set(" ".join(one).split()) <= {word.strip("<>") for word in WORDS} | set(WORDS)


def test_the_prompt_is_heard_and_not_repeated(folder):
    plain, asked = captioner(folder), captioner(folder, prompt="a photo of")
    assert plain.describe() != asked.describe()
    assert not any(text.startswith("a photo of") for text in asked.caption(jobs()))


def test_the_answer_is_that_of_the_model_itself(folder):
    from PIL.Image import fromarray
    from transformers import Blip2ForConditionalGeneration, Blip2Processor

    model, processor = Blip2ForConditionalGeneration.from_pretrained(folder), Blip2Processor.from_pretrained(folder)
    inputs = processor(images=fromarray(jobs()[0].image), text="red dog", return_tensors="pt")
    written = model.generate(**inputs, do_sample=False, max_new_tokens=6)[0]
    start = inputs["input_ids"].shape[1] if model.language_model.config.model_type == "opt" else 0
    expected = processor.decode(written[start:], skip_special_tokens=True)
    assert captioner(folder, prompt="red dog").caption(jobs(1)) == [blip2_cleaned(expected)]


def blip2_cleaned(text):
    from ieiw.models.caption.common import cleaned

    return cleaned(text)


def test_settings_of_before_the_pictures_token_give_the_same_words(folder, tmp_path):
    kind = folder.name
    old = blip2_folder(tmp_path / "old", kind, image_token=False)
    assert captioner(old).caption(jobs()) == captioner(folder).caption(jobs())


def test_a_region_is_what_is_looked_at(folder):
    region = np.zeros((40, 60), bool)
    region[4:20, 4:20] = True
    picture = jobs(1)[0].image
    one = captioner(folder)
    changed = picture.copy()
    changed[30:, 40:] = 0
    assert one.caption([CaptionJob(picture, region)]) == one.caption([CaptionJob(changed, region)])


@pytest.mark.parametrize("name", ["blip2-opt-2.7b", "blip2-flan-t5-xl"])
def test_the_published_manifest_is_that_of_the_class_and_another_shape_is_refused(name, tmp_path, monkeypatch):
    published = json.loads(gzip.decompress(files("ieiw.models").joinpath(f"manifests/{name}.json.gz").read_bytes()))
    monkeypatch.setattr(blip2, "published", lambda folder: name)
    monkeypatch.setattr(blip2, "read_shapes", lambda folder: published)
    blip2.check(tmp_path)
    other = published | {"vision_model.embeddings.position_ids": [1, 257], "query_tokens": [1, 16, 768]}
    monkeypatch.setattr(blip2, "read_shapes", lambda folder: other)
    with pytest.raises(UsageError, match=r"1 tensors differ: query_tokens is \(1, 16, 768\), published \(1, 32, 768\)"):
        blip2.check(tmp_path)


def test_settings_tell_which_manifest_is_meant(tmp_path):
    for text, name in (
        ({"model_type": "opt", "hidden_size": 2560, "num_hidden_layers": 32}, "blip2-opt-2.7b"),
        ({"model_type": "t5", "d_model": 2048}, "blip2-flan-t5-xl"),
        ({"model_type": "opt", "hidden_size": 4096, "num_hidden_layers": 32}, ""),
    ):
        (tmp_path / "config.json").write_text(json.dumps({"model_type": "blip-2", "text_config": text}))
        assert blip2.published(tmp_path) == name
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "git", "text_config": {}}))
    with pytest.raises(UsageError, match=r"settings of git.*huggingface.co/Salesforce"):
        blip2.published(tmp_path)


def test_shapes_are_read_from_several_files_of_either_kind(tmp_path):
    torch.save({"a": torch.zeros(2, 3)}, tmp_path / "model-1.bin")
    torch.save({"b": torch.zeros(4)}, tmp_path / "model-2.bin")
    assert read_shapes(tmp_path) == {"a": (2, 3), "b": (4,)}
    (tmp_path / "model-2.bin").write_bytes(b"no")
    with pytest.raises(UsageError, match="model-2.bin: no weights that can be read"):
        read_shapes(tmp_path)
    with pytest.raises(UsageError, match="no weights"):
        read_shapes(tmp_path / "nowhere")


def test_any_other_model_captions_too(tmp_path):
    options = {"model": str(git_folder(tmp_path / "git")), "device": "cpu", "max_tokens": 6}
    plain = CAPTION.make("image-to-text", options)
    words = plain.caption(jobs())
    assert len(words) == 4 and any(words)
    assert CAPTION.make("image-to-text", options | {"batch": 3}).caption(jobs()) == words
    asked = CAPTION.make("image-to-text", options | {"prompt": "a photo of"}).caption(jobs())
    assert not any(text.startswith("a photo of") for text in asked)


def test_what_is_no_model_is_one_clear_error(tmp_path):
    with pytest.raises(UsageError, match=r"cannot be loaded"):
        CAPTION.make("image-to-text", {"model": str(tmp_path), "device": "cpu"}).caption(jobs(1))
    with pytest.raises(UsageError, match=r"no file .*nowhere.*backends.caption=labels"):
        CAPTION.make("blip2", {"weights": "/nowhere"})
