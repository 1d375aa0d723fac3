"""Validates before anything heavy is imported."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

from .dataset import TOKEN_RULE, Dataset, Row, read
from .mistakes import Mistakes
from .seeds import split


@dataclass(frozen=True)
class Files:
    """What is trained and evaluated on; without validation rows a share of the training rows is set aside."""

    train: Dataset
    validation: Dataset | None

    @property
    def hashes(self) -> list[str]:
        return [file.sha256 for file in (self.train, self.validation) if file is not None]

    def rows(self, options: argparse.Namespace) -> tuple[list[Row], list[Row]]:
        """The rows to train on and those to evaluate on."""
        if self.validation is None:
            return split(self.train.rows, options.validation_share, options.seed)
        return [row for row in self.train.rows if row.trained], [row for row in self.validation.rows if row.trained]


def _load(options: argparse.Namespace, mistakes: Mistakes) -> tuple[Dataset | None, Dataset | None]:
    if options.method is None:
        return None, None
    return tuple(read(path, options.method, bool(options.vision), mistakes) if path else None for path in (options.train, options.validation))


def check(options: argparse.Namespace, mistakes: Mistakes) -> Files | None:
    """The data, where arguments and data are good. With --check a summary, or the mistakes, go to the output as one JSON document."""
    train, validation = _load(options, mistakes)
    if mistakes.count == 0 and train is not None and validation is not None:
        known = {row.input_hash for row in train.rows}
        for row in validation.rows:
            if row.input_hash in known:
                mistakes.add("row", "has an input that is also trained on: the evaluation loss would flatter.", validation.path, row.line)
    mistakes.print()
    if options.check:
        print(json.dumps(_summary(options, mistakes, train, validation), indent=2, ensure_ascii=False))
    return Files(train, validation) if mistakes.count == 0 and train is not None else None


def _summary(options: argparse.Namespace, mistakes: Mistakes, train: Dataset | None, validation: Dataset | None) -> dict[str, Any]:
    if mistakes.count:
        return {"ok": False, "mistake_count": mistakes.count, "mistakes": [mistake.to_json() for mistake in mistakes.found]}
    assert train is not None
    trained, held = Files(train, validation).rows(options)
    return {
        "ok": True,
        "method": options.method,
        "model": options.model,
        "seed": options.seed,
        "train": train.summary(),
        "validation": None if validation is None else validation.summary(),
        "rows_to_train_on": len(trained),
        "rows_to_evaluate_on": len(held),
        "token_rule": TOKEN_RULE,
    }
