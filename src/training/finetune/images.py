"""Images in rows: data URLs only. A remote URL is never fetched: what it shows may change, and it would reach into the network."""

from __future__ import annotations

import base64
import binascii
import re

MAX_BYTES = 10 * 1024 * 1024
MAX_IN_ROW = 64

_URL = re.compile(r"data:image/(jpeg|jpg|png|webp);base64,", re.IGNORECASE)


def decode(url: str) -> bytes:
    """The image's bytes.

    Raises ValueError, with what was expected, for anything but a JPEG, PNG or WEBP of at most 10 MB as a base64 data URL.
    """
    match = _URL.match(url)
    if match is None:
        shown = url if len(url) <= 60 else url[:57] + "..."
        raise ValueError(f"'{shown}' is no data URL of an image; expected data:image/jpeg;base64,... (or png, webp). Remote images are not fetched.")
    try:
        data = base64.b64decode(url[match.end():], validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise ValueError(f"is not base64: {wrong}.") from wrong
    if len(data) > MAX_BYTES:
        raise ValueError(f"has {len(data):,} bytes; at most {MAX_BYTES:,} are allowed.")
    kind = "jpeg" if match[1].lower() in ("jpeg", "jpg") else match[1].lower()
    if _kind(data) != kind:
        raise ValueError(f"says {kind}, and the bytes are {_kind(data) or 'no JPEG, PNG or WEBP'}.")
    return data


def _kind(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None
