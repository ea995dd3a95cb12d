"""From what the user typed to files: a file, a folder (all below it) or a glob."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lipon_eis.errors import InvalidOption

_NUMBERS = re.compile(r"([0-9]+)")


@dataclass(eq=False)
class Found:
    """One file to read.

    Attributes:
        given: Its path, as given or below the folder as given.
        named: True where the user named this file, itself or by a glob, and not only a folder.
    """

    given: str
    named: bool

    @cached_property
    def path(self) -> Path:
        """The path."""
        return Path(self.given)


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
        for file, inode in _expanded(str(given)):
            # All names of one file share its inode, so names are resolved only where an inode comes again.
            others = alike.setdefault(inode or _place(file), [])
            k = next((k for k in others if _place(found[k]) == _place(file)), None) if others else None
            if k is None:
                others.append(len(found))
                found.append(file)
            elif file.named:
                found[k].named = True
    return found


def _place(file: Found) -> str:
    return os.path.realpath(file.given)


def _expanded(given: str) -> Iterator[tuple[Found, int]]:
    """Yield the files of one path with their inodes, 0 where the system has none."""
    if (status := _status(given)) is not None:
        yield from _below(given) if stat.S_ISDIR(status.st_mode) else [(Found(given, named=True), status.st_ino)]
    elif matches := glob.glob(given, recursive=True):
        for match in sorted(matches, key=_natural):
            status = _status(match)
            if status is None or not stat.S_ISDIR(status.st_mode):
                yield Found(match, named=True), 0 if status is None else status.st_ino
            elif "**" not in given:  # which goes through the folders that it matches by itself
                yield from _below(match)
    else:
        raise InvalidOption(f"PATH does not exist: {given}")


def _status(path: str) -> os.stat_result | None:
    """Return what the system knows of what a path leads to, or None where that is nothing."""
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _below(folder: str) -> Iterator[tuple[Found, int]]:
    """Yield the files of a folder and of those in it, by name; one that cannot be looked into is passed over."""
    try:
        with os.scandir(folder) as inside:
            entries = {entry.name: entry for entry in inside}
    except OSError:
        return
    for name in sorted(entries, key=_natural):
        entry = entries[name]
        if name.startswith("."):
            continue
        if entry.is_symlink():
            status = _status(entry.path)
            if status is not None and stat.S_ISREG(status.st_mode) and not name.startswith("~$"):
                yield Found(entry.path, named=False), status.st_ino
        elif entry.is_dir():
            yield from _below(entry.path)
        elif entry.is_file() and not name.startswith("~$"):
            yield Found(entry.path, named=False), entry.inode()


def _natural(name: str) -> tuple[list[str | int], str]:
    parts: list[str | int] = [*_NUMBERS.split(name.casefold())]
    parts[1::2] = map(int, parts[1::2])  # texts and numbers take turns
    return parts, name
