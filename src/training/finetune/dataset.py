"""Reads and validates a JSONL file of either method, line by line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Iterator

from .mistakes import Mistakes, Place
from .rules import check_messages, check_tools, image_urls, kind, known

TOKEN_RULE = "UTF-8 bytes of texts, tool calls and tool definitions divided by 4, rounded up, plus 4 a message and 1000 an image"


@dataclass(frozen=True)
class Row:
    """A valid row. For sft `messages` is the whole conversation; for dpo it is the input, and the two answers follow it."""

    line: int
    messages: list[dict]
    tools: list[dict]
    preferred: list[dict] = field(default_factory=list)
    non_preferred: list[dict] = field(default_factory=list)

    @property
    def trained(self) -> bool:
        """Whether any message of it counts for the loss."""
        return bool(self.preferred) or any(m["role"] == "assistant" and m.get("weight") != 0 for m in self.messages)

    @property
    def input_hash(self) -> str:
        """Of what the model gets: rows with the same input must not stand on both sides of a split."""
        messages = self.messages if self.preferred else self.messages[:-1]
        return hashlib.sha256(json.dumps([messages, self.tools], sort_keys=True).encode()).hexdigest()


@dataclass
class Dataset:
    """The valid rows of a file, and its hash."""

    path: str
    rows: list[Row]
    sha256: str

    def summary(self) -> dict[str, Any]:
        """What --check prints of it."""
        tokens = [estimate_tokens(row) for row in self.rows]
        longest = max(range(len(tokens)), key=tokens.__getitem__, default=None)
        all_messages = [m for row in self.rows for m in (*row.messages, *row.preferred, *row.non_preferred)]
        return {
            "path": self.path,
            "sha256": self.sha256,
            "rows": len(self.rows),
            "trained_rows": sum(row.trained for row in self.rows),
            "messages": len(all_messages),
            "tokens": sum(tokens),
            "longest": None if longest is None else {"line": self.rows[longest].line, "tokens": tokens[longest]},
            "tools": sorted({tool["function"]["name"] for row in self.rows for tool in row.tools}),
            "tool_calls": sum(len(m.get("tool_calls") or []) for m in all_messages),
            "images": sum(len(image_urls(m)) for m in all_messages),
        }


def read(path: str, method: str, vision: bool, mistakes: Mistakes) -> Dataset:
    """All valid rows; what is wrong with the others is in `mistakes`."""
    sha256 = hashlib.sha256()
    rows = []
    before = mistakes.count
    for number, line in _lines(path, sha256, mistakes):
        row = _row(line, method, vision, Place(mistakes, path, number))
        if row is not None:
            rows.append(row)
    if not rows and mistakes.count == before:
        mistakes.add("file", "is empty; expected one JSON object a line.", path)
    elif rows and mistakes.count == before and not any(row.trained for row in rows):
        mistakes.add("file", "has no assistant message of a weight other than 0: there is nothing to learn.", path)
    return Dataset(path, rows, sha256.hexdigest())


def _lines(path: str, sha256: Any, mistakes: Mistakes) -> Iterator[tuple[int, str]]:
    with open(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            sha256.update(raw)
            if not raw.endswith(b"\n") and not raw.strip():
                continue
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as wrong:
                mistakes.add("row", f"is not UTF-8: {wrong.reason} at byte {wrong.start}.", path, number)
                continue
            if text.strip():
                yield number, text
            else:
                mistakes.add("row", "is blank; expected one JSON object a line.", path, number)


def _row(text: str, method: str, vision: bool, place: Place) -> Row | None:
    before = place.mistakes.count
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        place.wrong(f"expected one JSON object; {str(wrong) or 'it is nested too deep'}.")
        return None
    if not isinstance(value, dict):
        place.wrong(f"expected a JSON object, found {kind(value)}.")
        return None
    row = _sft(value, vision, place) if method == "sft" else _dpo(value, place)
    return row if place.mistakes.count == before else None


def _sft(value: dict, vision: bool, place: Place) -> Row | None:
    if "preferred_output" in value:
        place.wrong("is a row of preferences; expected 'messages'. Is --method dpo meant?")
        return None
    known(value, {"messages", "tools", "parallel_tool_calls"}, place)
    tools = _tools(value, place)
    messages = check_messages(value.get("messages"), place.at("messages"), tools, vision)
    if messages and messages[-1]["role"] != "assistant":
        place.at("messages").wrong(f"the last message is the assistant's right answer; found role '{messages[-1]['role']}'.")
    return Row(place.line, messages, value.get("tools") or [])


def _dpo(value: dict, place: Place) -> Row | None:
    if "messages" in value:
        place.wrong("is a row of supervised training; expected 'input', 'preferred_output' and 'non_preferred_output'. Is --method sft meant?")
        return None
    known(value, {"input", "preferred_output", "non_preferred_output"}, place)
    given = value.get("input")
    if not isinstance(given, dict):
        place.at("input").wrong(f"expected an object with 'messages', found {kind(given)}.")
        return None
    known(given, {"messages", "tools", "parallel_tool_calls"}, place.at("input"))
    tools = _tools(given, place.at("input"))
    calls: set[str] = set()
    messages = check_messages(given.get("messages"), place.at("input").at("messages"), tools, False, calls)
    if messages and messages[-1]["role"] == "assistant":
        place.at("input").at("messages").wrong("the last message is the assistant's; expected the input to end where the answer begins.")
    answers = []
    for key in ("preferred_output", "non_preferred_output"):
        answer = check_messages(value.get(key), place.at(key), tools, False, set(calls))
        if any(m["role"] not in ("assistant", "tool") for m in answer) or (answer and answer[-1]["role"] != "assistant"):
            place.at(key).wrong("expected the assistant's messages, the last one too.")
        answers.append(answer)
    if answers[0] and answers[0] == answers[1]:
        place.at("non_preferred_output").wrong("equals the preferred output: there is nothing to prefer.")
    return Row(place.line, messages, given.get("tools") or [], answers[0], answers[1])


def _tools(value: dict, place: Place) -> set[str]:
    if not isinstance(value.get("parallel_tool_calls", False), bool):
        place.at("parallel_tool_calls").wrong(f"expected true or false, found {kind(value['parallel_tool_calls'])}.")
    return check_tools(value["tools"], place.at("tools")) if value.get("tools") is not None else set()


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key '{next(n for n in names if names.count(n) > 1)}' is there twice in one object")
    return result


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def estimate_tokens(row: Row) -> int:
    """By TOKEN_RULE; the longer of a preference row's two answers counts."""
    answers = [_message_tokens(answer) for answer in (row.preferred, row.non_preferred)]
    tools = len(json.dumps(row.tools, ensure_ascii=False, separators=(",", ":")).encode()) if row.tools else 0
    return _message_tokens(row.messages) + -(-tools // 4) + max(answers)


def _message_tokens(messages: list[dict]) -> int:
    size = 0
    for message in messages:
        content = message.get("content")
        texts = [content] if isinstance(content, str) else [part.get("text", "") for part in content or []]
        size += sum(len(text.encode()) for text in texts)
        size += sum(len(call["function"]["name"].encode()) + len(call["function"]["arguments"].encode()) for call in message.get("tool_calls") or [])
    return -(-size // 4) + 4 * len(messages) + 1000 * sum(len(image_urls(message)) for message in messages)
