"""The params of the trainers of this example, the same for the one in TypeScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sluice_stage import StageError

from .records import KINDS


@dataclass(frozen=True)
class TrainingParameters:
    kind: str
    train_file: str
    seed: int
    price_per_hour: float
    learning_rate: float
    epochs: int
    batch_size: int
    lora_r: int
    lora_alpha: float


def read_parameters(params: Mapping[str, Any]) -> TrainingParameters:
    """Checks what a definition gives. Tells all that is wrong with it at once."""
    given = params.get("parameters")
    given = given if isinstance(given, Mapping) else {}
    problems: list[str] = []
    if params.get("kind") not in KINDS:
        problems.append(f"at kind: expected one of {', '.join(KINDS)}")
    if not isinstance(params.get("train_file"), str):
        problems.append("at train_file: expected text")
    if not _is_whole(params.get("seed")):
        problems.append("at seed: expected a whole number")
    for name in ("epochs", "batch_size", "lora_r"):
        if not _is_whole(given.get(name)) or given[name] < 1:
            problems.append(f"at parameters.{name}: expected a whole number from 1 up")
    for name in ("learning_rate", "lora_alpha"):
        if not _is_number(given.get(name)) or given[name] <= 0:
            problems.append(f"at parameters.{name}: expected a number above 0")
    if problems:
        message = f'The params of "train-model" do not fit: {"; ".join(problems)}.'
        raise StageError("ValidationError", message, retryable=False)
    return TrainingParameters(
        kind=params["kind"],
        train_file=params["train_file"],
        seed=int(params["seed"]),
        price_per_hour=float(params.get("price_per_hour", 0)),
        learning_rate=float(given["learning_rate"]),
        epochs=int(given["epochs"]),
        batch_size=int(given["batch_size"]),
        lora_r=int(given["lora_r"]),
        lora_alpha=float(given["lora_alpha"]),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()
