"""Writing files that are either whole or not there."""

import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; an older one stays until then."""
    with tempfile.TemporaryDirectory(prefix=".anionx-", dir=path.parent) as scratch:
        draft = Path(scratch) / path.name
        draft.write_bytes(content)
        draft.replace(path)
