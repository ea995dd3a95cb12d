"""Types of option values: texts become SI numbers at the door, or are refused in words that help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from lipon_eis.errors import LiponEisError
from lipon_eis.sample import RULES, Sample
from lipon_eis.units import parse_assignment, parse_number, parse_quantity, parse_range


class Parsed(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A value that a function of the package understands; its error becomes click's."""

    def __init__(self, name: str, parse: Callable[[str], Any]):
        self.name = name
        self.parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what the text means."""
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except LiponEisError as error:
            self.fail(str(error), param, ctx)


def film_property(name: str) -> Parsed:
    """Return the type of a film's property: a text with its unit, checked and kept as typed."""

    def parse(text: str) -> str:
        parse_quantity(text, RULES[name]["dimension"])
        given: dict[str, Any] = {name: text}
        Sample.build(**given)
        return text

    return Parsed(name, parse)


def _fraction(text: str) -> float:
    value = parse_quantity(text, "dimensionless").value
    if not 0 <= value < 1:
        raise click.BadParameter(f"{text!r} is no fraction from 0 to 1: write '0.3%' or 0.003")
    return value


def _number_assignment(text: str) -> tuple[str, str]:
    name, value = parse_assignment(text)
    parse_number(value)  # whether its unit is that of the parameter is for the circuit to say
    return name, value


def _mask(text: str) -> str:
    from lipon_eis.fitting.masking import Mask

    Mask.of(text)
    return text


def _temperature_pattern(text: str) -> str:
    from lipon_eis.readers.name_temperature import pattern_of

    pattern_of(text)
    return text


REGEX = Parsed("regex", _temperature_pattern)
"""A regular expression with one group, checked and kept as typed."""

MASK = Parsed("mask", _mask)
"""``outliers``, ``50Hz`` or ``45Hz..55Hz``, checked and kept as typed."""

WINDOW = Parsed("range", lambda text: parse_range(text, "frequency"))
"""``1Hz..1MHz`` → (low, high) [Hz], an open end None."""

FRACTION = Parsed("fraction", _fraction)
"""``0.3%`` or ``0.003``."""

ASSIGNMENT = Parsed("name=value", parse_assignment)
"""``R1=bulk.resistance`` → ``("R1", "bulk.resistance")``."""

NUMBER_ASSIGNMENT = Parsed("name=number", _number_assignment)
"""``R1=4k`` → ``("R1", "4k")``."""


class CircuitType(click.ParamType):  # type: ignore[type-arg]
    """A circuit as typed; the shell completes the names of the library and of files."""

    name = "circuit"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Return the circuits that begin so."""
        from click.shell_completion import CompletionItem

        from lipon_eis.library import circuit_names

        names = [name for name in ("auto", *circuit_names()) if name.startswith(incomplete)]
        return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


CIRCUIT = CircuitType()


def once_each(ctx: click.Context, param: click.Parameter, pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return assignments as a dict, or refuse a name that is given twice."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise click.BadParameter(f"{name} is given twice", ctx, param)
    return dict(pairs)
