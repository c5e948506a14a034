"""Fine-tunes a language model of the Phi-3 family with LoRA."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .base_model import load_base_model
from .parameters import TrainingParameters
from .records import answer_of, prompt_of

# The linear layers of a Phi-3 block.
TARGETS = ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]
LONGEST_SEQUENCE = 512
# What the loss leaves out: it is about the answers, not about the messages.
IGNORED = -100


@dataclass(frozen=True)
class FineTuned:
    """The adapter as it lies in a folder, by file name, and how the training went."""

    files: dict[str, bytes]
    epochs: int
    loss: float
    first_loss: float
    trained_share: float


def fine_tune(
    rows: list[dict],
    parameters: TrainingParameters,
    *,
    base_model: str,
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
) -> FineTuned:
    """Trains an adapter. The same rows, parameters, seed and base model give the same one on the same machine."""
    from peft import LoraConfig, get_peft_model
    from transformers import Trainer, TrainerCallback, TrainingArguments, set_seed

    set_seed(parameters.seed)
    model, tokenizer = load_base_model(base_model, parameters.seed)
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=parameters.lora_r,
        lora_alpha=parameters.lora_alpha,
        lora_dropout=0.0,
        target_modules=TARGETS,
    )
    adapted = get_peft_model(model, config)
    trained, total = adapted.get_nb_trainable_parameters()

    class Watch(TrainerCallback):
        def on_log(self, args, state, control, logs=None, **kwargs):
            if logs and "loss" in logs:
                on_progress(state.epoch / args.num_train_epochs, f"epoch {state.epoch:.2f}, loss {logs['loss']:.4f}")

        def on_step_end(self, args, state, control, **kwargs):
            control.should_training_stop = control.should_training_stop or should_stop()
            return control

    with tempfile.TemporaryDirectory(prefix="fine-tune-") as folder:
        trainer = Trainer(
            model=adapted,
            args=TrainingArguments(
                output_dir=folder,
                learning_rate=parameters.learning_rate,
                num_train_epochs=parameters.epochs,
                per_device_train_batch_size=parameters.batch_size,
                logging_strategy="steps",
                logging_steps=0.05,
                logging_first_step=True,
                save_strategy="no",
                report_to=[],
                seed=parameters.seed,
                disable_tqdm=True,
                use_cpu=base_model == "tiny",
                remove_unused_columns=False,
            ),
            train_dataset=[_example(parameters.kind, row, tokenizer) for row in rows],
            data_collator=_collator(tokenizer.pad_token_id),
            callbacks=[Watch()],
        )
        trainer.train()
        losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
        adapted.save_pretrained(folder)
        names = ("adapter_config.json", "adapter_model.safetensors")
        files = {name: (Path(folder) / name).read_bytes() for name in names}
    return FineTuned(
        files=files,
        epochs=round(trainer.state.epoch),
        loss=losses[-1],
        first_loss=losses[0],
        trained_share=trained / total,
    )


def _example(kind: str, row: dict, tokenizer) -> dict:
    prompt = tokenizer(prompt_of(kind, row), add_special_tokens=False)["input_ids"]
    answer = tokenizer(answer_of(kind, row), add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
    # Of a message that is too long the beginning goes, because the question stands at the end.
    prompt = prompt[-(LONGEST_SEQUENCE - len(answer)) :]
    return {"input_ids": prompt + answer, "labels": [IGNORED] * len(prompt) + answer}


def _collator(pad: int):
    import torch

    def collate(examples: list[dict]) -> dict:
        longest = max(len(example["input_ids"]) for example in examples)
        batch: dict[str, list[list[int]]] = {"input_ids": [], "labels": [], "attention_mask": []}
        for example in examples:
            ids, labels = example["input_ids"], example["labels"]
            gap = longest - len(ids)
            batch["input_ids"].append(ids + [pad] * gap)
            batch["labels"].append(labels + [IGNORED] * gap)
            batch["attention_mask"].append([1] * len(ids) + [0] * gap)
        return {name: torch.tensor(values) for name, values in batch.items()}

    return collate
