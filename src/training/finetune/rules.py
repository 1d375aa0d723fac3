"""What OpenAI's chat fine-tuning rows look like: messages, tool calls, tools. Every deviation is reported with its path."""

from __future__ import annotations

import json
import re
from typing import Any

from . import images
from .mistakes import Place

ROLES = ("system", "developer", "user", "assistant", "tool")
MAX_TOOLS = 128

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MESSAGE_KEYS = {
    "system": {"role", "content", "name"},
    "developer": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "tool_calls", "weight", "refusal"},
    "tool": {"role", "content", "tool_call_id", "name"},
}


def kind(value: Any) -> str:
    """A JSON value's type, for people."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return {str: "a string", list: "an array", dict: "an object"}[type(value)]


def known(value: dict, keys: set[str], place: Place) -> None:
    for key in value.keys() - keys:
        place.at(key).wrong(f"is not a key of this object; expected {', '.join(sorted(keys))}.")


def check_messages(value: Any, place: Place, tools: set[str] | None, vision: bool, calls: set[str] | None = None) -> list[dict]:
    """Checks a conversation. Returns its messages, those that are objects with a known role. `calls` are the ids called before it."""
    if not isinstance(value, list) or not value:
        place.wrong(f"expected an array of at least one message, found {'an empty array' if value == [] else kind(value)}.")
        return []
    calls = set() if calls is None else calls
    good = []
    for i, message in enumerate(value):
        at = place.at(i)
        if not isinstance(message, dict):
            at.wrong(f"expected an object with 'role' and 'content', found {kind(message)}.")
            continue
        role = message.get("role")
        if role not in ROLES:
            at.at("role").wrong(f"expected one of {', '.join(ROLES)}, found {json.dumps(role)}.")
            continue
        good.append(message)
        known(message, _MESSAGE_KEYS[role], at)
        if "name" in message and not isinstance(message["name"], str):
            at.at("name").wrong(f"expected a string, found {kind(message['name'])}.")
        _check_content(message, role, at, vision)
        if role == "assistant":
            _check_weight(message, at)
            _check_calls(message, at, tools, calls)
        if role == "tool":
            answered = message.get("tool_call_id")
            if not isinstance(answered, str):
                at.at("tool_call_id").wrong(f"expected the id of the call that it answers, found {kind(answered)}.")
            elif answered not in calls:
                at.at("tool_call_id").wrong(f"answers the call '{answered}', which no message before it makes.")
    pictures = sum(len(image_urls(message)) for message in good)
    if pictures > images.MAX_IN_ROW:
        place.wrong(f"holds {pictures} images; at most {images.MAX_IN_ROW} are allowed in a row.")
    return good


def _check_content(message: dict, role: str, place: Place, vision: bool) -> None:
    content = message.get("content")
    place = place.at("content")
    if content is None:
        if role != "assistant":
            place.wrong("expected a string or an array of parts; there is none.")
        elif not message.get("tool_calls") and not message.get("refusal"):
            place.wrong("expected a string, or tool_calls: an assistant's message has one of them.")
    elif isinstance(content, list):
        if not content:
            place.wrong("expected at least one part, found an empty array.")
        for i, part in enumerate(content):
            _check_part(part, role, place.at(i), vision)
    elif not isinstance(content, str):
        place.wrong(f"expected a string or an array of parts, found {kind(content)}.")


def _check_part(part: Any, role: str, place: Place, vision: bool) -> None:
    if not isinstance(part, dict) or part.get("type") not in ("text", "image_url"):
        place.wrong("expected a part of type 'text' or 'image_url'.")
        return
    if part["type"] == "text":
        known(part, {"type", "text"}, place)
        if not isinstance(part.get("text"), str):
            place.at("text").wrong(f"expected a string, found {kind(part.get('text'))}.")
        return
    known(part, {"type", "image_url"}, place)
    if role != "user":
        place.wrong(f"images are taken from users only; this message is of role '{role}'.")
    elif not vision:
        place.wrong("the row has an image, and --vision is not given: expected text only.")
    image = part.get("image_url")
    if not isinstance(image, dict) or not isinstance(image.get("url"), str):
        place.at("image_url").wrong("expected an object with 'url', and perhaps 'detail'.")
        return
    if image.get("detail") not in (None, "auto", "low", "high"):
        place.at("image_url").at("detail").wrong(f"expected auto, low or high, found {json.dumps(image['detail'])}.")
    try:
        images.decode(image["url"])
    except ValueError as wrong:
        place.at("image_url").at("url").wrong(str(wrong))


def _check_weight(message: dict, place: Place) -> None:
    weight = message.get("weight")
    if weight is not None and (isinstance(weight, bool) or weight not in (0, 1)):
        place.at("weight").wrong(f"expected 0 (left out of the loss) or 1, found {json.dumps(weight)}.")


def _check_calls(message: dict, place: Place, tools: set[str] | None, calls: set[str]) -> None:
    value = message.get("tool_calls")
    if value is None:
        return
    place = place.at("tool_calls")
    if not isinstance(value, list) or not value:
        place.wrong("expected an array of at least one call; leave the key out where there is none.")
        return
    for i, call in enumerate(value):
        at = place.at(i)
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or call.get("type") != "function":
            at.wrong("expected an object with 'id', type 'function', and 'function' with 'name' and 'arguments'.")
            continue
        known(call, {"id", "type", "function"}, at)
        known(function, {"name", "arguments"}, at.at("function"))
        name = function.get("name")
        if not isinstance(call.get("id"), str) or not call["id"]:
            at.at("id").wrong("expected the call's id, a string.")
        elif call["id"] in calls:
            at.at("id").wrong(f"'{call['id']}' is the id of an earlier call of this row; ids are unique.")
        else:
            calls.add(call["id"])
        if not isinstance(name, str) or not name:
            at.at("function").at("name").wrong(f"expected a tool's name, found {kind(name)}.")
        elif tools is not None and name not in tools:
            names = ", ".join(sorted(tools)[:8]) or "none: the row has no tools"
            at.at("function").at("name").wrong(f"'{name}' is no tool of this row; its tools: {names}.")
        _check_arguments(function.get("arguments"), at.at("function").at("arguments"))


def _check_arguments(arguments: Any, place: Place) -> None:
    if not isinstance(arguments, str):
        place.wrong(f"expected a JSON object as a string, found {kind(arguments)}.")
        return
    try:
        parsed = json.loads(arguments)
    except (ValueError, RecursionError) as wrong:
        place.wrong(f"expected a JSON object as a string; it does not parse: {wrong}.")
        return
    if not isinstance(parsed, dict):
        place.wrong(f"expected a JSON object as a string; it holds {kind(parsed)}.")


def check_tools(value: Any, place: Place) -> set[str]:
    """Checks `tools`; the names there are."""
    names: set[str] = set()
    if not isinstance(value, list) or len(value) > MAX_TOOLS:
        place.wrong(f"expected an array of at most {MAX_TOOLS} tools, found {f'{len(value)}' if isinstance(value, list) else kind(value)}.")
        return names
    for i, tool in enumerate(value):
        at = place.at(i)
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or tool.get("type") != "function":
            at.wrong("expected an object with type 'function', and 'function' with a 'name'.")
            continue
        known(tool, {"type", "function"}, at)
        known(function, {"name", "description", "parameters", "strict"}, at.at("function"))
        name = function.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            at.at("function").at("name").wrong(f"expected 1 to 64 of A-Z, a-z, 0-9, _ and -, found {json.dumps(name)}.")
        elif name in names:
            at.at("function").at("name").wrong(f"'{name}' is there twice.")
        else:
            names.add(name)
        if not isinstance(function.get("description", ""), (str, type(None))):
            at.at("function").at("description").wrong(f"expected a string, found {kind(function['description'])}.")
        if not isinstance(function.get("parameters", {}), (dict, type(None))):
            at.at("function").at("parameters").wrong(f"expected a JSON schema, an object, found {kind(function['parameters'])}.")
    return names


def image_urls(message: dict) -> list[str]:
    """The images of a message, in order."""
    content = message.get("content")
    if not isinstance(content, list):
        return []
    found = [part.get("image_url") for part in content if isinstance(part, dict) and part.get("type") == "image_url"]
    return [image["url"] for image in found if isinstance(image, dict) and isinstance(image.get("url"), str)]
