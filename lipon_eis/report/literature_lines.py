"""Published films behind the points of an Arrhenius plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lipon_eis.physics.arrhenius import BOLTZMANN_EV
from lipon_eis.physics.arrhenius import ROOM as ROOM_TEMPERATURE
from lipon_eis.physics.literature import LiteratureRow
from lipon_eis.report.fitted_films import ROOM
from lipon_eis.report.literature_plot import FAMILIES, OTHER


def draw_published_lines(ax: Any, rows: Sequence[LiteratureRow]) -> tuple[LiteratureRow, ...]:
    """Draw published values behind the points of an Arrhenius plot, whose limits stay as they are.

    The axes are those of σ [S/cm], logarithmic, against 1000 K/T. A row is a short faint line
    through its σ at 25 °C with the slope of its Ea; it spans what may pass for room temperature,
    because the table gives no exact one. A range of σ is a bar, a row without Ea is flat and dotted.

    Returns:
        The rows that lie within the limits.
    """
    xlim, ylim = ax.get_xlim(), ax.get_ylim()
    inverse = 1 / np.array(ROOM)
    shown = []
    for row in rows:
        colour, _ = FAMILIES.get(row.family, OTHER)
        energy = row.activation_energy
        slope = 0.0 if energy is None else (energy.low + energy.high) / 2 / BOLTZMANN_EV
        sigma = row.sigma.middle * np.exp(-slope * (inverse - 1 / ROOM_TEMPERATURE))
        look: dict[str, Any] = {"color": colour, "alpha": 0.45, "linewidth": 0.8, "zorder": 0.5}
        ax.plot(1000 * inverse, sigma, linestyle=":" if energy is None else "-", **look)
        if row.sigma.low < row.sigma.high:
            ax.plot([1000 / ROOM_TEMPERATURE] * 2, [row.sigma.low, row.sigma.high], **look)
        x_inside = min(xlim) <= 1000 * inverse.max() and 1000 * inverse.min() <= max(xlim)
        if x_inside and max(sigma.max(), row.sigma.high) >= ylim[0] and min(sigma.min(), row.sigma.low) <= ylim[1]:
            shown.append(row)
    ax.set_xlim(xlim)
    ax.set_ylim(ylim)
    return tuple(shown)
