"""The look of every figure: sizes, colours, axes. No pyplot; a figure is drawn in millimetres.

Text is laid out by matplotlib in DejaVu Sans, which it carries, and named Libertinus Serif in the
SVG, which typst carries: every text is anchored by its middle or its end, so the narrower letters
move nothing, and the report needs no font of the machine.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.report.numbers import superscript

INK = "#1a1a1a"
POINT = "#3a3a3a"
FIT = "#c1272d"
FAINT = "#9a9a9a"
HAIR = "#d9d9d9"
REAL, IMAGINARY = "#1f5a96", "#d17a00"
#: One hue a role, told apart by people with any colour vision and of different greys in print.
ROLE_COLOURS = {
    "bulk": "#4477aa",
    "grain_boundary": "#e0a030",
    "interface_film": "#66ccdd",
    "anode_interface": "#3a9a55",
    "anode_layer": "#88b04b",
    "charge_transfer": "#aa3377",
    "cathode_layer": "#8866bb",
    "diffusion": "#887766",
}
SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lipon-eis",
    "font.family": "DejaVu Sans",
    "font.size": 7.6,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#555555",
    "axes.linewidth": 0.5,
    "axes.labelsize": 7.8,
    "axes.labelpad": 2.0,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.major.size": 2.2,
    "ytick.major.size": 2.2,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.pad": 2.2,
    "ytick.major.pad": 2.2,
    "xtick.labelsize": 7.2,
    "ytick.labelsize": 7.2,
    "lines.solid_capstyle": "round",
    "path.simplify": False,
}
MM = 1 / 25.4


def colour_of(role: str) -> str:
    """Return the colour of a role; repeated roles share it, unknown ones are grey."""
    base, _, count = role.rpartition("_")
    return ROLE_COLOURS.get(base if count.isdigit() else role, "#999999")


def sheet(width: float, height: float) -> Any:
    """Return an empty figure of a size in millimetres."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width * MM, height * MM))


def axes(figure: Any, left: float, bottom: float, width: float, height: float) -> Any:
    """Return axes placed in millimetres from the lower left corner of the figure."""
    w, h = figure.get_size_inches() / MM
    return figure.add_axes((left / w, bottom / h, width / w, height / h))


def note(figure: Any, x: float, y: float, text: str, **style: Any) -> None:
    """Write a text into a figure, placed in millimetres from its lower left corner."""
    w, h = figure.get_size_inches() / MM
    figure.text(x / w, y / h, text, **style)


def svg(figure: Any) -> str:
    """Return a figure as SVG, the same text for the same figure; to be called inside `settings`."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(stream, metadata=metadata)
    return stream.getvalue().replace("DejaVu Sans", "Libertinus Serif")


def settings() -> Any:
    """Return the context in which figures are made: matplotlib's defaults and `SETTINGS`, not the user's own."""
    import matplotlib

    changed: Any = {**matplotlib.rcParamsDefault, **SETTINGS, "backend": "svg"}
    return matplotlib.rc_context(changed)


def step(span: float, most: int = 6) -> float:
    """Return the step 1, 2 or 5 × 10ⁿ that puts at most ``most`` ticks on a span."""
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))


def linear_ticks(low: float, high: float, by: float) -> tuple[list[float], list[str]]:
    """Return the multiples of a step within [low, high], and their texts."""
    first, last = math.ceil(low / by - 1e-9), math.floor(high / by + 1e-9)
    decimals = max(0, -math.floor(math.log10(by) + 1e-9))
    values = [k * by for k in range(first, last + 1)]
    return values, [f"{value:.{decimals}f}".replace("-", "−") if value else "0" for value in values]


def decade_ticks(low: float, high: float, most: int = 6) -> tuple[list[float], list[str]]:
    """Return powers of ten within [low, high], every second or third one labelled where they are many."""
    first, last = math.ceil(math.log10(low) - 1e-6), math.floor(math.log10(high) + 1e-6)
    powers = list(range(first, last + 1))
    every = max(1, math.ceil(len(powers) / most))
    return [10.0**p for p in powers], [f"10{superscript(p)}" if p % every == 0 else "" for p in powers]


def set_ticks(ax: Any, which: str, ticks: tuple[Sequence[float], Sequence[str]]) -> None:
    """Put ticks with given texts on the ``x`` or ``y`` axis, and no others."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_ticks(list(ticks[0]), labels=list(ticks[1]))
    axis.set_ticks([], minor=True)


def finite(values: Any) -> NDArray[np.float64]:
    """Return the finite ones of some numbers."""
    array: NDArray[np.float64] = np.asarray(values, dtype=float)
    return array[np.isfinite(array)]
