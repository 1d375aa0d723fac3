"""Supervised fine-tuning: the loss is on the assistant's messages alone, but for those of weight 0."""

from __future__ import annotations

import argparse
from typing import Any, Sequence

import torch
from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from . import model, vision
from .dataset import Row
from .model import Prepared
from .segments import examples, mask

IGNORED = -100


def prepare(options: argparse.Namespace, train: Sequence[Row], validation: Sequence[Row], callbacks: list) -> Prepared:
    """Tokenises, masks, and builds the trainer. Raises ValueError, for people, where no row is left or the model doesn't fit."""
    processor = model.load_processor(options)
    encode = vision.encode if options.vision else _encode
    counts = {"too_long": 0}
    sets = []
    for rows in (train, validation):
        encoded = []
        for row in rows:
            for item in encode(processor, row):
                if item["length"] > options.max_length:
                    counts["too_long"] += 1
                else:
                    encoded.append(item)
        sets.append(encoded)
    if not sets[0]:
        raise ValueError(f"No row is left to train on: {counts['too_long']} are longer than --max-length {options.max_length} tokens.")

    base, adapter = model.with_adapter(model.load_model(options), options)
    config = SFTConfig(
        **model.trainer_settings(options, bool(sets[1])),
        max_length=None,
        packing=False,
        # The rows are tokenised and masked already: the trainer's own masks know neither weights nor templates without markers.
        dataset_kwargs={"skip_prepare_dataset": True},
    )
    trainer = SFTTrainer(
        model=base,
        args=config,
        train_dataset=Dataset.from_list(sets[0]),
        eval_dataset=Dataset.from_list(sets[1]) if sets[1] else None,
        processing_class=processor,
        data_collator=vision.Collator(processor) if options.vision else Collator(processor.pad_token_id),
        peft_config=adapter,
        callbacks=callbacks,
    )
    return Prepared(trainer, len(sets[0]), len(sets[1]), counts["too_long"])


def _encode(tokenizer: Any, row: Row) -> list[dict[str, Any]]:
    items = []
    for example in examples(row.messages, model.renderer(tokenizer, row.tools)):
        # The template has written the special tokens.
        encoded = tokenizer(example.text, add_special_tokens=False, return_offsets_mapping=True)
        ids = encoded["input_ids"]
        counts = mask(encoded["offset_mapping"], example.spans)
        items.append({"input_ids": ids, "labels": [i if c else IGNORED for i, c in zip(ids, counts)], "length": len(ids)})
    return items


class Collator:
    """Pads a batch on the right; padding is neither attended to nor learnt."""

    def __init__(self, pad: int) -> None:
        self._pad = pad

    def __call__(self, items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        longest = max(item["length"] for item in items)
        ids, labels, attention = [], [], []
        for item in items:
            gap = longest - item["length"]
            ids.append(item["input_ids"] + [self._pad] * gap)
            labels.append(item["labels"] + [IGNORED] * gap)
            attention.append([1] * item["length"] + [0] * gap)
        return {"input_ids": torch.tensor(ids), "labels": torch.tensor(labels), "attention_mask": torch.tensor(attention)}
