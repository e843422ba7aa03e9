"""Fixtures that several packages' tests share."""

import pytest
from hypothesis import settings

import ieiw.models.diffusion  # noqa: F401 - before any test imports open_clip or transformers
from tests.support.tiny_build import tiny_build

# The same examples in every run: a red test is a change's own. `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")


@pytest.fixture
def tiny(tmp_path):
    """A small complete build of two sources and three tasks."""
    return tiny_build(tmp_path / "build")


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """A causal language model of a few thousand numbers, with a tokenizer of words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-lm")
    words = ["<s>", "</s>", "<unk>", "\n", "remove", "please", "the", "picture", "erase", "away", "take"]
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "removed")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
