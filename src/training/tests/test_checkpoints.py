import argparse
import json
import tempfile
import unittest
from pathlib import Path

from finetune import checkpoints


def options(**changes):
    return argparse.Namespace(**{"method": "sft", "seed": 1, "epochs": 3.0, "output": "a", "logging_steps": 5, **changes})


class Checkpoints(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name, "checkpoints")

    def save(self, step, *, without=(), state=None):
        path = self.folder / f"checkpoint-{step}"
        path.mkdir(parents=True)
        for name in ("adapter_model.safetensors", "optimizer.pt", "scheduler.pt"):
            if name not in without:
                (path / name).write_bytes(b"x")
        if "trainer_state.json" not in without:
            (path / "trainer_state.json").write_text(state or json.dumps({"global_step": step}))
        return str(path)

    def test_no_folder_means_from_the_start(self):
        self.assertIsNone(checkpoints.latest(str(self.folder)))

    def test_newest_by_number_not_by_name(self):
        self.save(90)
        newest = self.save(100)
        self.assertEqual(checkpoints.latest(str(self.folder)), newest)

    def test_one_cut_short_is_passed_over(self):
        whole = self.save(50)
        for step, missing in ((60, "optimizer.pt"), (70, "trainer_state.json"), (80, "adapter_model.safetensors")):
            self.save(step, without=(missing,))
        self.save(90, state='{"global_st')
        (self.folder / "checkpoint-95" / "optimizer.pt").parent.mkdir()
        self.assertEqual(checkpoints.latest(str(self.folder)), whole)

    def test_other_folders_are_no_checkpoints(self):
        (self.folder / "checkpoint-best").mkdir(parents=True)
        (self.folder / "runs").mkdir()
        self.assertIsNone(checkpoints.latest(str(self.folder)))

    def test_the_same_job_goes_on(self):
        mark = checkpoints.fingerprint(options(), ["h"])
        checkpoints.claim(str(self.folder), mark)
        self.save(10)
        checkpoints.claim(str(self.folder), mark)

    def test_another_job_is_refused(self):
        checkpoints.claim(str(self.folder), "one")
        self.save(10)
        with self.assertRaisesRegex(checkpoints.ForeignCheckpoints, "other options or other data"):
            checkpoints.claim(str(self.folder), "two")

    def test_checkpoints_of_unknown_origin_are_refused(self):
        self.save(10)
        with self.assertRaisesRegex(checkpoints.ForeignCheckpoints, "job.json"):
            checkpoints.claim(str(self.folder), "one")

    def test_a_folder_without_checkpoints_may_change_hands(self):
        checkpoints.claim(str(self.folder), "one")
        checkpoints.claim(str(self.folder), "two")
        self.assertEqual(json.loads((self.folder / "job.json").read_text()), {"fingerprint": "two"})

    def test_a_job_that_is_done_leaves_none(self):
        checkpoints.claim(str(self.folder), "one")
        self.save(10)
        self.save(20)
        checkpoints.clear(str(self.folder))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["job.json"])

    def test_fingerprint_follows_what_decides_the_result(self):
        mark = checkpoints.fingerprint(options(), ["h"])
        self.assertEqual(mark, checkpoints.fingerprint(options(logging_steps=50, output="b"), ["h"]))
        self.assertNotEqual(mark, checkpoints.fingerprint(options(seed=2), ["h"]))
        self.assertNotEqual(mark, checkpoints.fingerprint(options(), ["i"]))
