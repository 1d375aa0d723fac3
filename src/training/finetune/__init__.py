"""LoRA fine-tuning on OpenAI's file formats. Modules that import torch: run, model, sft, vision, dpo, callbacks. The rest is standard library."""
