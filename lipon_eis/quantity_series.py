"""What series over anything but temperature find: quantities, doubts, and the figure that shows them.

Every kind fits in its own way; what it hands on is a `QuantitySeries`. Its figure is data: the report draws points
and lines without knowing what a kind is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.result import plain
from lipon_eis.verdict import Reason, worst


@dataclass(frozen=True)
class Quantity:
    """One number that a series was made for.

    Attributes:
        estimate: Value, standard error and 95 % interval; NaN for what is not known, in the unit of ``unit``.
        unit: As in results.json: ``S/cm``, ``ohm cm2``, ``eV``, empty for a ratio.
        words: How people call it: ``ASR of both sides``.
        reason: Why there is no value, empty where there is one.
    """

    estimate: Estimate
    unit: str
    words: str
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the quantity as it stands in results.json; what is not known is None."""
        return {
            "value": plain(self.estimate.value),
            "stderr": plain(self.estimate.stderr),
            "interval": plain(list(self.estimate.interval)),
            "unit": self.unit,
            "words": self.words,
            **({"reason": self.reason} if self.reason else {}),
        }


@dataclass(frozen=True)
class Axis:
    """One axis of a figure: what it shows, in which unit, and whether by decades.

    Attributes:
        words: What it shows.
        unit: In which unit.
        logarithmic: Whether by decades.
        categories: Names of the places 0, 1, … where it is no quantity.
    """

    words: str
    unit: str
    logarithmic: bool = False
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """One spectrum in a figure, with standard errors in the units of the axes; NaN for what is not known.

    Attributes:
        label: Of the spectrum.
        x: Place.
        y: Value.
        x_stderr: Of the place.
        y_stderr: Of the value.
        used: Whether the lines take it into account; others are drawn hollow and named.
        line: Number of the line that it belongs to, which lends it colour and marker.
    """

    label: str
    x: float
    y: float
    x_stderr: float = float("nan")
    y_stderr: float = float("nan")
    used: bool = True
    line: int = 0


@dataclass(frozen=True)
class Curve:
    """A line through points, in the units of the axes.

    Attributes:
        words: Its name, where a figure has several.
        x: Places, many enough to look smooth.
        y: Values there.
        line: The number that its points bear.
        fitted: Whether it is the series' result; others (laws that fit worse, no change at all) are dashed.
    """

    words: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    line: int = 0
    fitted: bool = True


@dataclass(frozen=True)
class SeriesFigure:
    """What a series looks like.

    Attributes:
        x: What varies.
        y: What was found of each spectrum.
        points: One a spectrum and line.
        curves: Lines through them.
    """

    x: Axis
    y: Axis
    points: tuple[Point, ...]
    curves: tuple[Curve, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as it stands in results.json."""
        axes = {
            name: {
                "words": axis.words,
                "unit": axis.unit,
                "logarithmic": axis.logarithmic,
                **({"categories": list(axis.categories)} if axis.categories else {}),
            }
            for name, axis in (("x", self.x), ("y", self.y))
        }
        points, curves = ([plain(asdict(one)) for one in some] for some in (self.points, self.curves))
        return {**axes, "points": points, "curves": curves}


@dataclass(frozen=True)
class QuantitySeries:
    """What was found of one group of spectra.

    Attributes:
        kind: One of `lipon_eis.series.KINDS`.
        label: The group.
        role: Whose quantities these are, empty where they are of several.
        members: Labels of the spectra that were used.
        excluded: (label, why) of those that were not.
        quantities: Name in results.json, with the unit → quantity.
        reasons: Why the series is not to be trusted without looking, and what to know of it.
        figure: What it looks like, None where there is nothing to draw.
        method: ``joint`` or what else it is.
        more: What a kind adds to its entry in results.json.
    """

    kind: str
    label: str
    role: str
    members: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    quantities: Mapping[str, Quantity]
    reasons: tuple[Reason, ...] = ()
    figure: SeriesFigure | None = None
    method: str = "joint"
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """``pass``, ``check`` or ``fail``: that of the worst reason."""
        return worst(self.reasons)

    def to_dict(self) -> dict[str, Any]:
        """Return the series as it stands in results.json."""
        return {
            "kind": self.kind,
            "label": self.label,
            "role": self.role,
            "method": self.method,
            "members": list(self.members),
            "excluded": [{"label": label, "why": why} for label, why in self.excluded],
            **{name: quantity.to_dict() for name, quantity in self.quantities.items()},
            "verdict": self.verdict,
            "reasons": [{"code": r.code, "level": r.level, "message": r.message} for r in self.reasons],
            **({"figure": self.figure.to_dict()} if self.figure else {}),
            **self.more,
        }
