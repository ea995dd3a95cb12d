"""Temperature series: films measured at three or more temperatures, an activation energy each.

The two-step way: every spectrum is fitted alone, then a line goes through the conductivities.
A spectrum that was judged FAIL, or has no conductivity, is named and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.errors import InvalidSample
from lipon_eis.physics.arrhenius import OFFSET, SCATTER, ArrheniusFit, Estimate, arrhenius
from lipon_eis.result import FitResult
from lipon_eis.verdict import LEVELS, VERDICTS, Reason

NARROW, FEW = 30.0, 4
QUANTITIES = {"bulk": "sigma_bulk", "total": "sigma_total"}


@dataclass(frozen=True)
class TemperatureSeries:
    """One film over temperature.

    Attributes:
        label: Its group.
        role: ``bulk``, or ``total`` for grains and boundaries together.
        members: Labels of the spectra on the line.
        excluded: (label, why) of those that are not.
        line: The fit.
        verdict: ``pass`` or ``check``.
        reasons: Why.
    """

    label: str
    role: str
    members: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    line: ArrheniusFit
    verdict: str
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the series as it stands in results.json."""
        line = self.line
        return {
            "kind": "temperature",
            "label": self.label,
            "role": self.role,
            "method": "two-step",
            "members": list(self.members),
            "excluded": [{"label": label, "why": why} for label, why in self.excluded],
            "activation_energy_eV": {"sigma": _plain(line.sigma), "sigma_T": _plain(line.sigma_T)},
            "sigma_25C_S_per_cm": {**_plain(line.sigma_25C), "extrapolated": line.extrapolated},
            "temperature_range_K": [line.lowest, line.highest],
            "chi2": line.chi2,
            "degrees_of_freedom": line.degrees_of_freedom,
            "verdict": self.verdict,
            "reasons": [{"code": r.code, "level": r.level, "message": r.message} for r in self.reasons],
        }


def temperature_series(results: Sequence[FitResult]) -> tuple[TemperatureSeries, ...]:
    """Return a series for every group of the sample sheet with three or more temperatures."""
    groups: dict[str, list[FitResult]] = {}
    for result in results:
        if result.sample.group and result.sample.temperature:
            groups.setdefault(result.sample.group, []).append(result)
    found = []
    for label, members in groups.items():
        for role, name in QUANTITIES.items():
            if any(name in member.derived for member in members) and (series := _series(label, role, name, members)):
                found.append(series)
    return tuple(found)


def _series(label: str, role: str, name: str, results: Sequence[FitResult]) -> TemperatureSeries | None:
    members, excluded = [], []
    for result in results:
        quantity = result.derived.get(name)
        if result.verdict == "fail":
            excluded.append((_label(result), "judged FAIL"))
        elif quantity is None or not np.isfinite(quantity.value):
            excluded.append((_label(result), quantity.reason if quantity else f"no {name}"))
        else:
            members.append(result)
    members.sort(key=lambda result: result.sample.temperature or 0.0)
    quantities = [result.derived[name] for result in members]
    scatter = [r.sample.temperature_stderr for r in members if r.sample.temperature_stderr is not None]
    offset = [r.sample.temperature_offset_stderr for r in members if r.sample.temperature_offset_stderr is not None]
    common = [q.stderr_geometry / q.value for q in quantities if np.isfinite(q.stderr_geometry)]
    try:
        line = arrhenius(
            [result.sample.temperature or np.nan for result in members],
            [q.value for q in quantities],
            [q.stderr_fit if np.isfinite(q.stderr_fit) else 0.0 for q in quantities],
            temperature_stderr=max(scatter, default=SCATTER),
            temperature_offset_stderr=max(offset, default=OFFSET),
            common_stderr=max(common, default=0.0),
        )
    except InvalidSample:
        return None
    reasons = tuple(_reasons(line, len({result.sample.temperature for result in members})))
    worst = max((reason.level for reason in reasons), key=LEVELS.index, default="note")
    labels = tuple(_label(result) for result in members)
    return TemperatureSeries(label, role, labels, tuple(excluded), line, VERDICTS[worst], reasons)


def _reasons(line: ArrheniusFit, temperatures: int) -> list[Reason]:
    reasons = []
    span = line.highest - line.lowest
    if temperatures < FEW or span < NARROW:
        wanted = f"a trusted activation energy wants {FEW} over {NARROW:.0f} K"
        text = f"{temperatures} temperatures over {span:.0f} K; {wanted}"
        reasons.append(Reason("few-temperatures", "check", text))
    if line.scale_estimated:
        text = "the points scatter about the line more than their errors say: errors are widened by what they show"
        reasons.append(Reason("arrhenius-scatter", "check", text))
    if line.extrapolated:
        reasons.append(Reason("extrapolated", "note", "25 °C lies outside the measured temperatures"))
    return reasons


def _plain(estimate: Estimate) -> dict[str, object]:
    return {"value": estimate.value, "stderr": estimate.stderr, "interval": list(estimate.interval)}


def _label(result: FitResult) -> str:
    return result.sample.label or result.spectrum.label
