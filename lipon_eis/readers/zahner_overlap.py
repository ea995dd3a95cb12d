"""A Zahner sweep begins inside its range, runs to one end, turns, and covers the whole range.

So the points before the turn are measured again after it, on a cell that has settled, and Zahner's
own programs leave them out. Here too, with a note; where the first part covers nearly
the whole range it is a sweep in its own right, and both are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lipon_eis.readers.table import Sweep

_WHOLE = 0.9  # of the decades of the sweep that follows


def without_overlap(sweeps: Sequence[Sweep]) -> list[Sweep]:
    """Return the sweeps without those that only lead to the turn of the one after them."""
    kept: list[Sweep] = []
    lead: Sweep | None = None
    for sweep, following in zip(sweeps, [*sweeps[1:], None], strict=True):
        if lead is None and following is not None and _leads_to(sweep, following):
            lead = sweep
            continue
        kept.append(sweep if lead is None else _from_the_turn(lead, sweep))
        lead = None
    return kept


def _leads_to(first: Sweep, following: Sweep) -> bool:
    if first.frequency.size < 2 or following.frequency.size < 3:
        return False
    here, there = np.log(np.abs(first.frequency)), np.log(np.abs(following.frequency))
    if not (np.isfinite(here).all() and np.isfinite(there).all()):
        return False
    opposite = (here[-1] - here[0]) * (there[-1] - there[0]) < 0
    turns = abs(there[0] - here[-1]) <= 2 * np.abs(np.diff(there)).max()
    inside = _WHOLE * np.ptp([*there, here[-1]]) > np.ptp(here)
    return bool(opposite and turns and inside)


def _from_the_turn(lead: Sweep, sweep: Sweep) -> Sweep:
    """Return the sweep with the point of the turn, which `sweeps.split` counts to the part before it."""
    f = lead.frequency
    note = (
        f"the {f.size - 1} points before the sweep turns at {f[-1]:g} Hz lie inside its range and were measured"
        " again: left out"
    )
    meta = dict(sweep.meta)
    if "lines" in meta:
        meta["lines"] = [lead.meta["lines"][1], meta["lines"][1]]  # type: ignore[index]  # both are of one table
    return replace(
        sweep,
        frequency=np.concatenate([f[-1:], sweep.frequency]),
        impedance=np.concatenate([lead.impedance[-1:], sweep.impedance]),
        meta=meta,
        notes=(*sweep.notes, note),
    )
