"""From a conversation to text with the parts that count for the loss. Pure: the chat template comes in as a function."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Callable, Sequence

Render = Callable[[list[dict], bool], str]
"""Renders messages with the model's chat template; with True it ends with the opening of the assistant's next message."""


@dataclass(frozen=True)
class Example:
    """A text, its [start, end) spans that the loss is on, in characters, and how many images stand before each span and in all."""

    text: str
    spans: tuple[tuple[int, int], ...]
    images_before: tuple[int, ...] = ()
    images: int = 0


def for_template(messages: Sequence[dict], vision: bool) -> list[dict]:
    """Messages as chat templates take them: arguments as objects, no null content, `developer` as `system`, parts as text or image marks."""
    result = []
    for message in messages:
        plain = {key: value for key, value in message.items() if key not in ("weight", "refusal", "name")}
        plain["role"] = "system" if message["role"] == "developer" else message["role"]
        plain["content"] = _content(message, vision)
        if message.get("tool_calls"):
            plain["tool_calls"] = [
                {**call, "function": {**call["function"], "arguments": json.loads(call["function"]["arguments"])}} for call in message["tool_calls"]
            ]
        result.append(plain)
    return result


def _content(message: dict, vision: bool) -> str | list[dict]:
    content = message.get("content")
    if content is None:
        content = message.get("refusal") or ""
    if vision:
        if isinstance(content, str):
            return [{"type": "text", "text": content}] if content else []
        return [{"type": "image"} if part["type"] == "image_url" else part for part in content]
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def trained_turns(messages: Sequence[dict]) -> list[int]:
    """Positions of the messages that the loss is on: the assistant's, but for those of weight 0."""
    return [i for i, message in enumerate(messages) if message["role"] == "assistant" and message.get("weight") != 0]


def examples(messages: Sequence[dict], render: Render, vision: bool = False) -> list[Example]:
    """The conversation as one example where the template only ever appends, otherwise one for each message to learn.

    Some templates rewrite the past (they drop the reasoning of earlier turns, say): then the text up to a turn is no beginning of the whole,
    and a mask over the whole would train what the model never sees so. Such a conversation becomes an example for each trained turn.
    """
    turns = trained_turns(messages)
    plain = for_template(messages, vision)
    pictures = [sum(part["type"] == "image" for part in m["content"]) if isinstance(m["content"], list) else 0 for m in plain]
    if not turns:
        return []
    whole = render(plain[: turns[-1] + 1], False)
    spans = []
    for turn in turns:
        before, after = render(plain[:turn], True), render(plain[: turn + 1], False)
        if not (after.startswith(before) and len(after) > len(before)):
            raise ValueError(
                f"The model's chat template renders message {turn} other than as a continuation of its generation prompt: it can't be trained with. "
                "Choose a model whose template appends the assistant's message to the prompt."
            )
        if not whole.startswith(after):
            return [_alone(plain, t, render, pictures) for t in turns]
        spans.append((len(before), len(after)))
    return [Example(whole, tuple(spans), tuple(sum(pictures[:t]) for t in turns), sum(pictures[: turns[-1] + 1]))]


def _alone(plain: list[dict], turn: int, render: Render, pictures: list[int]) -> Example:
    before, after = render(plain[:turn], True), render(plain[: turn + 1], False)
    if not after.startswith(before):
        raise ValueError(f"The model's chat template renders message {turn} other than as a continuation of its generation prompt.")
    return Example(after, ((len(before), len(after)),), (sum(pictures[:turn]),), sum(pictures[: turn + 1]))


def mask(offsets: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Which tokens the loss is on, by their [start, end) characters: those that begin within a span. A token of no characters has none."""
    return [end > start and any(first <= start < last for first, last in spans) for start, end in offsets]


def preference(messages: Sequence[dict], answer: Sequence[dict], render: Render) -> tuple[str, str]:
    """Prompt and completion of an answer, as text."""
    prompt = render(for_template(messages, False), True)
    whole = render(for_template([*messages, *answer], False), False)
    if not whole.startswith(prompt):
        raise ValueError("The model's chat template rewrites the prompt once the answer follows: it can't be trained on preferences.")
    return prompt, whole[len(prompt):]


def without_end(completion: str, end: str | None) -> str:
    """A completion without the end mark that the trainer adds by itself, and without what the template writes after it."""
    stripped = completion.rstrip()
    return stripped[: -len(end)] if end and stripped.endswith(end) else completion
