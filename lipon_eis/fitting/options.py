"""What a caller may ask of a fit, by parameter name, and what of it cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from lipon_eis.errors import InvalidOption, UnknownParameter, nearest
from lipon_eis.fitting.ties import check_ties
from lipon_eis.model.circuit import Circuit, CircuitParameter

Range = tuple[float | None, float | None]

INTERVALS = ("auto", "covariance", "bootstrap")


@dataclass(frozen=True)
class Options:
    """How to fit; values are SI and by parameter name.

    Attributes:
        weighting: One of `lipon_eis.fitting.weights.WEIGHTINGS`.
        space: One of `lipon_eis.fitting.weights.SPACES`: residuals of Z or of Y = 1/Z, and weights likewise.
        guess: One more start; parameters it does not name come from the best automatic one.
        fix: Parameters that are held.
        bounds: (low, high) of parameters; None leaves an end open.
        tie: Parameter → the parameter of its kind that it follows.
        ranges: Bounds that belong to the circuit, not to one arc: unlike ``bounds`` they do not keep arcs in place.
            The caller's ``bounds`` and ``fix`` stand in their stead.
        seed: For circuits whose starts are quasi-random.
        max_iterations: Limit of evaluations from one start.
        max_work: Limit of evaluations of one spectrum, shared by its starts; None: ``max_iterations`` from each.
        interval: ``auto``: from the covariance, by profile likelihood where a parameter is weakly determined;
            ``covariance``: never by profile; ``bootstrap``: from refits of resampled residuals.
    """

    weighting: str = "modulus"
    space: str = "Z"
    guess: Mapping[str, float] = field(default_factory=dict)
    fix: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Range] = field(default_factory=dict)
    tie: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    seed: int = 0
    max_iterations: int = 100
    max_work: int | None = None
    interval: str = "auto"

    def check(self, circuit: Circuit) -> None:
        """Refuse names that the circuit does not have and values outside their bounds.

        Raises:
            UnknownParameter: A name is none of the circuit's.
            InvalidOption: A value lies outside its bounds, bounds are reversed, or a tie cannot be.
        """
        followers, leaders = self.tie, self.tie.values()
        for what, mentioned in (
            ("guess", self.guess),
            ("fix", self.fix),
            ("bounds", self.bounds),
            ("tie", [*followers, *leaders]),
        ):
            for name in mentioned:
                if name not in circuit.names:
                    close, known = nearest(name, circuit.names), ", ".join(circuit.names)
                    raise UnknownParameter(f"{what}: {circuit.text} has no parameter {name!r}{close} (it has {known})")
        for parameter in circuit.parameters:
            self._check_bounds(parameter)
            low, high = _narrowed(parameter.lower, parameter.upper, self.bounds.get(parameter.name))
            for what, mapping in (("guess", self.guess), ("fix", self.fix)):
                value = mapping.get(parameter.name)
                if value is not None and not math.isfinite(value):
                    raise InvalidOption(f"{what}: {parameter.name} = {value:g} is no number")
                absent = what == "fix" and value == 0 and parameter.log  # no resistance, no inductance
                if value is not None and not absent and not low <= value <= high:
                    side, bound = ("below its lower", low) if value < low else ("above its upper", high)
                    raise InvalidOption(f"{what}: {parameter.name} = {value:g} is {side} bound {bound:g}")
        check_ties(circuit, self)

    def _check_bounds(self, parameter: CircuitParameter) -> None:
        """Refuse bounds that leave no room, or lie beyond what the parameter can be."""
        name, (low, high) = parameter.name, self.bounds.get(parameter.name, (None, None))
        for end in (low, high):
            if end is not None and math.isnan(end):
                raise InvalidOption(f"bounds: {name} from {low} to {high} is no range")
        if low is not None and high is not None and not low < high:
            raise InvalidOption(f"bounds: {name}: {low:g} is not below {high:g}")
        if low is not None and low >= parameter.upper:
            raise InvalidOption(f"bounds: {name} from {low:g} leaves nothing below its upper bound {parameter.upper:g}")
        if high is not None and high <= parameter.lower:
            raise InvalidOption(f"bounds: {name} to {high:g} leaves nothing above its lower bound {parameter.lower:g}")

    def limits(self, name: str, lower: float, upper: float) -> tuple[float, float]:
        """Return the bounds of a parameter: the caller's, else the circuit's, inside the element's own."""
        return _narrowed(lower, upper, self.bounds.get(name, self.ranges.get(name)))


def _narrowed(lower: float, upper: float, span: Range | None) -> tuple[float, float]:
    low, high = span or (None, None)
    return lower if low is None else max(lower, low), upper if high is None else min(upper, high)
