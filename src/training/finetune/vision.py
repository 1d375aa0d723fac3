"""Rows with images, for the supervised trainer: the processor replaces each image's mark by as many tokens as the image has."""

from __future__ import annotations

import io
from typing import Any

import torch
from PIL import Image

from . import images, model
from .dataset import Row
from .rules import image_urls
from .segments import examples

IGNORED = -100


def encode(processor: Any, row: Row) -> list[dict[str, Any]]:
    """Text, images (as their data URLs) and the spans of tokens that the loss is on."""
    urls = [url for message in row.messages for url in image_urls(message)]
    items = []
    for example in examples(row.messages, model.renderer(processor, row.tools), vision=True):
        pictures = [_open(url) for url in urls[: example.images]]
        whole = _ids(processor, example.text, pictures)
        spans = []
        for (start, end), before in zip(example.spans, example.images_before):
            first, last = _ids(processor, example.text[:start], pictures[:before]), _ids(processor, example.text[:end], pictures[:before])
            if whole[: len(first)] != first or whole[: len(last)] != last:
                raise ValueError(f"Line {row.line}: the tokens of this model's messages run into one another, so that their loss can't be told apart.")
            spans.append([len(first), len(last)])
        items.append({"text": example.text, "pictures": urls[: example.images], "spans": spans, "length": len(whole)})
    return items


class Collator:
    """Opens the images of a batch and lets the processor make tensors of it."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def __call__(self, items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        pictures = [[_open(url) for url in item["pictures"]] for item in items]
        batch = self._processor(
            text=[item["text"] for item in items],
            images=pictures if any(pictures) else None,
            padding=True,
            add_special_tokens=False,
            return_tensors="pt",
        )
        labels = torch.full_like(batch["input_ids"], IGNORED)
        for i, item in enumerate(items):
            for start, end in item["spans"]:
                labels[i, start:end] = batch["input_ids"][i, start:end]
        batch["labels"] = labels
        return dict(batch)


def _ids(processor: Any, text: str, pictures: list[Image.Image]) -> list[int]:
    encoded = processor(text=[text], images=[pictures] if pictures else None, add_special_tokens=False)["input_ids"][0]
    return list(encoded)


def _open(url: str) -> Image.Image:
    return Image.open(io.BytesIO(images.decode(url))).convert("RGB")
