#!/usr/bin/env python3
"""Fine-tunes a language or vision-language model with LoRA adapters: supervised (sft) or on preferences (dpo).

    python train.py --check --method sft --model org/name --train train.jsonl --output out     # Python's standard library is enough
    python train.py --method sft --model org/name --train train.jsonl --output out             # one GPU
    torchrun --nproc-per-node 4 train.py --method dpo ...                                      # several; Azure ML's PyTorch distribution does the same

Exit codes: 0 done; 1 the training failed; 2 arguments, dataset or checkpoints are wrong, and every mistake was listed.
"""

import sys

from finetune.check import check
from finetune.options import parse


def main(arguments: list[str]) -> int:
    options, mistakes = parse(arguments)
    files = check(options, mistakes)
    if files is None:
        return 2
    if options.check:
        return 0
    # Imported only now: it needs torch, and a mistake in the data should cost seconds on any machine.
    from finetune.run import run

    return run(options, files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
