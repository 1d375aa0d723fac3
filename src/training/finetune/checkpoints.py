"""Which checkpoint a preempted job goes on from."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
from pathlib import Path

STAMP = "job.json"

_FOLDER = re.compile(r"checkpoint-(\d+)")
# What may differ between a job and its continuation: how often something is written, not what is trained.
_FREE = {"check", "output", "checkpoints", "train", "validation", "logging_steps", "keep_checkpoints", "merge"}


class ForeignCheckpoints(Exception):
    """The folder's checkpoints belong to another job."""


def fingerprint(options: argparse.Namespace, hashes: list[str]) -> str:
    """Of all that decides the result: options, and hashes of the data."""
    kept = {key: value for key, value in sorted(vars(options).items()) if key not in _FREE}
    return hashlib.sha256(json.dumps([kept, hashes], sort_keys=True).encode()).hexdigest()


def claim(folder: str, mark: str) -> None:
    """Marks the folder as this job's.

    Raises ForeignCheckpoints where it holds checkpoints that another job made: going on from them would mix two models.
    """
    stamp = Path(folder, STAMP)
    found = _numbered(folder)
    if stamp.is_file():
        try:
            known = json.loads(stamp.read_text("utf-8"))["fingerprint"]
        except (ValueError, KeyError, TypeError):
            known = None
        if known == mark:
            return
        if found:
            raise ForeignCheckpoints(f"{folder} holds checkpoints of a job with other options or other data. Give an empty folder as --checkpoints.")
    elif found:
        raise ForeignCheckpoints(f"{folder} holds checkpoints, and no {STAMP} that says whose. Give an empty folder as --checkpoints.")
    Path(folder).mkdir(parents=True, exist_ok=True)
    temporary = stamp.with_suffix(f".{os.getpid()}.tmp")  # every rank claims, before any of them talk to each other
    temporary.write_text(json.dumps({"fingerprint": mark}), "utf-8")
    os.replace(temporary, stamp)


def latest(folder: str) -> str | None:
    """The newest whole checkpoint; None where there is none. One that a kill cut short is passed over."""
    for _, path in sorted(_numbered(folder), reverse=True):
        if _whole(path):
            return str(path)
    return None


def clear(folder: str) -> None:
    """Removes the checkpoints of a job that is done: they are several times the adapter's size, and would be kept with the model."""
    for _, path in _numbered(folder):
        shutil.rmtree(path, ignore_errors=True)


def _numbered(folder: str) -> list[tuple[int, Path]]:
    if not Path(folder).is_dir():
        return []
    matched = [(_FOLDER.fullmatch(path.name), path) for path in Path(folder).iterdir() if path.is_dir()]
    return [(int(match[1]), path) for match, path in matched if match]


def _whole(path: Path) -> bool:
    """The trainer writes trainer_state.json last; weights and optimizer have to be there and not empty."""
    weights = [path / "adapter_model.safetensors", path / "optimizer.pt", path / "scheduler.pt"]
    if not all(file.is_file() and file.stat().st_size > 0 for file in weights):
        return False
    try:
        state = json.loads((path / "trainer_state.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(state, dict) and isinstance(state.get("global_step"), int)
