"""Tiny captioners of the real classes, saved as published models are."""

from pathlib import Path
from typing import Any

WORDS = ["<pad>", "<s>", "</s>", "<unk>", "a", "photo", "of", "red", "blue", "dog", "cat", "on", "the", "sofa"]
VISION = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 28,
    "patch_size": 14,
}
OPT = {"ffn_dim": 64, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "word_embed_proj_dim": 32}
T5 = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2, "feed_forward_proj": "gated-gelu"}


def tokenizer() -> Any:
    """Of whole words; adds a start, as OPT's does."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    return PreTrainedTokenizerFast(tokenizer_object=inner, **names)


def blip2_folder(folder: Path, text: str = "opt", image_token: bool = True) -> Path:
    """BLIP-2 over ``opt`` or ``t5``; without ``image_token`` its settings are as they were before 2024."""
    from ieiw.models.torchvision_operators import declare_operators_on_import

    declare_operators_on_import()
    import torch
    from transformers import (
        Blip2Config,
        Blip2ForConditionalGeneration,
        Blip2Processor,
        BlipImageProcessor,
        OPTConfig,
        T5Config,
    )

    ids = {"vocab_size": 20, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    own = OPTConfig(**OPT, **ids) if text == "opt" else T5Config(**T5, **ids, decoder_start_token_id=0)
    query = {**VISION, "encoder_hidden_size": 32, "vocab_size": 20}
    config = Blip2Config(
        vision_config=VISION,
        qformer_config={name: value for name, value in query.items() if name not in {"image_size", "patch_size"}},
        text_config=own.to_dict(),
        num_query_tokens=4,
        image_token_index=len(WORDS) if image_token else None,
    )
    processor = Blip2Processor(BlipImageProcessor(size={"height": 28, "width": 28}), tokenizer(), 4)
    processor.num_query_tokens = 4 if image_token else None
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = Blip2ForConditionalGeneration(config)
        for (
            value
        ) in model.parameters():  # published models start from far smaller numbers: these words would all be one
            value.data.mul_(5)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def git_folder(folder: Path) -> Path:
    """GIT: the picture's tokens stand before the words."""
    from ieiw.models.torchvision_operators import declare_operators_on_import

    declare_operators_on_import()
    import torch
    from transformers import CLIPImageProcessor, GitConfig, GitForCausalLM, GitProcessor

    sizes = {
        name: VISION[name] for name in ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    }
    config = GitConfig(vision_config=VISION, **sizes, vocab_size=20, pad_token_id=0, bos_token_id=1, eos_token_id=2)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = GitForCausalLM(config)
        for value in model.parameters():
            value.data.mul_(5)
    model.save_pretrained(folder)
    size = {"size": {"shortest_edge": 28}, "crop_size": {"height": 28, "width": 28}}
    GitProcessor(CLIPImageProcessor(**size), tokenizer()).save_pretrained(folder)
    return folder
