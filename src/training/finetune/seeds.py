"""Everything random, from one seed: reproducible, and independent of one another."""

from __future__ import annotations

import hashlib
from typing import Sequence, TypeVar

T = TypeVar("T")


def derive(seed: int, purpose: str) -> int:
    """The seed of one purpose, 0 to 2**31-1: the first bits of SHA-256 over seed and purpose."""
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF


def split(rows: Sequence[T], share: float, seed: int) -> tuple[list[T], list[T]]:
    """Training and validation rows, each in file order.

    A row's side is a hash of the seed and its `input_hash`, so rows with one input stay together and a row's side does not depend on the
    others. Rows that no loss is on are left out. With fewer than ten rows nothing is set aside.
    """
    counted = [row for row in rows if row.trained]
    if share <= 0 or len(counted) < 10:
        return counted, []
    held = [derive(seed, f"split:{row.input_hash}") / 2**31 < share for row in counted]
    if all(held) or not any(held):
        # By chance none (or all): the lowest hash alone, with its equals.
        lowest = min(counted, key=lambda row: derive(seed, f"split:{row.input_hash}")).input_hash
        held = [row.input_hash == lowest for row in counted]
        if all(held):
            return counted, []
    return [r for r, h in zip(counted, held) if not h], [r for r, h in zip(counted, held) if h]
