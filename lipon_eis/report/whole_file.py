"""A file that is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: str | Path, content: bytes) -> Path:
    """Write ``content`` beside ``path`` and rename it there, so that no reader meets half a file.

    Args:
        path: Of the file; missing folders are made.
        content: All of it.

    Returns:
        The path.

    Raises:
        OSError: The folder cannot be written to; a file that stood at ``path`` is still there.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return path
