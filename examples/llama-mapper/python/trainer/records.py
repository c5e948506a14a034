"""Prepared rows, and what a language model is to make of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice_stage import StageError

KINDS = ("mapper", "analyst")


def read_records(file: str) -> list[dict]:
    """Every row of a file in JSON Lines, as the stage `prepare-data` writes them."""
    path = Path(file)
    if not path.is_file():
        raise StageError("DataError", f'There is no file "{file}". Prepare the data first.', retryable=False)
    return [_row(line, f"{file}:{number}") for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if line]


def _row(line: str, at: str) -> dict:
    try:
        row = json.loads(line)
        if isinstance(row["text"], str) and isinstance(row["code"], str) and isinstance(row["findings"], list):
            return row
    except (ValueError, KeyError, TypeError):
        pass
    raise StageError("DataError", f"{at} is not a record: {line[:80]}", retryable=False)


def prompt_of(kind: str, row: Mapping[str, Any]) -> str:
    """What the model is asked about a row."""
    findings = json.dumps(row["findings"], ensure_ascii=False)
    question = "code" if kind == "mapper" else "verdict"
    return f"message: {row['text']}\nfindings: {findings}\n{question}: "


def answer_of(kind: str, row: Mapping[str, Any]) -> str:
    """What it should answer: the code of the taxonomy, or whether there is anything to it."""
    if kind == "mapper":
        return row["code"]
    return "harmless" if row["code"] == "ordinary" else "abusive"
