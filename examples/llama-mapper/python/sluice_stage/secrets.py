"""Secrets are names until a worker starts the stage."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from .errors import StageError


def read_secret(name: str, task: Mapping[str, Any], env: Mapping[str, str]) -> str:
    """The value of a secret that the definition names for this stage."""
    if name not in task.get("secrets", []):
        raise StageError(
            "SecretMissing",
            f'The definition names no secret "{name}" for this stage. Add it to `secrets`.',
            retryable=False,
        )
    if not env.get(name):
        raise StageError(
            "SecretMissing",
            f'The secret "{name}" is not set where this worker runs. Set the environment variable and start it again.',
            retryable=False,
        )
    return env[name]


def fill_secrets(task: Mapping[str, Any], env: Mapping[str, str]) -> Any:
    """The params of a task with its secrets in their places."""
    params = copy.deepcopy(task.get("params"))
    for slot in task.get("secret_slots", []):
        text = "".join(
            part if isinstance(part, str) else read_secret(part["secret"], task, env) for part in slot["parts"]
        )
        steps = [step.replace("~1", "/").replace("~0", "~") for step in slot["at"].split("/")[1:]]
        place = params
        for step in steps[:-1]:
            place = place[int(step) if isinstance(place, list) else step]
        last = steps[-1]
        place[int(last) if isinstance(place, list) else last] = text
    return params


def redactor(task: Mapping[str, Any], env: Mapping[str, str]) -> Callable[[str], str]:
    """Takes the values of a task's secrets out of a text that people will read."""
    values = [env[name] for name in task.get("secrets", []) if len(env.get(name, "")) >= 4]

    def redact(text: str) -> str:
        for value in values:
            text = text.replace(value, "***")
        return text

    return redact
