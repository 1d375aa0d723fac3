"""One training job, from checked data to a saved adapter. Runs in every process of a distributed job."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from transformers import enable_full_determinism, set_seed

from . import checkpoints, dpo, model, results, sft
from .callbacks import SendMetrics, StopCleanly
from .check import Files
from .seeds import derive


def run(options: argparse.Namespace, files: Files) -> int:
    """Trains, or goes on where a preempted job stopped. Returns the exit code."""
    try:
        checkpoints.claim(options.checkpoints, checkpoints.fingerprint(options, files.hashes))
    except checkpoints.ForeignCheckpoints as wrong:
        print(wrong, file=sys.stderr)
        return 2
    began = time.monotonic()
    resume = checkpoints.latest(options.checkpoints)
    seed = derive(options.seed, "training")
    enable_full_determinism(seed) if options.deterministic else set_seed(seed)

    train_rows, validation_rows = files.rows(options)
    stop, send = StopCleanly(), SendMetrics(Path(options.output))
    try:
        prepared = (sft if options.method == "sft" else dpo).prepare(options, train_rows, validation_rows, [stop, send])
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    trainer = prepared.trainer
    trained = trainer.train(resume_from_checkpoint=resume)
    if stop.reason is not None:
        print(stop.reason, file=sys.stderr)
        return 1

    evaluated = trainer.evaluate() if validation_rows and prepared.validation_rows else {}
    output = Path(options.output)
    trainer.save_model(str(output / "adapter"))
    if options.merge and trainer.is_world_process_zero():
        model.save_merged(trainer, output / "merged")
    if trainer.is_world_process_zero():
        results.write(output / "metrics.json", {
            **results.numbers(trained.metrics, evaluated, trainer.state),
            "method": options.method,
            "model": options.model,
            "seed": options.seed,
            "train_rows": prepared.train_rows,
            "validation_rows": prepared.validation_rows,
            "rows_too_long": prepared.rows_too_long,
            "dataset_sha256": files.train.sha256,
            "resumed_from": resume,
            "seconds": round(time.monotonic() - began, 1),
            **model.hardware(),
        })
        checkpoints.clear(options.checkpoints)
    trainer.accelerator.wait_for_everyone()
    return 0
