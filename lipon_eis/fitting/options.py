"""What a caller may ask of a fit, by parameter name, and what of it cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from lipon_eis.errors import InvalidOption, UnknownParameter, nearest
from lipon_eis.model.circuit import Circuit

Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class Options:
    """How to fit; values are SI and by parameter name.

    Attributes:
        weighting: One of `lipon_eis.fitting.weights.WEIGHTINGS`.
        guess: One more start; parameters it does not name come from the best automatic one.
        fix: Parameters that are held.
        bounds: (low, high) of parameters; None leaves an end open.
        ranges: Bounds that belong to the circuit, not to one arc: unlike ``bounds`` they do not keep arcs in place.
            The caller's ``bounds`` and ``fix`` stand in their stead.
        seed: For circuits whose starts are quasi-random.
        max_iterations: Limit of evaluations from one start.
    """

    weighting: str = "modulus"
    guess: Mapping[str, float] = field(default_factory=dict)
    fix: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Range] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    seed: int = 0
    max_iterations: int = 100

    def check(self, circuit: Circuit) -> None:
        """Refuse names that the circuit does not have and values outside their bounds.

        Raises:
            UnknownParameter: A name is none of the circuit's.
            InvalidOption: A value lies outside its bounds, or bounds are reversed.
        """
        for what, mapping in (("guess", self.guess), ("fix", self.fix), ("bounds", self.bounds)):
            for name in mapping:
                if name not in circuit.names:
                    close, known = nearest(name, circuit.names), ", ".join(circuit.names)
                    raise UnknownParameter(f"{what}: {circuit.text} has no parameter {name!r}{close} (it has {known})")
        for parameter in circuit.parameters:
            low, high = _narrowed(parameter.lower, parameter.upper, self.bounds.get(parameter.name))
            if not low < high:
                raise InvalidOption(f"bounds of {parameter.name}: {low:g} is not below {high:g}")
            for what, mapping in (("guess", self.guess), ("fix", self.fix)):
                value = mapping.get(parameter.name)
                if value is not None and not math.isfinite(value):
                    raise InvalidOption(f"{what}: {parameter.name} = {value:g} is no number")
                absent = what == "fix" and value == 0 and parameter.log  # no resistance, no inductance
                if value is not None and not absent and not low <= value <= high:
                    side, bound = ("below its lower", low) if value < low else ("above its upper", high)
                    raise InvalidOption(f"{what}: {parameter.name} = {value:g} is {side} bound {bound:g}")

    def limits(self, name: str, lower: float, upper: float) -> tuple[float, float]:
        """Return the bounds of a parameter: the caller's, else the circuit's, inside the element's own."""
        return _narrowed(lower, upper, self.bounds.get(name, self.ranges.get(name)))


def _narrowed(lower: float, upper: float, span: Range | None) -> tuple[float, float]:
    low, high = span or (None, None)
    return lower if low is None else max(lower, low), upper if high is None else min(upper, high)
