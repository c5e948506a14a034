"""Measures prepared rows before a model is trained on them."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from typing import Any

from sluice_stage import StageContext, StageError

from .records import KINDS, answer_of, prompt_of, read_records


def measure_rows(params: Any, context: StageContext) -> dict:
    """
    How long the prompts of a file are and how often each answer comes, which decide the batch size and the length of
    sequences. Needs nothing beside the file, and writes the same artifact each time.
    """
    kind = params.get("kind")
    if kind not in KINDS:
        raise StageError("ValidationError", f"at kind: expected one of {', '.join(KINDS)}.", retryable=False)
    rows = read_records(params["train_file"])
    if len(rows) < 2:
        raise StageError("DataError", f"{params['train_file']} has {len(rows)} rows; two are the least.", retryable=False)
    lengths = []
    for number, row in enumerate(rows, 1):
        if context.stopped.is_set():
            break
        lengths.append(len(prompt_of(kind, row).encode()) + len(answer_of(kind, row).encode()))
        if number % 500 == 0:
            context.progress(number / len(rows), f"{number} of {len(rows)} rows")
    answers = Counter(answer_of(kind, row) for row in rows)
    measured = {
        "kind": kind,
        "rows": len(rows),
        "longest_bytes": max(lengths),
        "p95_bytes": round(statistics.quantiles(lengths, n=20)[-1]),
        "answers": dict(sorted(answers.items())),
    }
    context.add_metric("rows_measured", len(rows))
    artifact = context.write_artifact(f"{kind}-rows.json", json.dumps(measured, sort_keys=True).encode())
    return {**measured, "artifact": artifact}
