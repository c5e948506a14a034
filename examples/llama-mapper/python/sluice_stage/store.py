"""The store that all workers of a run share, as far as a stage needs it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class FolderStore:
    """Keeps artifacts in a folder, each under the SHA-256 of its bytes."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def put(self, name: str, data: bytes) -> dict:
        """Keeps data and gives the reference to it. The same data twice is the same object."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, also for whoever reads or writes it at the same time.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".tmp-", delete=False) as draft:
            draft.write(data)
            draft.flush()
            os.fsync(draft.fileno())
        os.chmod(draft.name, 0o644)
        os.replace(draft.name, path)
        return {"name": name, "sha256": sha256, "size_bytes": len(data)}

    def get(self, ref: dict) -> bytes:
        """The bytes of an artifact, checked against their hash."""
        data = self._path(ref["sha256"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != ref["sha256"]:
            raise ValueError(f"The object {ref['sha256']} in {self._folder} is damaged.")
        return data

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(char in "0123456789abcdef" for char in sha256):
            raise ValueError(f'"{sha256[:80]}" is not a SHA-256 in hex.')
        return self._folder / "objects" / sha256[:2] / sha256[2:]
