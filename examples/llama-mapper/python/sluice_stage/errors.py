"""How a stage says what went wrong."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError


class StageError(Exception):
    """A stage's own failure. Its type is what `retry` matches; one that is not retryable ends the stage at once."""

    def __init__(self, type: str, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.type = type
        self.retryable = retryable


def to_failure(error: BaseException, *, attempt: int, retryable_types: list[str], redact) -> ApplicationError:
    """The failure that Temporal gets. The class of any other error is its type, and it is tried again."""
    type_name = error.type if isinstance(error, StageError) else type(error).__name__
    is_final = isinstance(error, StageError) and not error.retryable
    is_listed = not retryable_types or type_name in retryable_types
    message = redact(str(error) or type_name)[:4000]
    return ApplicationError(
        message,
        {"attempt": attempt},
        type=type_name,
        non_retryable=is_final or not is_listed,
    )
