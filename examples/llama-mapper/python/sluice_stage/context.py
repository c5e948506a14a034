"""What the code of a stage gets beside its params."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from .secrets import read_secret
from .store import FolderStore


class StageContext:
    """One attempt of a stage while it runs. Its methods may be called from the thread of the stage."""

    def __init__(
        self,
        task: Mapping[str, Any],
        *,
        attempt: int,
        store: FolderStore,
        env: Mapping[str, str],
        last_checkpoint: Any = None,
    ) -> None:
        self.run: Mapping[str, Any] = task["run"]
        self.stage: Mapping[str, Any] = task["stage"]
        self.attempt = attempt
        self.artifacts: list[dict] = []
        self.metrics: dict[str, float] = {}
        # Set when the stage is to end: it was cancelled, or its worker shuts down.
        self.stopped = threading.Event()
        # What an attempt before kept with `checkpoint`; None on the first one.
        self.last_checkpoint = last_checkpoint
        self._task = task
        self._store = store
        self._env = env
        self._details: dict[str, Any] = {} if last_checkpoint is None else {"checkpoint": last_checkpoint}

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this stage in this run."""
        return f"{self.run['workflow_id']}/{self.run['id']}/{self.stage['id']}"

    @property
    def heartbeat_details(self) -> dict[str, Any]:
        """What the next heartbeat tells. The newest replaces all before it, so nothing may be left out."""
        return dict(self._details)

    def progress(self, fraction: float, message: str | None = None) -> None:
        """Shows progress to watchers."""
        self._details = {
            **self._details,
            "progress": min(max(fraction, 0.0), 1.0),
            **({} if message is None else {"message": message}),
        }

    def checkpoint(self, value: Any) -> None:
        """Keeps a value for the next attempt, should this one die."""
        self._details = {**self._details, "checkpoint": value}

    def add_metric(self, name: str, amount: float) -> None:
        self.metrics[name] = self.metrics.get(name, 0) + amount

    def write_artifact(self, name: str, data: bytes) -> dict:
        """Keeps a file in the store, for people and for later stages."""
        ref = self._store.put(name, data)
        self.artifacts = [known for known in self.artifacts if known["name"] != name] + [ref]
        return ref

    def secret(self, name: str) -> str:
        return read_secret(name, self._task, self._env)
