"""From what the user typed to files: a file, a folder (all below it) or a glob."""

from __future__ import annotations

import glob
import os
import re
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
    found: dict[str, Found] = {}
    for given in [paths] if isinstance(paths, str | Path) else paths:
        for file in _expanded(given):
            key = os.path.realpath(file.path)
            if key not in found:
                found[key] = file
            elif file.named and not found[key].named:
                found[key] = Found(found[key].path, named=True)
    return list(found.values())


def _expanded(given: str | Path) -> Iterator[Found]:
    path = Path(given)
    if path.is_dir():
        for below in _below(path):
            yield Found(below, named=False)
    elif path.exists():
        yield Found(path, named=True)
    elif matches := glob.glob(str(given), recursive=True):
        for match in sorted(map(Path, matches), key=_natural):
            if match.is_dir():
                # A folder matched by "**" is gone through by the pattern itself.
                yield from () if "**" in str(given) else (Found(p, named=False) for p in _below(match))
            else:
                yield Found(match, named=True)
    else:
        raise InvalidOption(f"PATH does not exist: {given}")


def _below(folder: Path) -> list[Path]:
    files = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if not name.startswith((".", "~$"))]
    return sorted((f for f in files if f.is_file()), key=_natural)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"([0-9]+)", path.as_posix())
    return [(1, 0, p.casefold()) if k % 2 == 0 else (0, int(p), p) for k, p in enumerate(parts)]
