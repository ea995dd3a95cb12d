"""Opening a file to read, and nothing that is none: reading a pipe or a device may never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from lipon_eis.errors import UnreadableFile

# Without the first, opening a named pipe waits until somebody writes into it.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        UnreadableFile: This is no regular file, or no name that a file can have.
        OSError: It cannot be opened.
    """
    try:
        stream = open(path, "rb", opener=_at_once)  # noqa: SIM115  # the caller closes it
    except ValueError as error:
        raise UnreadableFile(path, f"cannot be opened: {error}") from error
    mode = os.fstat(stream.fileno()).st_mode
    if stat.S_ISREG(mode):
        return stream
    stream.close()
    what = "a named pipe" if stat.S_ISFIFO(mode) else "a device"
    raise UnreadableFile(path, f"this is {what}, expected a file")


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)
