"""The stage that trains, with the params and the output of the trainer in TypeScript."""

from __future__ import annotations

import io
import resource
import tarfile
import time
from typing import Any

from sluice_stage import StageContext, StageError

from .parameters import read_parameters
from .records import read_records


def train_model(base_model: str):
    """The stage function for workers that fine-tune this base model."""

    def train(params: Any, context: StageContext) -> dict:
        parameters = read_parameters(params)
        rows = read_records(parameters.train_file)
        try:
            from .fine_tune import fine_tune
            import peft, torch, transformers  # noqa: F401, E401
        except ImportError as error:
            message = f'This worker cannot train: {error}. Run "./setup.sh --train" and start it again.'
            raise StageError("PackageMissing", message, retryable=False) from error
        began = time.process_time()
        trained = fine_tune(
            rows,
            parameters,
            base_model=base_model,
            on_progress=context.progress,
            should_stop=context.stopped.is_set,
        )
        seconds = time.process_time() - began
        context.add_metric("cpu_seconds", round(seconds, 6))
        context.add_metric("memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        context.add_metric("cost_usd", round(seconds / 3600 * parameters.price_per_hour, 6))
        artifact = context.write_artifact(f"{parameters.kind}-lora.tar", pack(trained.files))
        return {
            "kind": parameters.kind,
            "artifact": artifact,
            "parameters": {name: params["parameters"][name] for name in params["parameters"]},
            "rows": len(rows),
            "epochs": trained.epochs,
            "loss": trained.loss,
            "first_loss": trained.first_loss,
            "trained_share": trained.trained_share,
        }

    return train


def pack(files: dict[str, bytes]) -> bytes:
    """One file of several, the same for the same content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    return packed.getvalue()
