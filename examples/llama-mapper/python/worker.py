"""A Temporal worker in Python that serves stages of the Llama Mapper on a task queue of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from sluice_stage import FolderStore, serve_stage
from trainer.measure_rows import measure_rows
from trainer.train_model import train_model

HERE = Path(__file__).resolve().parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="Temporal server (default: TEMPORAL_ADDRESS, else localhost:7233)")
    parser.add_argument("--namespace", help='Temporal namespace (default: TEMPORAL_NAMESPACE, else "default")')
    parser.add_argument("--task-queue", default="llama-mapper-python", help="default: %(default)s")
    parser.add_argument("--store", default=str(HERE.parent / ".sluice" / "store"), help="the folder that all workers share")
    parser.add_argument("--base-model", default="tiny", help="a folder, a name, or tiny (default: %(default)s)")
    return parser.parse_args()


async def main() -> None:
    given = arguments()
    # What works with the `temporal` command works here: TEMPORAL_*, profiles, TLS.
    settings = ClientConfig.load_client_connect_config()
    if given.address:
        settings["target_host"] = given.address
    if given.namespace:
        settings["namespace"] = given.namespace
    settings.setdefault("target_host", "localhost:7233")
    client = await Client.connect(**settings)
    store = FolderStore(given.store)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    worker = Worker(
        client,
        task_queue=given.task_queue,
        activities=[
            serve_stage("measure-rows", measure_rows, store=store),
            serve_stage("train-model", train_model(given.base_model), store=store),
        ],
        # One model at a time fills the machine.
        max_concurrent_activities=2,
        graceful_shutdown_timeout=timedelta(seconds=10),
    )
    async with worker:
        print(f"Serving {given.task_queue}; artifacts go to {given.store}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main())
