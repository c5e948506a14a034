"""Serves stages of Sluice pipelines from Python: the contract of a stage's activity, on Temporal's own SDK."""

from .context import StageContext
from .errors import StageError
from .serve import serve_stage
from .store import FolderStore

__all__ = ["FolderStore", "StageContext", "StageError", "serve_stage"]
