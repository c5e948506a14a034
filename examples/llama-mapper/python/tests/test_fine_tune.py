"""Fine-tunes a tiny model with random weights. Needs what "./setup.sh --train" installs; without it there is nothing to run."""

import importlib.util
import tempfile
import unittest

from trainer.parameters import TrainingParameters

HAS_PACKAGES = all(importlib.util.find_spec(name) for name in ("torch", "transformers", "peft"))

PARAMETERS = TrainingParameters(
    kind="mapper",
    train_file="",
    seed=7,
    price_per_hour=0,
    learning_rate=0.01,
    epochs=3,
    batch_size=4,
    lora_r=8,
    lora_alpha=16,
)
ROWS = [
    {"id": str(n), "text": text, "findings": [], "code": code}
    for n in range(8)
    for text, code in (("win a prize now", "spam.prize"), ("see you at lunch", "ordinary"))
]


@unittest.skipUnless(HAS_PACKAGES, 'torch, transformers and peft are not installed; run "./setup.sh --train"')
class FineTuning(unittest.TestCase):
    def train(self, **more):
        from trainer.fine_tune import fine_tune

        told: list[float] = []
        options = {"base_model": "tiny", "on_progress": lambda share, _: told.append(share), "should_stop": lambda: False}
        return fine_tune(ROWS, PARAMETERS, **{**options, **more}), told

    def test_the_loss_falls_and_only_the_adapter_is_trained(self) -> None:
        trained, told = self.train()
        self.assertLess(trained.loss, trained.first_loss)
        self.assertLess(trained.trained_share, 0.5)
        self.assertEqual(trained.epochs, 3)
        self.assertEqual(sorted(trained.files), ["adapter_config.json", "adapter_model.safetensors"])
        self.assertEqual(told, sorted(told))

    def test_the_same_seed_gives_the_same_adapter(self) -> None:
        first, second = self.train()[0], self.train()[0]
        name = "adapter_model.safetensors"
        self.assertEqual(first.files[name], second.files[name])

    def test_a_base_model_may_lie_in_a_folder(self) -> None:
        from trainer.base_model import load_base_model

        with tempfile.TemporaryDirectory() as folder:
            for part in load_base_model("tiny", seed=1):
                part.save_pretrained(folder)
            model, tokenizer = load_base_model(folder, seed=2)
        self.assertEqual(type(model).__name__, "Phi3ForCausalLM")
        self.assertIsNotNone(tokenizer.pad_token_id)

    def test_a_stage_that_is_stopped_ends_after_its_step(self) -> None:
        trained, _ = self.train(should_stop=lambda: True)
        self.assertLess(trained.epochs, 1)


if __name__ == "__main__":
    unittest.main()
