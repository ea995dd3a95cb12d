"""All spectra in one figure: |Z| and −phase against frequency, so that the odd one out is seen at once.

Lines join the used points. Their colour runs from cold to warm where one circuit was measured at
three temperatures or more, else it tells the circuits apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lipon_eis.report import style
from lipon_eis.report.curves import curves
from lipon_eis.report.document import Document, entries
from lipon_eis.report.numbers import celsius, known

WIDTH, HEIGHT = 180.0, 64.0
COLD, WARM = np.array([0x2B, 0x5C, 0x9E]), np.array([0xC8, 0x4B, 0x16])
CIRCUITS = ("#4477aa", "#aa3377", "#3a9a55", "#e0a030", "#8866bb", "#777777")


def overview_figure(document: Document) -> Any | None:
    """Return the figure, `WIDTH` by `HEIGHT` mm, or None where fewer than two spectra have points."""
    drawn = [(entry, curves(entry)) for entry in entries(document)]
    drawn = [(entry, c) for entry, c in drawn if c.used.any()]
    if len(drawn) < 2:
        return None
    colours, legend = _colours([entry for entry, _ in drawn])
    figure = style.sheet(WIDTH, HEIGHT)
    left = style.axes(figure, 11.5, 8.5, 74, HEIGHT - 14)
    right = style.axes(figure, 105, 8.5, 74, HEIGHT - 14)
    left.set_yscale("log")
    look = {"linewidth": 0.7 if len(drawn) < 20 else 0.45, "marker": "o", "markersize": 1.0, "markeredgewidth": 0}
    for (_, c), colour in zip(drawn, colours, strict=True):
        f, z = c.f[c.used], c.z[c.used]
        left.plot(f, abs(z), color=colour, **look)
        right.plot(f, -np.degrees(np.angle(z)), color=colour, **look)
    for ax in (left, right):
        ax.set_xscale("log")
        limits = _limits(np.concatenate([c.f[c.used] for _, c in drawn]))
        ax.set_xlim(*limits)
        style.set_ticks(ax, "x", style.decade_ticks(*limits))
        ax.set_xlabel("frequency / Hz")
    limits = _limits(np.concatenate([abs(c.z[c.used]) for _, c in drawn]))
    left.set_ylim(*limits)
    style.set_ticks(left, "y", style.decade_ticks(*limits))
    left.set_ylabel("|Z| / Ω")
    low, high = right.get_ylim()
    low, high = min(low, -4.0), max(high, 94.0)
    right.set_ylim(low, high)
    style.set_ticks(right, "y", style.linear_ticks(low, high, 30.0 if high - low < 150 else 90.0))
    right.set_ylabel("−phase / °")
    for ax in (left, right):
        ax.yaxis.set_label_coords(-7.6 / 74, 0.5)
    _legend(figure, legend)
    return figure


def _limits(values: Any) -> tuple[float, float]:
    positive = style.finite(values)
    positive = positive[positive > 0]
    if not positive.size:
        return 0.1, 10.0
    low, high = float(positive.min()), float(positive.max())
    margin = max(high / low, 3.0) ** 0.04
    return low / margin, high * margin


def _colours(members: list[Mapping[str, Any]]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return a colour for each spectrum, and the legend's (colour, text) pairs."""
    temperatures = [(entry.get("sample") or {}).get("temperature_K") for entry in members]
    kelvin = [t for t in temperatures if known(t)]
    one_kind = len({(entry.get("circuit") or {}).get("text") for entry in members}) == 1
    if one_kind and len(kelvin) == len(members) and len(set(kelvin)) >= 3:
        cold, warm = min(kelvin), max(kelvin)
        colours = [_between((t - cold) / (warm - cold)) for t in kelvin]
        return colours, [(_between(0.0), celsius(cold)), (_between(1.0), celsius(warm))]
    names = [str((e.get("circuit") or {}).get("name") or (e.get("circuit") or {}).get("text") or "–") for e in members]
    order = list(dict.fromkeys(names))
    of = {name: CIRCUITS[min(k, len(CIRCUITS) - 1)] for k, name in enumerate(order)}
    shown = [(of[name], name if len(name) <= 34 else name[:33] + "…") for name in order[: len(CIRCUITS) - 1]]
    if len(order) == len(CIRCUITS):
        shown.append((of[order[-1]], order[-1][:34]))
    elif len(order) > len(CIRCUITS):
        shown.append((CIRCUITS[-1], "others"))
    return [of[name] for name in names], shown


def _between(share: float) -> str:
    red, green, blue = np.rint(COLD + share * (WARM - COLD)).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _legend(figure: Any, legend: list[tuple[str, str]]) -> None:
    from matplotlib.lines import Line2D

    x, y = 11.5, HEIGHT - 2.4
    for colour, text in legend:
        width = 7.5 + 1.3 * len(text)
        if x + width > WIDTH:
            break
        ends = [x / WIDTH, (x + 4) / WIDTH]
        figure.add_artist(Line2D(ends, [y / HEIGHT] * 2, color=colour, linewidth=1.2, transform=figure.transFigure))
        style.note(figure, x + 5, y, text, fontsize=7, va="center_baseline")
        x += width
