"""Where results may go: a place that cannot be written to is refused before any work."""

from __future__ import annotations

import os
from pathlib import Path

import click


def refuse_unwritable(folder: Path, hint: str = "-o") -> None:
    """Refuse a folder that cannot be made or written to.

    Args:
        folder: Where results are to go; it need not exist.
        hint: The option or argument that it was given by.

    Raises:
        click.BadParameter: Something on the way is a file, or may not be written to.
    """
    present = folder
    while not os.path.lexists(present) and present != present.parent:
        present = present.parent
    if not present.is_dir():
        raise click.BadParameter(f"expected a folder to write to, found the file {present}", param_hint=hint)
    if not os.access(present, os.W_OK | os.X_OK):
        raise click.BadParameter(f"the folder {present} cannot be written to", param_hint=hint)


def refuse_unwritable_file(path: Path, hint: str = "-o") -> None:
    """Refuse a file that cannot be made or replaced.

    Raises:
        click.BadParameter: It is a folder, or its own folder is no place to write to.
    """
    if path.is_dir():
        raise click.BadParameter(f"expected a file to write to, found the folder {path}", param_hint=hint)
    refuse_unwritable(path.parent, hint)
