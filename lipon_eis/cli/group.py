"""The group of commands: where every error becomes one line on stderr and an exit code."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import Any

import click

from lipon_eis.cli import terminal
from lipon_eis.cli.exits import Exit, code_of
from lipon_eis.cli.help_text import unwrapped
from lipon_eis.errors import LiponEisError


class Group(click.Group):
    """Commands in the order they were added; a command returns its exit code, or None for 0.

    The context's ``obj`` is the command line as it was typed, for the provenance of results.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.help = unwrapped(self.help)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a new user needs them."""
        return list(self.commands)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command; in standalone mode exit with its code, and let only a bug show a traceback."""
        extra.setdefault("obj", shlex.join(["lipon-eis", *(sys.argv[1:] if args is None else args)]))
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        terminal.survive_any_encoding()
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except (KeyboardInterrupt, click.Abort):
            # CPython ends a process by SIGINT, whatever its exit code, once an interrupt has passed through exec(),
            # which dataclasses use when modules are imported; the next exec() forgets that.
            exec("")
            terminal.error("interrupted")
            code = Exit.INTERRUPTED
        except click.ClickException as problem:
            terminal.error(_explained(problem))
            code = problem.exit_code
        except LiponEisError as problem:
            terminal.error(terminal.sentence(problem))
            code = code_of(problem)
        except OSError as problem:
            place = problem.filename2 or problem.filename or "cannot write"
            terminal.error(f"{place}: {problem.strerror or problem}")
            code = Exit.INCOMPLETE
        sys.exit(int(code or Exit.FINE))


def _explained(problem: click.ClickException) -> str:
    """Return click's message, with where to look where the message does not already say what to write."""
    message = problem.format_message()
    if isinstance(problem, click.UsageError) and problem.ctx and type(problem) is not click.BadParameter:
        return f"{message} See '{problem.ctx.command_path} --help'"
    return message
