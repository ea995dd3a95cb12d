"""The two streams: results to stdout; progress, warnings and errors to stderr, one line each."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from lipon_eis.errors import InvalidCircuit

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 120  # of a table that goes to a file or a pager, unless COLUMNS says otherwise


def error(message: str) -> None:
    """Say what failed."""
    _say("Error: ", "red", message)


def warning(message: str) -> None:
    """Say what the user should know though nothing failed."""
    _say("Warning: ", "yellow", message)


def note(message: str) -> None:
    """Say what was done."""
    _say("", "", message)


def sentence(problem: Exception) -> str:
    """Return an error's message as one line; the caret of a circuit string becomes a place in words."""
    if not isinstance(problem, InvalidCircuit) or problem.position is None:
        return str(problem)
    if problem.position >= len(problem.text.rstrip()):
        return f"{problem.problem} of {problem.text!r}"
    return f"{problem.problem}, at character {problem.position + 1} of {problem.text!r}"


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON object, in ASCII so that it survives every encoding of stdout."""
    import json

    click.echo(json.dumps(document, indent=1, allow_nan=False))


@contextmanager
def page() -> Iterator[Console]:
    """Lend a console whose text goes to stdout at the end, as one piece and without spaces at the ends of lines.

    There are no escape codes under NO_COLOR or where stdout is no terminal.
    """
    from rich.console import Console

    plain = _no_color() or not sys.stdout.isatty()
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    screen = Console(color_system=None if plain else "auto", highlight=False, width=width, emoji=False)
    with screen.capture() as captured:
        yield screen
    text = re.sub(" +$", "", captured.get(), flags=re.MULTILINE)
    # On a screen the lines of stderr follow: an empty one tells them apart.
    click.echo(text, nl=sys.stdout.isatty(), color=None if plain else True)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr while work is done, if stderr is a terminal.

    Yields:
        A function to be called with the number of things done since its last call.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counted = () if total is None else (BarColumn(), MofNCompleteColumn())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), *counted, TimeElapsedColumn())
    screen = Console(stderr=True, color_system=None if _no_color() else "auto")
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


def survive_any_encoding() -> None:
    """Let characters that a stream cannot encode appear escaped: a name of a file must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _say(prefix: str, colour: str, message: str) -> None:
    line = "".join(c if c.isprintable() else " " for c in message)
    styled = click.style(prefix, fg=colour or None, bold=True) if prefix else ""
    click.echo(styled + line, err=True, color=False if _no_color() else None)


def _no_color() -> bool:
    return bool(os.environ.get("NO_COLOR"))
