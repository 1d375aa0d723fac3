import unittest

from finetune import segments
from finetune.segments import Example

USER = {"role": "user", "content": "hi"}
ONE = {"role": "assistant", "content": "one"}
TWO = {"role": "assistant", "content": "two"}


def append_only(messages, opened):
    text = "".join(f"<{m['role']}>{m['content']}{[c['function']['arguments'] for c in m.get('tool_calls', [])] or ''}</>" for m in messages)
    return text + ("<assistant>" if opened else "")


def forgetful(messages, opened):
    """Drops what earlier assistant messages said, as templates of reasoning models do."""
    last = max((i for i, m in enumerate(messages) if m["role"] == "assistant"), default=-1)
    kept = [{**m, "content": "..."} if m["role"] == "assistant" and (i < last or opened) else m for i, m in enumerate(messages)]
    return append_only(kept, opened)


class Segments(unittest.TestCase):
    def learnt(self, example: Example) -> list[str]:
        return [example.text[start:end] for start, end in example.spans]

    def test_every_assistant_message_is_learnt_with_its_end_mark(self):
        (example,) = segments.examples([USER, ONE, USER, TWO], append_only)
        self.assertEqual(example.text, "<user>hi</><assistant>one</><user>hi</><assistant>two</>")
        self.assertEqual(self.learnt(example), ["one</>", "two</>"])

    def test_weight_zero_is_context(self):
        (example,) = segments.examples([USER, {**ONE, "weight": 0}, USER, {**TWO, "weight": 1}], append_only)
        self.assertEqual(self.learnt(example), ["two</>"])
        self.assertIn("one", example.text)

    def test_nothing_to_learn_gives_no_example(self):
        self.assertEqual(segments.examples([USER, {**ONE, "weight": 0}], append_only), [])

    def test_what_follows_the_last_learnt_message_is_left_out(self):
        (example,) = segments.examples([USER, ONE, USER, {**TWO, "weight": 0}], append_only)
        self.assertEqual(example.text, "<user>hi</><assistant>one</>")

    def test_a_template_that_rewrites_the_past_gives_an_example_for_each_message(self):
        first, second = segments.examples([USER, ONE, USER, TWO], forgetful)
        self.assertEqual((first.text, self.learnt(first)), ("<user>hi</><assistant>one</>", ["one</>"]))
        self.assertEqual((second.text, self.learnt(second)), ("<user>hi</><assistant>...</><user>hi</><assistant>two</>", ["two</>"]))

    def test_a_template_that_does_not_continue_its_prompt_is_refused(self):
        with self.assertRaisesRegex(ValueError, "message 1"):
            segments.examples([USER, ONE], lambda messages, opened: f"{len(messages)}{opened}")

    def test_arguments_become_objects_and_null_content_empty(self):
        call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
        (plain,) = segments.for_template([{"role": "assistant", "tool_calls": [call], "weight": 1}], False)
        self.assertEqual(plain["tool_calls"][0]["function"]["arguments"], {"x": 1})
        self.assertEqual(plain["content"], "")
        self.assertNotIn("weight", plain)

    def test_developer_is_system_and_text_parts_are_joined(self):
        parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
        self.assertEqual(segments.for_template([{"role": "developer", "content": parts}], False), [{"role": "system", "content": "a\nb"}])

    def test_images_are_counted_before_each_span(self):
        picture = {"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "data:"}}]}
        (example,) = segments.examples([picture, ONE, picture, picture, TWO], append_only, vision=True)
        self.assertEqual((example.images_before, example.images), ((1, 3), 3))

    def test_mask_takes_tokens_that_begin_in_a_span(self):
        offsets = [(0, 3), (3, 5), (5, 5), (5, 8), (8, 9)]
        self.assertEqual(segments.mask(offsets, [(3, 8)]), [False, True, False, True, False])
        self.assertEqual(segments.mask(offsets, []), [False] * 5)

    def test_preference_splits_prompt_and_completion(self):
        self.assertEqual(segments.preference([USER], [ONE], append_only), ("<user>hi</><assistant>", "one</>"))
        with self.assertRaisesRegex(ValueError, "rewrites"):
            segments.preference([USER, ONE, USER], [TWO], lambda messages, opened: "x" if opened else "y")

    def test_end_mark_is_taken_off_once(self):
        self.assertEqual(segments.without_end("yes<|im_end|>\n", "<|im_end|>"), "yes")
        self.assertEqual(segments.without_end("yes\n", "<|im_end|>"), "yes\n")
        self.assertEqual(segments.without_end("yes", None), "yes")
