"""Where results go: a place that cannot be written to is refused before any work."""

from __future__ import annotations

import os
from pathlib import Path

import click


def refuse_unwritable(folder: Path) -> None:
    """Refuse a folder that cannot be made or written to.

    Raises:
        click.UsageError: Something on the way is a file, or may not be written to.
    """
    present = folder
    while not os.path.lexists(present) and present != present.parent:
        present = present.parent
    if not present.is_dir():
        raise click.BadParameter(f"{present} is not a folder, so results cannot go to {folder}", param_hint="-o")
    if not os.access(present, os.W_OK | os.X_OK):
        raise click.BadParameter(f"the folder {present} cannot be written to", param_hint="-o")
