import json
import math
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from finetune import results


class Results(unittest.TestCase):
    def test_numbers_that_are_none_become_null(self):
        state = SimpleNamespace(best_metric=None, global_step=12, epoch=3)
        found = results.numbers({"train_loss": math.nan}, {"eval_loss": 0.5, "eval_rewards/accuracies": 0.75}, state)
        self.assertEqual(found, {"train_loss": None, "eval_loss": 0.5, "eval_accuracy": 0.75, "best_eval_loss": None, "steps": 12, "epochs": 3.0})

    def test_written_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "out", "metrics.json")
            results.write(path, {"eval_loss": 1.0})
            self.assertEqual(json.loads(path.read_text()), {"eval_loss": 1.0})
            self.assertEqual([p.name for p in path.parent.iterdir()], ["metrics.json"])
