"""Metrics out, and an orderly end on preemption or on a loss that is no number."""

from __future__ import annotations

import math
import os
import signal
import sys
from pathlib import Path

from transformers import TrainerCallback

from .results import finite, write


class SendMetrics(TrainerCallback):
    """Sends every logged number to MLflow where a run is active (Azure ML sets it up), and keeps the last ones in progress.json.

    The trainer's own MLflow callback also logs some two hundred parameters, more than Azure ML takes in one call.
    """

    def __init__(self, output: Path) -> None:
        self._output = output
        self._active = "MLFLOW_RUN_ID" in os.environ or "MLFLOW_TRACKING_URI" in os.environ

    def on_log(self, args, state, control, logs=None, **_):
        if not state.is_world_process_zero or not logs:
            return
        values = {key: number for key, value in logs.items() if (number := finite(value)) is not None}
        write(self._output / "progress.json", {"step": state.global_step, "of": state.max_steps, **values})
        if not self._active:
            return
        try:
            import mlflow

            mlflow.log_metrics(values, step=state.global_step)
        except Exception as wrong:  # A tracking server that is away must not cost a training.
            self._active = False
            print(f"Metrics are not sent to MLflow any more: {wrong}", file=sys.stderr)


class StopCleanly(TrainerCallback):
    """Ends at the next step, with a checkpoint, after SIGTERM (a node about to be taken); without one on a loss that is no number."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, *_) -> None:
        self._asked = True

    def on_step_end(self, args, state, control, **_):
        if self._asked and not control.should_training_stop:
            self.reason = f"Stopped by SIGTERM at step {state.global_step} of {state.max_steps}; the same command goes on from there."
            control.should_save = True
            control.should_training_stop = True
        return control

    def on_log(self, args, state, control, logs=None, **_):
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            self.reason = f"The loss is {loss} at step {state.global_step}: lower --learning-rate, or train in bf16 or fp32."
            control.should_save = False
            control.should_training_stop = True
        return control
