"""Makes an activity of a function: heartbeats, results and failures as the contract has them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from temporalio import activity

from .context import StageContext
from .errors import StageError, to_failure
from .secrets import fill_secrets, redactor
from .store import FolderStore

StageCode = Callable[[Any, StageContext], Any]

# Progress should not wait for most of a long heartbeat timeout.
LONGEST_GAP = timedelta(seconds=2)


def serve_stage(
    name: str,
    code: StageCode,
    *,
    store: FolderStore,
    version: str = "1",
    env: Mapping[str, str] = os.environ,
    grace_seconds: float = 30.0,
) -> Callable[[dict], Any]:
    """
    The activity of a stage function. `code` runs in a thread, so it may block; it looks at `stopped` of its context from
    time to time, and has `grace_seconds` to end after that was set.
    """

    @activity.defn(name=name)
    async def attempt(task: dict) -> dict:
        number = activity.info().attempt + task.get("attempt_offset", 0)
        context = StageContext(task, attempt=number, store=store, env=env, last_checkpoint=_last_checkpoint(task))
        try:
            if "items" in task:
                raise StageError("ValidationError", f'"{name}" takes no batches: leave `batch_size` out.', retryable=False)
            output = await _run(code, fill_secrets(task, env), context, grace_seconds)
        except Exception as error:
            types = task.get("retryable_errors", [])
            redact = redactor(task, env)
            raise to_failure(error, attempt=number, retryable_types=types, redact=redact) from None
        return _result(output, context, version)

    return attempt


async def _run(code: StageCode, params: Any, context: StageContext, grace_seconds: float) -> Any:
    work = asyncio.ensure_future(asyncio.to_thread(code, params, context))
    beats = asyncio.create_task(_beat(context))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        context.stopped.set()
        await asyncio.wait([work], timeout=grace_seconds)
        raise
    finally:
        beats.cancel()


async def _beat(context: StageContext) -> None:
    """Tells Temporal that the attempt lives, whatever its code does, and how far it came."""
    timeout = activity.info().heartbeat_timeout or timedelta(0)
    if timeout <= timedelta(0):
        return
    gap = min(timeout / 3, LONGEST_GAP).total_seconds()
    while True:
        activity.heartbeat(context.heartbeat_details)
        await asyncio.sleep(gap)


def _last_checkpoint(task: Mapping[str, Any]) -> Any:
    details = activity.info().heartbeat_details
    last = details[0] if details else None
    return last.get("checkpoint") if isinstance(last, dict) else task.get("checkpoint")


def _result(output: Any, context: StageContext, version: str) -> dict:
    return {
        "output": output,
        "attempt": context.attempt,
        "version": version,
        **({"metrics": context.metrics} if context.metrics else {}),
        **({"artifacts": context.artifacts} if context.artifacts else {}),
    }
