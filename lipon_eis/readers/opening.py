"""Opening a file to read, and nothing that is none: reading a pipe or a device may never end.

Straight from the system: most exports are a few kilobytes, read at one go, and a stream around them would take longer
than they do.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lipon_eis.errors import UnreadableFile

# Without O_NONBLOCK, opening a named pipe waits until somebody writes into it; Windows must be told of bytes.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


def open_file(path: str | Path) -> tuple[int, int]:
    """Open a file for reading; return its descriptor, which the caller closes, and its size [bytes].

    Raises:
        UnreadableFile: This is no regular file, or no name that a file can have.
        OSError: It cannot be opened.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except ValueError as error:
        raise UnreadableFile(Path(path), f"cannot be opened: {error}") from error
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode):
        return descriptor, found.st_size
    os.close(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError
    what = "a named pipe" if stat.S_ISFIFO(found.st_mode) else "a device"
    raise UnreadableFile(path, f"this is {what}, expected a file")


def read_bytes(descriptor: int, count: int, size: int = -1) -> bytes:
    """Read up to ``count`` bytes; fewer only where the file ends, which it is known to do after ``size``."""
    data = os.read(descriptor, count)
    while len(data) < count and len(data) != size and (more := os.read(descriptor, count - len(data))):
        data += more
    return data
