"""Series over time or cycles: how the arcs of a cell grow, by which law, and what shrinks with it.

All spectra are fitted with one circuit; arcs are followed through crossings (`lipon_eis.kinds.followed_arcs`), and then
fitted together with the exponent of each in common, so that two arcs on top of each other have errors that say so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.analysis import Task
from lipon_eis.errors import CannotFit, InvalidOption
from lipon_eis.kinds.compared_arcs import cells_of, label_of, spoken
from lipon_eis.kinds.followed_arcs import Followed, best_exchange, follow_arcs, followed_again, in_place
from lipon_eis.kinds.growth_series import Course, growth_series
from lipon_eis.kinds.one_circuit import commonest_circuit, with_circuit
from lipon_eis.physics.shared_exponents import ArcValues, Member, fit_shared_exponents
from lipon_eis.physics.unseen_arcs import unseen_arcs
from lipon_eis.quantity_series import QuantitySeries
from lipon_eis.result import FitResult
from lipon_eis.sample import Sample
from lipon_eis.verdict import Reason

HOUR = 3600.0
AGAIN = 3  # times that arcs are followed again in what a joint fit found
COSTLY = 4.0  # standard deviations of a joint cost beyond which arcs may have been followed the wrong way
NEAR = 0.5  # K by which two temperatures may differ and still be one


def time_series(results: Sequence[FitResult], task: Task) -> tuple[QuantitySeries, ...]:
    """Return how each arc of each cell changes over time or cycles.

    Args:
        results: Of spectra fitted alone. Those of one group (and one device) are a cell; without groups, those of one
            geometry.
        task: What was asked of these fits.

    Raises:
        InvalidOption: No cell has two times or cycles.
    """
    found: list[QuantitySeries] = []
    for label, members in cells_of(results):
        variable = _variable([result.sample for result in members])
        if variable:
            found += _of_cell(label, members, variable, task)
    if not found:
        raise InvalidOption(
            "no group of the sample sheet has spectra of two times or cycles: fill the column time_h or cycle"
        )
    return tuple(found)


def _variable(samples: Sequence[Sample]) -> str:
    """Return ``time`` or ``cycle``, whichever more spectra have a value of; empty where neither varies."""
    seen = {name: [v for s in samples if (v := getattr(s, name)) is not None] for name in ("time", "cycle")}
    varying = [name for name, values in seen.items() if len(set(values)) > 1]
    return max(varying, key=lambda name: len(seen[name]), default="")


@dataclass(frozen=True, eq=False)
class _Cell:
    """Spectra of one cell that go into the joint fit, in order of the variable."""

    results: tuple[FitResult, ...]
    along: NDArray[np.float64]
    excluded: tuple[tuple[str, str], ...]


def _of_cell(label: str, members: Sequence[FitResult], variable: str, task: Task) -> list[QuantitySeries]:
    cell = _cell(members, variable, task)
    reasons: list[Reason] = []
    if len(cell.results) < 2:
        reasons.append(Reason("few-times", "check", "fewer than two spectra can be used: nothing to compare"))
        return [_empty(label, cell, reasons)]
    along = np.sqrt(cell.along)
    followed = follow_arcs(cell.results, along)
    joined = [
        in_place(result, names, start)
        for result, names, start in zip(cell.results, followed.names, followed.starts, strict=True)
    ]
    try:
        fit = fit_shared_exponents(joined, along)
        for _ in range(AGAIN):
            better = followed_again(joined, fit, along, followed.reference)
            if better is None:
                break
            joined = better
            fit = fit_shared_exponents(joined, along)
        if fit.cost > (enough := _enough(joined)):
            joined, fit = best_exchange(joined, fit, along, enough)
    except CannotFit as problem:
        reasons.append(Reason("no-joint-fit", "check", f"the spectra could not be fitted together: {problem}"))
        return [_empty(label, cell, reasons)]
    if not fit.converged:
        reasons.append(Reason("not-converged", "check", "the joint fit reached its limit of work before its minimum"))
    roles = dict.fromkeys(followed.names[followed.reference].values())
    exchanged = [
        not np.array_equal(result.fit.used_values, member.fit.used_values)
        for result, member in zip(cell.results, joined, strict=True)
    ]
    reasons += _identity(cell, followed, exchanged)
    used = [r.spectrum.frequency[r.spectrum.used] for r in cell.results]
    why = [unseen_arcs(fit, i, float(f.min()), float(f.max())) for i, f in enumerate(used)]
    return [growth_series(_course(label, cell, variable, role, fit, why, exchanged, reasons)) for role in roles]


def _enough(members: Sequence[Member]) -> float:
    """Return what a joint fit may cost that has one exponent an arc; one that costs more is in a wrong minimum."""
    alone = sum(member.fit.degrees_of_freedom for member in members)  # residuals are in units of their noise
    shared = sum(len(member.arcs) for member in members) - len(members[0].arcs)
    return alone + shared + COSTLY * math.sqrt(2 * shared)


def _cell(members: Sequence[FitResult], variable: str, task: Task) -> _Cell:
    """Choose the spectra of a cell: with a time, not failed, of one temperature, fitted with one circuit."""
    excluded = []
    kept: list[FitResult] = []
    shown = Counter(round(t / NEAR) for r in members if (t := r.sample.temperature) is not None)
    common = shown.most_common(1)[0][0] * NEAR if shown else math.nan
    for result in members:
        t = result.sample.temperature
        if getattr(result.sample, variable) is None:
            excluded.append((label_of(result), f"no {variable}"))
        elif result.verdict == "fail":
            excluded.append((label_of(result), "judged FAIL"))
        elif t is not None and abs(t - common) > NEAR:
            excluded.append((label_of(result), "measured at another temperature than most"))
        else:
            kept.append(result)
    if not kept:
        return _Cell((), np.zeros(0), tuple(excluded))
    found, why = with_circuit(kept, commonest_circuit(kept), task)
    excluded += [(label_of(kept[i]), text) for i, text in why.items()]
    ordered = sorted(found.values(), key=lambda r: float(getattr(r.sample, variable)))
    unit = HOUR if variable == "time" else 1.0
    along = np.array([getattr(r.sample, variable) / unit for r in ordered], float)
    return _Cell(tuple(ordered), along, tuple(excluded))


def _identity(cell: _Cell, followed: Followed, exchanged: Sequence[bool]) -> list[Reason]:
    found = []
    swapped = [label_of(r) for r, other in zip(cell.results, exchanged, strict=True) if other]
    if swapped:
        more = f" and {len(swapped) - 3} more" if len(swapped) > 3 else ""
        text = (
            f"arcs of {', '.join(swapped[:3])}{more} go by other roles here than in their own results: they were "
            f"followed through a crossing, from {label_of(cell.results[followed.reference])} on"
        )
        found.append(Reason("arcs-relabelled", "note", text))
    again = [label_of(r) for r, start in zip(cell.results, followed.starts, strict=True) if start is not None]
    if again:
        more = f" and {len(again) - 3} more" if len(again) > 3 else ""
        text = (
            f"alone, the fit of {', '.join(again[:3])}{more} uses an arc for something else than its neighbours do: "
            "here it starts from what lies between these"
        )
        found.append(Reason("arcs-restarted", "note", text))
    if not followed.certain:
        text = "in no spectrum are the roles of all arcs certain: they may be exchanged throughout"
        found.append(Reason("roles-uncertain", "check", text))
    return found


def _course(
    label: str,
    cell: _Cell,
    variable: str,
    role: str,
    fit: ArcValues,
    missing: Sequence[dict[str, str]],
    exchanged: Sequence[bool],
    reasons: Sequence[Reason],
) -> Course:
    """Collect one arc over the series."""
    there = [i for i in range(len(cell.results)) if (i, role) in fit.places and role not in missing[i]]
    values, covariance = fit.of(role, there)
    why = {i: missing[i].get(role, "its resistance is held") for i in range(len(cell.results)) if i not in there}
    own = list(reasons)
    if role in fit.changed:
        text = f"the exponent of the {spoken(role)} arc changes along the series: each spectrum has its own"
        own.append(Reason("exponent-changed", "check", text))
    return Course(
        label=label,
        role=role,
        variable=variable,
        circuit=cell.results[0].fit.circuit.text,
        labels=tuple(label_of(cell.results[i]) for i in there),
        along=cell.along[there],
        logarithm=values,
        covariance=covariance,
        exponent=fit.exponents.get(role, 1.0),
        degrees_of_freedom=fit.degrees_of_freedom,
        asr_factor=_asr_factor(cell.results, role),
        relabelled=tuple(exchanged[i] for i in there),
        excluded=(*cell.excluded, *((label_of(cell.results[i]), text) for i, text in sorted(why.items()))),
        reasons=tuple(own),
    )


def _asr_factor(results: Sequence[FitResult], role: str) -> float:
    """Return ASR/R [cm2] of a role, NaN where it has no ASR: no area, or the film itself."""
    for result in results:
        asr, (resistance, *_) = result.derived.get(f"asr_{role}"), result.by_role(f"{role}.resistance") or (None,)
        if asr is not None and resistance is not None and asr.value > 0 and resistance.value > 0:
            return asr.value / resistance.value
    return math.nan


def _empty(label: str, cell: _Cell, reasons: Sequence[Reason]) -> QuantitySeries:
    return QuantitySeries(
        "time", label, "", tuple(label_of(r) for r in cell.results), cell.excluded, {}, tuple(reasons)
    )
