"""The command line: one table, every mistake in it reported at once."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .mistakes import Mistakes


@dataclass(frozen=True)
class Option:
    """An option `--name value`. `kind` is int, float, str, file, folder, flag (no value) or a tuple of the words allowed."""

    name: str
    kind: Any
    default: Any
    help: str
    least: float | None = None
    most: float | None = None
    required: bool = False

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")


TABLE = (
    Option("method", ("sft", "dpo"), None, "supervised fine-tuning, or direct preference optimisation", required=True),
    Option("model", "str", None, "the base model: a name at Hugging Face, or a folder", required=True),
    Option("train", "file", None, "training rows, JSONL (or a folder that holds one .jsonl file)", required=True),
    Option("validation", "file", None, "rows that the evaluation loss is measured on, JSONL; without it a share of the training rows is set aside"),
    Option("validation-share", "float", 0.1, "that share; rows with the same input stay together", 0, 0.5),
    Option("output", "folder", None, "where adapter, metrics.json and (with --merge) the merged model go", required=True),
    Option("checkpoints", "folder", None, "where checkpoints go and are looked for; default: checkpoints under the output"),
    Option("adapter", "folder", None, "an adapter of an earlier version to grow from"),
    Option("seed", "int", 1, "same rows, options and seed: same order, same initial adapter", 0, 2**31 - 1),
    Option("deterministic", "flag", False, "deterministic GPU kernels too: slower, and repeatable on the same hardware"),
    Option("vision", "flag", False, "a vision-language model: rows may have images"),
    Option("epochs", "float", 3.0, "passes over the training rows", 0.01, 100),
    Option("max-steps", "int", 0, "stops after so many steps; 0: by epochs", 0, 10_000_000),
    Option("batch-size", "int", 4, "rows a GPU works on at once", 1, 1024),
    Option("gradient-accumulation", "int", 4, "batches to one step", 1, 4096),
    Option("learning-rate", "float", None, "peak rate; default 2e-4 for sft, 5e-6 for dpo", 1e-9, 1),
    Option("warmup-ratio", "float", 0.03, "share of the steps in which the rate rises", 0, 0.5),
    Option("weight-decay", "float", 0.0, "AdamW's weight decay", 0, 1),
    Option("scheduler", ("cosine", "linear", "constant", "constant_with_warmup"), "cosine", "how the rate falls"),
    Option("max-length", "int", 4096, "tokens of a row; longer rows are left out and counted", 16, 1_048_576),
    Option("lora-rank", "int", 16, "rank of the adapters", 1, 1024),
    Option("lora-alpha", "float", 32.0, "scale of the adapters, over the rank", 0.001, 4096),
    Option("lora-dropout", "float", 0.05, "dropout in the adapters", 0, 0.9),
    Option("lora-targets", "str", "all-linear", "all-linear, or names of modules separated by commas"),
    Option("beta", "float", 0.1, "of dpo: how close to stay to the model it starts from", 1e-4, 100),
    Option("precision", ("bf16", "fp16", "fp32"), "bf16", "of the computation"),
    Option("load-in-4bit", "flag", False, "base model in four bits (QLoRA): a third of the memory, slower"),
    Option("no-gradient-checkpointing", "flag", False, "keeps activations: faster, more memory"),
    Option("logging-steps", "int", 5, "steps between logged losses", 1, 100_000),
    Option("eval-steps", "int", 50, "steps between evaluations and checkpoints", 1, 1_000_000),
    Option("keep-checkpoints", "int", 2, "how many checkpoints stay", 1, 100),
    Option("merge", "flag", False, "also saves the base model with the adapter merged in"),
    Option("check", "flag", False, "only validates arguments and data and prints a summary as JSON; needs no package"),
)

LEARNING_RATES = {"sft": 2e-4, "dpo": 5e-6}


class _Parser(argparse.ArgumentParser):
    """Reports to `mistakes` in place of ending the program at the first."""

    mistakes: Mistakes

    def error(self, message: str) -> None:  # type: ignore[override]
        raise _Wrong(message)


class _Wrong(Exception):
    pass


def parse(arguments: list[str]) -> tuple[argparse.Namespace, Mistakes]:
    """The options, defaults filled in, and what is wrong with them; a wrong option is None."""
    mistakes = Mistakes()
    parser = _Parser(prog="train.py", description="LoRA fine-tuning on chat and preference JSONL.", allow_abbrev=False)
    for option in TABLE:
        default = "" if option.default is None or option.kind == "flag" else f" (default {option.default})"
        text = (option.help + default).replace("%", "%%")
        if option.kind == "flag":
            parser.add_argument(f"--{option.name}", action="store_true", help=text)
        else:
            parser.add_argument(f"--{option.name}", metavar="|".join(option.kind) if isinstance(option.kind, tuple) else option.kind, help=text)
    try:
        raw, unknown = parser.parse_known_args(arguments)
    except _Wrong as wrong:
        mistakes.add("arguments", str(wrong))
        return _blank(arguments), mistakes
    for word in unknown:
        mistakes.add("arguments", f"'{word}' is no option of train.py, nor the value of one; --help lists the options.")
    values = {option.key: _value(option, getattr(raw, option.key), mistakes) for option in TABLE}
    options = argparse.Namespace(**values)
    if options.learning_rate is None:
        options.learning_rate = LEARNING_RATES.get(options.method or "")
    if options.checkpoints is None and options.output is not None:
        options.checkpoints = str(Path(options.output) / "checkpoints")
    _agree(options, mistakes)
    return options, mistakes


def _blank(arguments: list[str]) -> argparse.Namespace:
    values = {option.key: None for option in TABLE}
    values["check"] = "--check" in arguments
    return argparse.Namespace(**values)


def _value(option: Option, text: Any, mistakes: Mistakes) -> Any:
    where = f"--{option.name}"
    if option.kind == "flag":
        return text
    if text is None:
        if option.required:
            mistakes.add(where, f"is missing; expected {_expected(option)}: {option.help}.")
        return option.default
    if isinstance(option.kind, tuple):
        if text in option.kind:
            return text
        mistakes.add(where, f"'{text}' is not one of {', '.join(option.kind)}.")
        return None
    if option.kind in ("int", "float"):
        return _number(option, text, mistakes)
    if not text.strip():
        mistakes.add(where, f"is empty; expected {_expected(option)}.")
        return None
    return _file(where, text, mistakes) if option.kind == "file" else text


def _number(option: Option, text: str, mistakes: Mistakes) -> float | int | None:
    where = f"--{option.name}"
    try:
        number = int(text) if option.kind == "int" else float(text)
    except ValueError:
        mistakes.add(where, f"'{text}' is no number; expected {_expected(option)}.")
        return None
    if not math.isfinite(number) or not (option.least <= number <= option.most):
        mistakes.add(where, f"{text} is out of range; expected {_expected(option)}.")
        return None
    return number


def _file(where: str, text: str, mistakes: Mistakes) -> str | None:
    path = Path(text)
    if path.is_dir():
        # An Azure ML uri_folder input: the one dataset in it.
        files = sorted(path.glob("*.jsonl"))
        if len(files) == 1:
            return str(files[0])
        mistakes.add(where, f"the folder {text} holds {len(files)} .jsonl files; expected one, or the path of a file.")
        return None
    if not path.is_file():
        mistakes.add(where, f"there is no file {text}.")
        return None
    return text


def _expected(option: Option) -> str:
    if isinstance(option.kind, tuple):
        return " or ".join(option.kind)
    if option.kind in ("int", "float"):
        word = "a whole number" if option.kind == "int" else "a number"
        return f"{word} from {option.least:g} to {option.most:g}"
    return {"file": "a JSONL file", "folder": "a folder"}.get(option.kind, "a text")


def _agree(options: argparse.Namespace, mistakes: Mistakes) -> None:
    """Options that exclude one another."""
    if options.method == "dpo" and options.vision:
        mistakes.add("--vision", "preference training takes text only; use --method sft for images.")
    if options.method == "dpo" and options.adapter and not options.merge:
        mistakes.add("--adapter", "with --method dpo the earlier adapter becomes part of the reference model, so the result needs --merge.")
    if options.load_in_4bit and options.merge:
        mistakes.add("--merge", "a model loaded in four bits cannot be merged without loss; leave out --load-in-4bit or --merge.")
    if options.adapter and not Path(options.adapter, "adapter_config.json").is_file():
        mistakes.add("--adapter", f"{options.adapter} holds no adapter_config.json; expected a folder that PEFT saved an adapter to.")
    if options.train and options.train == options.validation:
        mistakes.add("--validation", "is the training file: a loss on rows that were trained on says nothing; leave it out, or give other rows.")
    if options.lora_targets is not None and not all(name.strip() for name in options.lora_targets.split(",")):
        mistakes.add("--lora-targets", f"'{options.lora_targets}' has an empty name; expected all-linear, or names separated by commas.")
