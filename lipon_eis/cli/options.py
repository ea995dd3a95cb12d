"""Options that several commands share: the same names with the same meaning everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from lipon_eis.cli.help_text import Command, Option
from lipon_eis.cli.parameters import (
    ASSIGNMENT,
    CIRCUIT,
    FRACTION,
    MASK,
    NUMBER_ASSIGNMENT,
    REGEX,
    WINDOW,
    film_property,
    once_each,
)

Function = TypeVar("Function", bound=Callable[..., Any])


command = partial(click.command, cls=Command)
option = partial(click.option, cls=Option)
PATH = click.Path(path_type=Path)


def paths(function: Function) -> Function:
    """Add PATH…; whether they exist is for the readers to say, which understand globs too."""
    return click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())(function)


def as_json(function: Function) -> Function:
    """Add ``--json``."""
    return option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")(function)


def _together(*decorators: Callable[[Any], Any]) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


reading = _together(
    option(
        "--format",
        metavar="NAME",
        group="Reading",
        help="Take every file for this format, such as gamry, biologic-mpt or delimited; a wrong name lists them all. "
        "[default: by content]",
    ),
    option(
        "--imaginary",
        type=click.Choice(["as-is", "negated"]),
        group="Reading",
        help="Whether the column holds Im Z or -Im Z, where a file does not say.",
    ),
    option(
        "--temperature-from",
        metavar="REGEX",
        type=REGEX,
        group="Reading",
        help="Where a file's name states its temperature, in °C or with the unit behind it: '_(-?[0-9]+)C'. It has "
        "precedence over the file's header.",
    ),
)
"""How files are read: ``--format``, ``--imaginary``, ``--temperature-from``."""

_film, _model, _data, _output = (
    partial(option, group=title) for title in ("The film", "The circuit", "The data", "The results")
)
_assignments = partial(_model, type=NUMBER_ASSIGNMENT, multiple=True, callback=once_each)

elements = _model(
    "--elements",
    metavar="FILE.py",
    type=PATH,
    help="Python file that registers own elements (docs/elements.md). It is run: name only what you trust.",
)
"""Own elements, for the commands that take a circuit; in lipon-eis.toml it is refused."""

_about_film = _together(
    _film(
        "--thickness",
        metavar="LENGTH",
        type=film_property("thickness"),
        help="Of the electrolyte: '1.2 um', '1.2 um ± 5 %' (+- will do).",
    ),
    _film(
        "--area",
        metavar="AREA",
        type=film_property("area"),
        help="Of the smaller electrode: '0.5 cm2', '0.5+-0.01 cm2'.",
    ),
    _film("--temperature", metavar="TEMP", type=film_property("temperature"), help="Of the film: '25 degC', '298 K'."),
    _film("--samples", metavar="FILE", type=PATH, help="Sample sheet; `lipon-eis samples` writes one to fill in."),
)
_parameters = _together(
    elements,
    _assignments("--guess", metavar="R1=4k", help="One more start value (repeatable). Seldom needed."),
    _assignments("--fix", metavar="R0=0", help="Hold a parameter at a value (repeatable)."),
    _assignments("--bounds", type=ASSIGNMENT, metavar="CPE1_1=0.7..1", help="Keep it within limits (repeatable)."),
    _assignments(
        "--tie",
        type=ASSIGNMENT,
        metavar="CPE1_1=CPE2_1",
        help="Let the first follow the second: one value for both (repeatable).",
    ),
)
_how = _together(
    _model(
        "--accuracy",
        metavar="FRACTION",
        type=FRACTION,
        help="Of the instrument, relative; keeps auto from fitting its range steps. [default: 0.2%]",
    ),
    _data("--range", "window", metavar="LOW..HIGH", type=WINDOW, help="Use these frequencies only: 1Hz..1MHz, ..1MHz."),
    _data(
        "--mask",
        metavar="WHAT",
        type=MASK,
        multiple=True,
        help="Leave points out: outliers (points that stand apart; the rest is fitted again), 50Hz, 45Hz..55Hz "
        "(repeatable).",
    ),
    _data(
        "--space",
        type=click.Choice(["Z", "Y"]),
        help="Residuals and their weights in impedance, or in admittance 1/Z. [default: Z]",
    ),
    _data(
        "--weighting",
        type=click.Choice(["modulus", "proportional", "unit", "sigma"]),
        help="Of residuals: by |Z|, by Re and Im apart, all alike, or by given standard deviations. [default: modulus]",
    ),
    _data(
        "--interval",
        type=click.Choice(["auto", "covariance", "bootstrap"]),
        help="Where 95 % intervals come from; auto: the covariance, and the profile likelihood of what is known to no "
        "better than 10 %. [default: auto]",
    ),
    reading,
)
_limits = _together(
    option(
        "--max-work",
        metavar="N",
        type=click.IntRange(min=1),
        help="Limit of evaluations for one spectrum. [default: 100 from each start]",
    ),
    option("--seed", metavar="N", type=click.IntRange(min=0), help="Of all that is random. [default: 0]"),
)

fitting = _together(
    _about_film,
    _model(
        "--circuit",
        metavar="CIRCUIT",
        type=CIRCUIT,
        help="A name (see `lipon-eis circuits`), a string such as R0-p(R1,CPE1)-CPE2, a FILE.toml, "
        "or auto: the simplest that the data support. [default: auto]",
    ),
    _parameters,
    _assignments(
        "--role",
        "roles",
        type=ASSIGNMENT,
        metavar="R1=bulk.resistance",
        help="What a part of a circuit string stands for (repeatable).",
    ),
    _how,
    _output(
        "-o",
        "--output",
        metavar="DIR",
        type=PATH,
        help="Folder for results.csv, results.json and report.pdf; earlier ones are replaced. "
        "[default: lipon-eis-results]",
    ),
    _output("--no-report", is_flag=True, default=None, help="Make no PDF."),
    _output("--json", "as_json", is_flag=True, help="Print results.json and nothing else; write only to a given -o."),
    option("--jobs", metavar="N", type=click.IntRange(min=1), help="Number of processes. [default: 1]"),
    _limits,
)
"""Everything `lipon-eis fit` can be told."""

comparing = _together(
    _about_film,
    _model(
        "--circuit",
        "circuits",
        metavar="CIRCUIT",
        type=CIRCUIT,
        multiple=True,
        help="One of the circuits to compare: a name, a string or a FILE.toml (two or more).",
    ),
    _parameters,
    _how,
    _limits,
)
"""What `lipon-eis compare` can be told: as `fitting`, with several circuits and nothing to write."""
