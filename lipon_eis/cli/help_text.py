"""Help texts: indented paragraphs of a docstring stay as they are, options stand in groups."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import click

OTHER = "Options"


class Option(click.Option):
    """An option that stands under a title in the help text."""

    def __init__(self, *args: Any, group: str = OTHER, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.group = group


class Command(click.Command):
    """A command whose examples keep their lines and whose options are shown in groups."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.help = unwrapped(self.help)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group under its title, those without one last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                groups.setdefault(getattr(parameter, "group", OTHER), []).append(record)
        for title in sorted(groups, key=lambda title: title == OTHER):
            with formatter.section(title):
                formatter.write_dl(groups[title])


def unwrapped(text: str | None) -> str | None:
    """Mark the paragraphs that hold indented lines, which click then does not wrap."""
    if text is None:
        return None
    paragraphs = cleandoc(text).split("\n\n")
    return "\n\n".join(f"\b\n{p}" if "\n    " in p else p for p in paragraphs)
