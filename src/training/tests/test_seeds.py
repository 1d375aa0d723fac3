import unittest
from dataclasses import dataclass

from finetune.seeds import derive, split


@dataclass(frozen=True)
class Item:
    input_hash: str
    copy: int = 0
    trained: bool = True


class Seeds(unittest.TestCase):
    def test_derived_seeds_are_fixed_and_differ_by_seed_and_purpose(self):
        # The first 31 bits or so of SHA-256 of "1:training": a change here would make old jobs unrepeatable.
        self.assertEqual(derive(1, "training"), 494080288)
        seeds = {derive(seed, purpose) for seed in range(50) for purpose in ("training", "order")}
        self.assertEqual(len(seeds), 100)
        self.assertTrue(all(0 <= seed < 2**31 for seed in seeds))

    def test_split_is_repeatable_and_near_the_share(self):
        rows = [Item(f"{i:04}") for i in range(2000)]
        train, held = split(rows, 0.1, 1)
        self.assertEqual((train, held), split(rows, 0.1, 1))
        self.assertNotEqual(held, split(rows, 0.1, 2)[1])
        self.assertTrue(150 < len(held) < 250, len(held))
        self.assertEqual(sorted(train + held, key=lambda r: r.input_hash), rows)

    def test_a_row_keeps_its_side_when_rows_are_added(self):
        rows = [Item(f"{i:04}") for i in range(200)]
        held = set(split(rows[:100], 0.2, 1)[1])
        self.assertTrue(held <= set(split(rows, 0.2, 1)[1]))

    def test_rows_with_the_same_input_stay_together(self):
        rows = [Item(f"{i % 40:02}", i) for i in range(200)]
        train, held = split(rows, 0.3, 1)
        self.assertFalse({r.input_hash for r in train} & {r.input_hash for r in held})
        self.assertTrue(held)

    def test_few_rows_are_all_trained_on(self):
        rows = [Item(str(i)) for i in range(9)]
        self.assertEqual(split(rows, 0.5, 1), (rows, []))

    def test_there_is_always_a_row_to_evaluate_on(self):
        for seed in range(50):
            self.assertTrue(split([Item(str(i)) for i in range(10)], 0.01, seed)[1])

    def test_rows_without_loss_are_left_out(self):
        rows = [Item(str(i), trained=i % 2 == 0) for i in range(40)]
        train, held = split(rows, 0.2, 1)
        self.assertEqual(len(train) + len(held), 20)
