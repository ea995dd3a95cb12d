"""Temperature series: films measured at three or more temperatures, an activation energy each.

The two-step way: every spectrum is fitted alone, then a line goes through the conductivities, or through the
reciprocal area-specific resistances of an interface. A spectrum that was judged FAIL, or has no value, is named
and left out. (`lipon_eis.kinds.temperature` fits the spectra themselves together.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lipon_eis.errors import InvalidSample
from lipon_eis.physics.arrhenius import OFFSET, SCATTER, ArrheniusFit, Estimate, arrhenius, distinct
from lipon_eis.result import FitResult, plain
from lipon_eis.verdict import Reason, worst

NARROW, FEW = 30.0, 4
CONDUCTIVITIES = {"bulk": "sigma_bulk", "total": "sigma_total"}
APPARENT = {"grain_boundary": "sigma_grain_boundary_apparent"}  # of joint fits, where it has a line of its own
ASR = "asr_"


@dataclass(frozen=True)
class TemperatureSeries:
    """One film over temperature.

    Attributes:
        label: Its group.
        role: ``bulk``, ``total`` for grains and boundaries together, or that of an interface.
        members: Labels of the spectra on the line.
        excluded: (label, why) of those that are not.
        line: The fit; of 1/ASR in place of σ where the role is an interface's.
        verdict: ``pass`` or ``check``.
        reasons: Why.
        method: ``two-step`` or ``joint``.
        more: What a method adds to its entry in results.json.
    """

    label: str
    role: str
    members: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    line: ArrheniusFit
    verdict: str
    reasons: tuple[Reason, ...]
    method: str = "two-step"
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the series as it stands in results.json."""
        line = self.line
        return {
            "kind": "temperature",
            "label": self.label,
            "role": self.role,
            "method": self.method,
            "members": list(self.members),
            "excluded": [{"label": label, "why": why} for label, why in self.excluded],
            "activation_energy_eV": {"sigma": estimate_dict(line.sigma), "sigma_T": estimate_dict(line.sigma_T)},
            **(_of_conductivity(line) if self.role in {**CONDUCTIVITIES, **APPARENT} else _of_resistance(line)),
            "temperature_range_K": [line.lowest, line.highest],
            "chi2": plain(line.chi2),
            "degrees_of_freedom": line.degrees_of_freedom,
            "curvature_probability": plain(line.bend),
            "verdict": self.verdict,
            "reasons": [{"code": r.code, "level": r.level, "message": r.message} for r in self.reasons],
            **self.more,
        }


@dataclass(frozen=True)
class Value:
    """A quantity of one spectrum; NaN for what is not known."""

    value: float
    stderr_fit: float
    stderr_geometry: float
    reason: str


@dataclass(frozen=True)
class Measured:
    """What a line needs to know of one fitted spectrum.

    Attributes:
        label: Of the spectrum.
        group: Of the sample sheet, empty where it gives none.
        film: What tells films without a group apart.
        temperature: [K].
        scatter: Standard error of its reading [K], None where nothing says it.
        offset: Of all readings in common [K], likewise.
        failed: Why the fit was judged FAIL, empty where it was not.
        quantities: Derived quantities by name.
        state: Of the film, empty where nothing says it.
    """

    label: str
    group: str
    film: str
    temperature: float
    scatter: float | None
    offset: float | None
    failed: str
    quantities: Mapping[str, Value]
    state: str = ""


def temperature_series(results: Sequence[FitResult]) -> tuple[TemperatureSeries, ...]:
    """Return the series of every group of the sample sheet with three or more temperatures, one a quantity."""
    return _found(measured for result in results if (measured := measured_of(result)) and measured.group)


def series_of_document(
    document: Mapping[str, Any], temperature_stderr: float | None = None, temperature_offset_stderr: float | None = None
) -> tuple[TemperatureSeries, ...]:
    """Return the series of a results document; spectra without a group are told apart by geometry and circuit.

    Args:
        document: As in results.json.
        temperature_stderr: Scatter of one reading [K]; None: that of the document, else `SCATTER`.
        temperature_offset_stderr: Of all readings of a film in common [K]; None: that of the document, else `OFFSET`.
    """
    measured = [found for entry in document.get("results") or [] if (found := _of_entry(entry))]
    return _found(measured, temperature_stderr, temperature_offset_stderr)


def measured_of(result: FitResult) -> Measured | None:
    """Return what a line needs of a fitted spectrum, None where its temperature is not known."""
    sample = result.sample
    if sample.temperature is None:
        return None
    return Measured(
        label=sample.label or result.spectrum.label,
        group=sample.group or "",
        film=f"{result.circuit.name}\n{sample.thickness}, {sample.area}",
        temperature=sample.temperature,
        scatter=sample.temperature_stderr,
        offset=sample.temperature_offset_stderr,
        failed=_why_failed(result.verdict, [(r.code, r.level) for r in result.reasons]),
        quantities={
            name: Value(d.value, d.stderr_fit, d.stderr_geometry, d.reason) for name, d in result.derived.items()
        },
        state=sample.state or "",
    )


def _of_entry(entry: Mapping[str, Any]) -> Measured | None:
    sample, circuit = entry.get("sample") or {}, entry.get("circuit") or {}
    if sample.get("temperature_K") is None:
        return None
    reasons = [(str(r.get("code")), str(r.get("level"))) for r in entry.get("reasons") or []]

    def number(quantity: Mapping[str, Any], key: str) -> float:
        value = quantity.get(key)
        return np.nan if value is None else float(value)

    return Measured(
        label=str(entry.get("label") or ""),
        group=str(sample.get("group") or ""),
        film=f"{circuit.get('name')}\n{sample.get('thickness_m')}, {sample.get('area_m2')}",
        temperature=float(sample["temperature_K"]),
        scatter=sample.get("temperature_stderr_K"),
        offset=sample.get("temperature_offset_stderr_K"),
        failed=_why_failed(str(entry.get("verdict")), reasons),
        quantities={
            str(q["name"]): Value(
                number(q, "value"), number(q, "stderr_fit"), number(q, "stderr_geometry"), str(q.get("reason") or "")
            )
            for q in entry.get("derived") or []
        },
        state=str(sample.get("state") or ""),
    )


def _why_failed(verdict: str, reasons: Iterable[tuple[str, str]]) -> str:
    codes = dict.fromkeys(code for code, level in reasons if level == "fail")
    return f"judged FAIL: {', '.join(codes)}" if verdict == "fail" and codes else "judged FAIL" * (verdict == "fail")


def _found(
    measured: Iterable[Measured], scatter: float | None = None, offset: float | None = None
) -> tuple[TemperatureSeries, ...]:
    return tuple(
        series
        for key, members in by_film(measured).items()
        for series in series_of(key.partition("\n")[0], members, scatter, offset)
    )


def series_of(
    label: str, members: Sequence[Measured], scatter: float | None = None, offset: float | None = None
) -> list[TemperatureSeries]:
    """Return the lines of one film: of its conductivities, then of its interfaces; see `two_step`."""
    interfaces = dict.fromkeys(name for member in members for name in member.quantities if name.startswith(ASR))
    names = {**CONDUCTIVITIES, **{name.removeprefix(ASR): name for name in interfaces}}
    return [
        series
        for role, name in names.items()
        if any(name in member.quantities for member in members)
        and (series := two_step(label, role, name, members, scatter, offset))
    ]


def by_film(measured: Iterable[Measured]) -> dict[str, list[Measured]]:
    """Return spectra by group, those without one by circuit and geometry; what stands before a line break is a name."""
    groups: dict[str, list[Measured]] = {}
    for one in measured:
        groups.setdefault(one.group or one.film, []).append(one)
    return apart_by_state(groups)


def apart_by_state(groups: Mapping[str, Sequence[Measured]]) -> dict[str, list[Measured]]:
    """Return groups with those apart that were measured in several states: one line does not go through all of them."""
    found: dict[str, list[Measured]] = {}
    for key, members in groups.items():
        several = len({one.state for one in members}) > 1
        name, line, film = key.partition("\n")
        for one in members:
            own = f"{name}, {one.state or 'no state'}{line}{film}" if several else key
            found.setdefault(own, []).append(one)
    return found


def two_step(
    label: str,
    role: str,
    name: str,
    group: Sequence[Measured],
    scatter: float | None = None,
    offset: float | None = None,
) -> TemperatureSeries | None:
    """Return the line through one quantity of a film, None where it has not three temperatures a kelvin apart.

    Args:
        label: Of the film.
        role: Whose quantity it is.
        name: Of the quantity.
        group: Its spectra.
        scatter: Standard error of a reading [K]; None: as the spectra say, else `SCATTER`.
        offset: Error in common [K]; None: as the spectra say, else `OFFSET`.
    """
    why = [(one, _why_left_out(one, name)) for one in group]
    members = sorted((one for one, text in why if not text), key=lambda one: one.temperature)
    if distinct([one.temperature for one in members]) < 3:
        return None
    quantities = [one.quantities[name] for one in members]
    values = np.array([quantity.value for quantity in quantities])
    errors = np.array([quantity.stderr_fit for quantity in quantities])
    common = [q.stderr_geometry / q.value for q in quantities if np.isfinite(q.stderr_geometry)]
    inverse = name.startswith(ASR)
    try:
        line = arrhenius(
            [one.temperature for one in members],
            1 / values if inverse else values,
            errors / values**2 if inverse else errors,
            temperature_stderr=scatters(members, scatter),
            temperature_offset_stderr=common_offset(members, offset),
            common_stderr=max(common, default=0.0),
        )
    except InvalidSample:
        return None
    reasons = tuple(doubts(line, distinct([one.temperature for one in members])))
    labels, excluded = tuple(one.label for one in members), tuple((one.label, text) for one, text in why if text)
    return TemperatureSeries(label, role, labels, excluded, line, worst(reasons), reasons)


def scatters(members: Sequence[Measured], given: float | None = None) -> list[float]:
    """Return the scatter of each reading [K]: the given one, its own, or `SCATTER`."""
    own = [SCATTER if one.scatter is None else one.scatter for one in members]
    return own if given is None else [given] * len(own)


def common_offset(members: Sequence[Measured], given: float | None = None) -> float:
    """Return the error that all readings have in common [K]: the given one, the largest stated, or `OFFSET`."""
    stated = [one.offset for one in members if one.offset is not None]
    return max(stated, default=OFFSET) if given is None else given


def doubts(line: ArrheniusFit, temperatures: int) -> list[Reason]:
    """Return why an activation energy is not to be trusted without looking, and what to know of it.

    Args:
        line: The fit.
        temperatures: Number of different ones.
    """
    reasons = []
    span = line.highest - line.lowest
    if temperatures < FEW or span < NARROW:
        wanted = f"a trusted activation energy wants {FEW} over {NARROW:.0f} K"
        text = f"{temperatures} temperatures over {span:.0f} K; {wanted}"
        reasons.append(Reason("few-temperatures", "check", text))
    if line.bent:
        text = (
            f"the points bend (a straight line would as much with a probability of {line.bend:.1g}): one activation "
            "energy does not describe them; do not extrapolate, fit parts of the range"
        )
        reasons.append(Reason("arrhenius-curved", "check", text))
    if line.scale_estimated:
        text = "the points scatter about the line more than their errors say: errors are widened by what they show"
        reasons.append(Reason("arrhenius-scatter", "check", text))
    if line.extrapolated:
        reasons.append(Reason("extrapolated", "note", "25 °C lies outside the measured temperatures"))
    return reasons


def estimate_dict(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as it stands in results.json; what is not known is None."""
    return {
        "value": plain(estimate.value),
        "stderr": plain(estimate.stderr),
        "interval": plain(list(estimate.interval)),
    }


def _why_left_out(one: Measured, name: str) -> str:
    quantity = one.quantities.get(name)
    if one.failed:
        return one.failed
    if quantity is None:
        return f"no {name}"
    if not np.isfinite(quantity.value):
        return quantity.reason or f"{name} is not known"
    return "" if np.isfinite(quantity.stderr_fit) else f"the error of {name} is not known"


def _of_conductivity(line: ArrheniusFit) -> dict[str, Any]:
    return {
        "sigma_25C_S_per_cm": {**estimate_dict(line.sigma_25C), "extrapolated": line.extrapolated},
        "prefactors": {
            "sigma_0_S_per_cm": estimate_dict(line.sigma_0),
            "sigma_T_S_K_per_cm": estimate_dict(line.prefactor),
        },
    }


def _of_resistance(line: ArrheniusFit) -> dict[str, Any]:
    """Return what is said of an area-specific resistance, whose line is that of its reciprocal."""
    room = line.sigma_25C
    low, high = room.interval
    asr = Estimate(1 / room.value, room.stderr / room.value**2, (1 / high, 1 / low))
    return {"asr_25C_ohm_cm2": {**estimate_dict(asr), "extrapolated": line.extrapolated}}
