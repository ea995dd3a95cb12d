"""States of a film or cell: which spectra are from before an anneal or cycling, and which from after.

States are told apart by the first of these columns of the sample sheet that differs within a group: ``state``;
the anneal (``anneal_temperature`` and ``anneal_time``, none is a state too); ``cycle``. What comes first: a state
that is called as made (`FIRST`), then one without an anneal, or with the cooler one, then the lower cycle, then the
sheet's order.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from lipon_eis.sample import Sample

FIRST = (
    "asdeposited", "asprepared", "asmade", "asgrown", "fresh", "before", "pristine", "initial", "virgin",
    "unannealed", "uncycled", "new",
)  # fmt: skip
"""Beginnings of the names of states that come before all others, without spaces and hyphens."""

ROW = re.compile(r"sheet row (\d+)")


@dataclass(frozen=True)
class State:
    """One state of a group.

    Attributes:
        name: As the sheet calls it, or ``annealed at 200 °C``, ``cycle 100``.
        members: Positions of its spectra.
    """

    name: str
    members: tuple[int, ...]


def states_of(samples: Sequence[Sample]) -> tuple[tuple[State, ...], tuple[int, ...]]:
    """Return the states of a group, the first one first, and the positions of spectra that tell no state.

    Args:
        samples: Of the spectra of one group.
    """
    if any(sample.state for sample in samples):
        keys: list[Hashable] = [_plain(sample.state) if sample.state else None for sample in samples]
        names = [sample.state or "" for sample in samples]
    elif len({_anneal(sample) for sample in samples}) > 1:
        keys = [_anneal(sample) for sample in samples]
        names = [_anneal_words(sample) for sample in samples]
    else:
        keys = [sample.cycle for sample in samples]
        names = [f"cycle {sample.cycle}" for sample in samples]
    groups: dict[Hashable, list[int]] = {}
    for position, key in enumerate(keys):
        if key is not None:
            groups.setdefault(key, []).append(position)
    ordered = sorted(groups.values(), key=lambda members: min(_place(samples[i], i) for i in members))
    states = tuple(State(names[members[0]], tuple(members)) for members in ordered)
    return states, tuple(i for i, key in enumerate(keys) if key is None)


def _place(sample: Sample, position: int) -> tuple[float, ...]:
    """Return what states are ordered by."""
    temperature, time = _anneal(sample)
    telling = [sample.origin.get(name, "") for name in ("state", "anneal_temperature", "cycle")]
    rows = [int(found[1]) for where in telling if (found := ROW.fullmatch(where))]
    return (
        not (sample.state and _plain(sample.state).startswith(FIRST)),
        temperature,
        time,
        sample.cycle or 0,
        min(rows, default=0),
        position,
    )


def _anneal(sample: Sample) -> tuple[float, float]:
    """Return temperature [K] and time [s] of the anneal, 0 for none."""
    return sample.anneal_temperature or 0.0, sample.anneal_time or 0.0


def _anneal_words(sample: Sample) -> str:
    temperature, time = _anneal(sample)
    if not temperature and not time:
        return "not annealed"
    at = f" at {temperature - 273.15:.4g} °C" if temperature else ""
    return f"annealed{at}{f' for {time / 60:.4g} min' if time else ''}"


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word.casefold())
