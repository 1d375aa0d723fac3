"""Direct preference optimisation (Rafailov et al. 2023) on pairs of answers; the model before training is the reference."""

from __future__ import annotations

import argparse
from typing import Any, Sequence

from datasets import Dataset
from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
from trl import DPOConfig, DPOTrainer

from . import model
from .dataset import Row
from .model import Prepared
from .segments import preference, without_end


def prepare(options: argparse.Namespace, train: Sequence[Row], validation: Sequence[Row], callbacks: list) -> Prepared:
    """Renders the pairs and builds the trainer. Raises ValueError, for people, where no row is left or the model doesn't fit."""
    tokenizer = model.load_processor(options)
    counts = {"too_long": 0}
    sets = []
    for rows in (train, validation):
        rendered = []
        for row in rows:
            pair = _render(tokenizer, row)
            if _length(tokenizer, pair) > options.max_length:
                counts["too_long"] += 1
            else:
                rendered.append(pair)
        sets.append(rendered)
    if not sets[0]:
        raise ValueError(f"No row is left to train on: {counts['too_long']} are longer than --max-length {options.max_length} tokens.")

    base = model.load_model(options)
    if base.config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES:
        raise ValueError(f"{options.model} is a vision-language model; preference training takes language models. Use --method sft --vision.")
    base, adapter = model.with_adapter(base, options)
    config = DPOConfig(
        **model.trainer_settings(options, bool(sets[1])),
        beta=options.beta,
        # Long rows are left out above: a cut one would teach half an answer.
        max_length=None,
        max_prompt_length=None,
        max_completion_length=None,
    )
    trainer = DPOTrainer(
        model=base,
        ref_model=None,  # the model with the new adapter switched off
        args=config,
        train_dataset=Dataset.from_list(sets[0]),
        eval_dataset=Dataset.from_list(sets[1]) if sets[1] else None,
        processing_class=tokenizer,
        peft_config=adapter,
        callbacks=callbacks,
    )
    return Prepared(trainer, len(sets[0]), len(sets[1]), counts["too_long"])


def _render(tokenizer: Any, row: Row) -> dict[str, str]:
    render = model.renderer(tokenizer, row.tools)
    prompt, chosen = preference(row.messages, row.preferred, render)
    _, rejected = preference(row.messages, row.non_preferred, render)
    # The trainer appends the end mark to both answers itself.
    return {"prompt": prompt, "chosen": without_end(chosen, tokenizer.eos_token), "rejected": without_end(rejected, tokenizer.eos_token)}


def _length(tokenizer: Any, pair: dict[str, str]) -> int:
    prompt, chosen, rejected = (len(tokenizer(pair[key], add_special_tokens=False)["input_ids"]) for key in ("prompt", "chosen", "rejected"))
    return prompt + max(chosen, rejected) + 1
