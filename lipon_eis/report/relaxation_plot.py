"""Distributions of relaxation times against frequency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lipon_eis.report import style
from lipon_eis.validity.relaxation_times import RelaxationTimes

WIDTH, ROW = 150.0, 48.0
MOST = 12  # panels of one figure


def relaxation_figure(found: Sequence[tuple[str, RelaxationTimes]]) -> Any:
    """Return a figure with one panel a spectrum, `MOST` at the most: γ with two standard errors, and peaks."""
    shown = found[:MOST]
    height = ROW * len(shown) + 6
    figure = style.sheet(WIDTH, height)
    for k, (label, distribution) in enumerate(shown):
        ax = style.axes(figure, 18, height - ROW * (k + 1) + 6, WIDTH - 22, ROW - 12)
        draw_distribution(ax, distribution)
        ax.set_title(label, fontsize=7.6, loc="left", pad=3)
    ax.set_xlabel("frequency 1/(2πτ) / Hz")
    if len(found) > MOST:
        style.note(figure, 2, 1.5, f"and {len(found) - MOST} more", fontsize=6)
    return figure


def draw_distribution(ax: Any, found: RelaxationTimes) -> None:
    """Draw γ over frequency, high frequencies left as in a Nyquist plot; doubtful peaks are hollow."""
    f = 1 / (2 * np.pi * found.tau)
    ax.set_xscale("log")
    ax.set_xlim(float(f.max()), float(f.min()))
    width = 2 * found.gamma_stderr
    low = np.maximum(found.gamma - width, 0)
    ax.fill_between(f, low, found.gamma + width, color=style.HAIR, linewidth=0)
    ax.plot(f, found.gamma, color=style.REAL, linewidth=0.9)
    for peak in found.peaks:
        top = float(np.interp(np.log(peak.tau), np.log(found.tau), found.gamma))
        face = style.FIT if peak.clear and peak.inside else "white"
        ax.plot([peak.frequency], [top], marker="v", markersize=4, color=style.FIT, markerfacecolor=face)
    top = float(found.gamma.max()) * 1.15 or 1.0
    ax.set_ylim(0, top)
    style.set_ticks(ax, "x", style.decade_ticks(float(f.min()), float(f.max()), most=10))
    style.set_ticks(ax, "y", style.linear_ticks(0, top, style.step(top, 4)))
    ax.set_ylabel("γ / Ω")
