"""What needs neither a server nor packages for training. Run with: python -m unittest discover -s tests -t ."""

import asyncio
import json
import tempfile
import threading
import unittest
from pathlib import Path

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from sluice_stage import FolderStore, StageError, serve_stage
from trainer.measure_rows import measure_rows
from trainer.train_model import pack, train_model

RUN = {"id": "run-1", "workflow_id": "demo/1", "pipeline": "demo", "version": "1", "mode": None, "attempt": 1}


def a_task(params, **more) -> dict:
    return {"params": params, "run": RUN, "stage": {"id": "stage", "name": "Stage"}, **more}


class Stages(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.store = FolderStore(self.folder / "store")

    def run_stage(self, code, task: dict, **options) -> dict:
        stage = serve_stage("it", code, store=self.store, **options)
        return asyncio.run(ActivityEnvironment().run(stage, task))

    def failure(self, code, task: dict, **options) -> ApplicationError:
        with self.assertRaises(ApplicationError) as caught:
            self.run_stage(code, task, **options)
        return caught.exception

    def rows(self, count: int) -> str:
        file = self.folder / "train.jsonl"
        row = {"id": "1", "text": "win a prize", "findings": [], "code": "spam.prize"}
        file.write_text("\n".join(json.dumps(row) for _ in range(count)))
        return str(file)

    def test_a_result_has_what_the_stage_gave(self) -> None:
        def code(params, context):
            context.add_metric("rows", 2)
            context.add_metric("rows", 3)
            return {"file": context.write_artifact("a.txt", b"hello"), "key": context.idempotency_key}

        result = self.run_stage(code, a_task({}))
        ref = result["artifacts"][0]
        self.assertEqual(result["output"], {"file": ref, "key": "demo/1/run-1/stage"})
        self.assertEqual(result["metrics"], {"rows": 5})
        self.assertEqual((result["attempt"], result["version"]), (1, "1"))
        self.assertEqual(self.store.get(ref), b"hello")

    def test_an_error_has_its_type_and_says_whether_to_try_again(self) -> None:
        def final(params, context):
            raise StageError("DataError", "no rows", retryable=False)

        def other(params, context):
            raise ValueError("later")

        error = self.failure(final, a_task({}))
        self.assertEqual((error.type, error.message, error.non_retryable), ("DataError", "no rows", True))
        self.assertEqual(error.details[0], {"attempt": 1})
        error = self.failure(other, a_task({}))
        self.assertEqual((error.type, error.non_retryable), ("ValueError", False))
        error = self.failure(other, a_task({}, retryable_errors=["HttpError"]))
        self.assertTrue(error.non_retryable)

    def test_secrets_are_filled_in_and_never_told(self) -> None:
        env = {"TOKEN": "swordfish"}
        slot = {"at": "/headers/auth", "parts": ["Bearer ", {"secret": "TOKEN"}]}
        task = a_task({"headers": {"auth": "***"}}, secrets=["TOKEN"], secret_slots=[slot])

        def code(params, context):
            self.assertEqual(params["headers"]["auth"], "Bearer swordfish")
            raise ValueError(f"refused {context.secret('TOKEN')}")

        self.assertEqual(self.failure(code, task, env=env).message, "refused ***")
        error = self.failure(code, task, env={})
        self.assertEqual((error.type, error.non_retryable), ("SecretMissing", True))
        error = self.failure(lambda params, context: context.secret("OTHER"), task, env=env)
        self.assertIn('names no secret "OTHER"', error.message)

    def test_a_batch_is_refused(self) -> None:
        error = self.failure(lambda params, context: None, a_task(None, items=[]))
        self.assertEqual(error.type, "ValidationError")

    def test_a_cancelled_stage_is_told_to_stop(self) -> None:
        begun, ended = threading.Event(), threading.Event()

        def code(params, context):
            begun.set()
            context.stopped.wait(20)
            ended.set()

        async def scenario() -> None:
            environment = ActivityEnvironment()
            stage = serve_stage("it", code, store=self.store)
            running = asyncio.ensure_future(environment.run(stage, a_task({})))
            await asyncio.to_thread(begun.wait, 20)
            environment.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await running

        asyncio.run(scenario())
        self.assertTrue(ended.is_set())

    def test_rows_are_measured(self) -> None:
        result = self.run_stage(measure_rows, a_task({"kind": "mapper", "train_file": self.rows(1000)}))
        self.assertEqual(result["output"]["rows"], 1000)
        self.assertEqual(result["output"]["answers"], {"spam.prize": 1000})
        self.assertEqual(result["output"]["longest_bytes"], result["output"]["p95_bytes"])
        error = self.failure(measure_rows, a_task({"kind": "mapper", "train_file": "nowhere"}))
        self.assertEqual((error.type, error.non_retryable), ("DataError", True))

    def test_all_that_is_wrong_with_params_is_told_at_once(self) -> None:
        params = {"kind": "poet", "train_file": self.rows(2), "seed": 1, "parameters": {"epochs": 0, "lora_r": 8}}
        error = self.failure(train_model("tiny"), a_task(params))
        self.assertEqual(error.type, "ValidationError")
        for place in ("kind", "parameters.epochs", "parameters.batch_size", "parameters.learning_rate"):
            self.assertIn(f"at {place}: ", error.message)
        self.assertNotIn("lora_r", error.message)

    def test_the_same_files_make_the_same_artifact(self) -> None:
        self.assertEqual(pack({"a": b"1", "b": b"2"}), pack({"b": b"2", "a": b"1"}))


if __name__ == "__main__":
    unittest.main()
