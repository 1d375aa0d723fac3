"""metrics.json: what the runtime reads after the job."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any, Mapping


def numbers(trained: Mapping[str, Any], evaluated: Mapping[str, Any], state: Any) -> dict[str, Any]:
    """Losses, steps and epochs, by names that do not depend on the trainer; what was not measured is None."""
    result = {
        "train_loss": finite(trained.get("train_loss")),
        "eval_loss": finite(evaluated.get("eval_loss")),
        "eval_accuracy": finite(evaluated.get("eval_mean_token_accuracy", evaluated.get("eval_rewards/accuracies"))),
        "best_eval_loss": finite(state.best_metric),
        "steps": state.global_step,
        "epochs": finite(state.epoch),
    }
    return result


def finite(value: Any) -> float | None:
    """JSON has no NaN and no infinity."""
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, indent=2, sort_keys=True), "utf-8")
    os.replace(temporary, path)
