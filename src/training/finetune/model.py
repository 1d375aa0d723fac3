"""Loads models, wraps them in adapters, saves them."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer, BitsAndBytesConfig, Trainer

from .seeds import derive

_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


@dataclass(frozen=True)
class Prepared:
    """A trainer ready to run, and how many rows are behind it."""

    trainer: Trainer
    train_rows: int
    validation_rows: int
    rows_too_long: int


def load_processor(options: argparse.Namespace) -> Any:
    """The tokenizer, or for vision the processor; padding on the right."""
    processor = AutoProcessor.from_pretrained(options.model) if options.vision else AutoTokenizer.from_pretrained(options.model)
    tokenizer = getattr(processor, "tokenizer", processor)
    tokenizer.padding_side = "right"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if getattr(processor, "chat_template", None) is None and tokenizer.chat_template is None:
        raise ValueError(f"{options.model} has no chat template: it is a base model. Choose its instruction-tuned variant.")
    if not options.vision and not tokenizer.is_fast:
        raise ValueError(f"{options.model} has no fast tokenizer, which the loss mask needs to know each token's characters.")
    return processor


def renderer(processor: Any, tools: list[dict]) -> Any:
    """The model's chat template as segments.Render."""

    def render(messages: list[dict], opened: bool) -> str:
        return processor.apply_chat_template(messages, tools=tools or None, tokenize=False, add_generation_prompt=opened)

    return render


def load_model(options: argparse.Namespace) -> Any:
    """The base model, in four bits where asked for, in the precision of the computation."""
    kind = AutoModelForImageTextToText if options.vision else AutoModelForCausalLM
    settings: dict[str, Any] = {"dtype": _TYPES[options.precision]}
    if options.precision == "fp16":
        # Adapters in half precision can't be trained with loss scaling: the trainer casts what it computes.
        settings["dtype"] = torch.float32 if not options.load_in_4bit else torch.float16
    if options.load_in_4bit:
        settings["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=_TYPES[options.precision]
        )
        settings["device_map"] = {"": int(os.environ.get("LOCAL_RANK", "0"))}
    model = kind.from_pretrained(options.model, **settings)
    model.config.use_cache = False
    return model


def with_adapter(model: Any, options: argparse.Namespace) -> tuple[Any, LoraConfig | None]:
    """The model to train and the configuration of the adapter to add; None where it has its adapter already.

    An earlier adapter is trained on (sft), or becomes part of the model that the new one is compared with (dpo).
    """
    if options.adapter and options.method == "sft":
        return PeftModel.from_pretrained(model, options.adapter, is_trainable=True), None
    if options.adapter:
        model = PeftModel.from_pretrained(model, options.adapter).merge_and_unload()
    targets = options.lora_targets if options.lora_targets == "all-linear" else [name.strip() for name in options.lora_targets.split(",")]
    return model, LoraConfig(
        r=options.lora_rank, lora_alpha=options.lora_alpha, lora_dropout=options.lora_dropout, target_modules=targets, bias="none", task_type="CAUSAL_LM"
    )


def trainer_settings(options: argparse.Namespace, evaluates: bool) -> dict[str, Any]:
    """What both trainers' configurations share."""
    return {
        "output_dir": options.checkpoints,
        "per_device_train_batch_size": options.batch_size,
        "per_device_eval_batch_size": options.batch_size,
        "gradient_accumulation_steps": options.gradient_accumulation,
        "num_train_epochs": options.epochs,
        "max_steps": options.max_steps or -1,
        "learning_rate": options.learning_rate,
        "lr_scheduler_type": options.scheduler,
        "warmup_ratio": options.warmup_ratio,
        "weight_decay": options.weight_decay,
        "bf16": options.precision == "bf16",
        "fp16": options.precision == "fp16",
        "gradient_checkpointing": not options.no_gradient_checkpointing,
        "gradient_checkpointing_kwargs": {"use_reentrant": False},
        "ddp_find_unused_parameters": False,
        "logging_steps": options.logging_steps,
        "logging_nan_inf_filter": False,  # a loss that is no number has to be seen
        "eval_strategy": "steps" if evaluates else "no",
        "eval_steps": options.eval_steps,
        "save_strategy": "steps",
        "save_steps": options.eval_steps,
        "save_total_limit": options.keep_checkpoints,
        "load_best_model_at_end": evaluates,
        "metric_for_best_model": "eval_loss" if evaluates else None,
        "greater_is_better": False if evaluates else None,
        "seed": derive(options.seed, "training"),
        "data_seed": derive(options.seed, "order"),
        "remove_unused_columns": False,
        "report_to": "none",
    }


def save_merged(trainer: Trainer, folder: Path) -> None:
    """The base model with the adapter in its weights, loadable without PEFT."""
    merged = trainer.accelerator.unwrap_model(trainer.model).merge_and_unload()
    merged.save_pretrained(str(folder), safe_serialization=True)
    trainer.processing_class.save_pretrained(str(folder))


def hardware() -> dict[str, Any]:
    """What it ran on."""
    gpu = torch.cuda.is_available()
    return {
        "gpus": int(os.environ.get("WORLD_SIZE", "1")) if gpu else 0,
        "gpu": torch.cuda.get_device_name(0) if gpu else None,
        "peak_gpu_bytes": torch.cuda.max_memory_allocated() if gpu else None,
    }
