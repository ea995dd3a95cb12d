"""From what the user typed to files: a file, a folder (all below it) or a glob."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lipon_eis.errors import InvalidOption


@dataclass(frozen=True)
class Found:
    """One file to read.

    Attributes:
        path: As given, or below the folder as given.
        named: True where the user named this file, itself or by a glob, and not only a folder.
    """

    path: Path
    named: bool


def find_files(paths: str | Path | Iterable[str | Path]) -> list[Found]:
    """Expand files, folders and globs.

    The order is that of ``paths``, within a folder or glob by name with numbers in their order
    (``T2`` before ``T10``). A file met twice counts once, as named if it was named once. Hidden
    files and folders are not looked into.

    Raises:
        InvalidOption: A path does not exist, or a glob matches nothing.
    """
    found: list[Found] = []
    alike: dict[object, list[int]] = {}
    for given in [paths] if isinstance(paths, str | Path) else paths:
        for file, status in _expanded(given):
            # All names of one file share its inode, so names are resolved only where an inode comes again.
            inode = (status.st_dev, status.st_ino) if status is not None and status.st_ino else None
            others = alike.setdefault(inode or _place(file), [])
            k = next((k for k in others if _place(found[k]) == _place(file)), None)
            if k is None:
                others.append(len(found))
                found.append(file)
            elif file.named:
                found[k] = Found(found[k].path, named=True)
    return found


def _place(file: Found) -> str:
    return os.path.realpath(file.path)


def _expanded(given: str | Path) -> Iterator[tuple[Found, os.stat_result | None]]:
    path = Path(given)
    if (status := _status(path)) is not None:
        yield from _below(path) if stat.S_ISDIR(status.st_mode) else [(Found(path, named=True), status)]
    elif matches := glob.glob(str(given), recursive=True):
        for match in sorted(map(Path, matches), key=_natural):
            status = _status(match)
            if status is None or not stat.S_ISDIR(status.st_mode):
                yield Found(match, named=True), status
            elif "**" not in str(given):  # which goes through the folders that it matches by itself
                yield from _below(match)
    else:
        raise InvalidOption(f"PATH does not exist: {given}")


def _status(path: Path) -> os.stat_result | None:
    """Return what the system knows of what a path leads to, or None where that is nothing."""
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _below(folder: Path) -> list[tuple[Found, os.stat_result]]:
    files = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(root, name) for name in names if not name.startswith((".", "~$"))):
            status = _status(path)
            if status is not None and stat.S_ISREG(status.st_mode):
                files.append((Found(path, named=False), status))
    return sorted(files, key=lambda file: _natural(file[0].path))


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"([0-9]+)", path.as_posix())
    return [(1, 0, p.casefold()) if k % 2 == 0 else (0, int(p), p) for k, p in enumerate(parts)]
