import tempfile
import unittest
from pathlib import Path

from finetune.options import parse


class Options(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.data = self.folder / "train.jsonl"
        self.data.write_text("{}\n")

    def parse(self, *more, method="sft"):
        return parse(["--method", method, "--model", "m", "--train", str(self.data), "--output", str(self.folder / "out"), *more])

    def wrong(self, *more, **settings):
        return [f"{m.where}: {m.message}" for m in self.parse(*more, **settings)[1].found]

    def test_defaults(self):
        options, mistakes = self.parse()
        self.assertEqual(mistakes.found, [])
        self.assertEqual((options.seed, options.epochs, options.lora_rank, options.learning_rate), (1, 3.0, 16, 2e-4))
        self.assertEqual(options.checkpoints, str(self.folder / "out" / "checkpoints"))

    def test_preferences_learn_slower(self):
        self.assertEqual(self.parse(method="dpo")[0].learning_rate, 5e-6)
        self.assertEqual(self.parse("--learning-rate", "1e-5", method="dpo")[0].learning_rate, 1e-5)

    def test_all_mistakes_at_once(self):
        _, mistakes = parse(["--method", "ppo", "--epochs", "many", "--lora-rank", "0", "--lora-dropout", "nan", "--sed", "1"])
        wheres = [m.where for m in mistakes.found]
        for where in ("--method", "--model", "--train", "--output", "--epochs", "--lora-rank", "--lora-dropout", "arguments"):
            self.assertIn(where, wheres)

    def test_a_missing_value_is_said(self):
        self.assertIn("expected one argument", parse(["--method"])[1].found[0].message)

    def test_a_folder_with_one_dataset_stands_for_it(self):
        options, mistakes = parse(["--method", "sft", "--model", "m", "--train", str(self.folder), "--output", "o"])
        self.assertEqual((options.train, mistakes.count), (str(self.data), 0))
        (self.folder / "more.jsonl").write_text("{}\n")
        self.assertIn("holds 2", parse(["--method", "sft", "--model", "m", "--train", str(self.folder), "--output", "o"])[1].found[0].message)

    def test_options_that_exclude_one_another(self):
        self.assertIn("text only", self.wrong("--vision", method="dpo")[0])
        self.assertIn("four bits", self.wrong("--merge", "--load-in-4bit")[0])
        self.assertIn("is the training file", self.wrong("--validation", str(self.data))[0])
        self.assertIn("empty name", self.wrong("--lora-targets", "q_proj,,k_proj")[0])

    def test_an_earlier_adapter(self):
        self.assertIn("adapter_config.json", self.wrong("--adapter", str(self.folder))[0])
        (self.folder / "adapter_config.json").write_text("{}")
        self.assertEqual(self.wrong("--adapter", str(self.folder)), [])
        self.assertIn("--merge", self.wrong("--adapter", str(self.folder), method="dpo")[0])
