"""The analysis of spectra already read: fit, assign, convert, judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import CannotFit, InvalidSpectrum, LiponEisError
from lipon_eis.fitting.fit import Options
from lipon_eis.fitting.masking import Mask
from lipon_eis.fitting.outliers import Outlier, find_outliers, without
from lipon_eis.fitting.ranking import ACCURACY, MARGIN
from lipon_eis.fitting.result import Fit
from lipon_eis.library import load_circuit
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.registry import Element, own_elements
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.assignment import assign
from lipon_eis.physics.derived import Derived, derive_all
from lipon_eis.physics.window import bound_unseen_bulk, locate
from lipon_eis.rounding import format_value
from lipon_eis.sample import Sample
from lipon_eis.selection import Chosen, Ranked, fit_best, fit_circuit
from lipon_eis.spectrum import Spectrum
from lipon_eis.verdict import Case, Reason, judge

AUTO = "auto"
CORRELATED = 0.95  # |ρ| beyond which a pair of parameters is listed
MASKINGS = 2  # times that outliers are masked and the rest is fitted again: one may hide another


@dataclass(frozen=True)
class Task:
    """What shall be done with every spectrum.

    Attributes:
        circuit: A name, a circuit string, a path, a `Circuit`, or ``auto``.
        roles: Parameter or element name → role, for a bare circuit string.
        options: Of the fit.
        accuracy: Of the instrument, relative, for ``auto``.
        mask: Points to leave out.
        elements: The user's own; they are known in every process that the task is sent to.
    """

    circuit: str | Circuit | NamedCircuit = AUTO
    roles: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    accuracy: float = ACCURACY
    mask: Mask = field(default_factory=Mask)
    elements: tuple[Element, ...] = field(default_factory=own_elements)


@dataclass(frozen=True)
class FittedParameter:
    """One parameter of a result, SI; NaN for what is not known."""

    name: str
    role: str
    unit: str
    value: float
    stderr: float
    interval: tuple[float, float]
    interval_method: str
    fixed: bool
    at_bound: bool
    tied_to: str = ""


@dataclass(frozen=True, eq=False)
class FitResult:
    """All that was found of one spectrum.

    Attributes:
        spectrum: The data.
        sample: What is known of the film.
        circuit: The circuit that was fitted, with its roles.
        fit: Values, covariance and statistics.
        parameters: In the order of the circuit.
        derived: Conductivities and the like by name, in the units of results.json.
        verdict: ``pass``, ``check`` or ``fail``.
        reasons: Why, the worst first.
        ranking: The topologies tried by ``auto``, best first.
        outliers: Points that stand apart from the fit, those masked for it included.
    """

    spectrum: Spectrum
    sample: Sample
    circuit: NamedCircuit
    fit: Fit
    parameters: tuple[FittedParameter, ...]
    derived: Mapping[str, Derived]
    verdict: str
    reasons: tuple[Reason, ...]
    ranking: tuple[Ranked, ...] = ()
    outliers: tuple[Outlier, ...] = ()

    @property
    def values(self) -> dict[str, float]:
        """Fitted values by parameter name, SI; NaN where only a bound is known."""
        return self.fit.values

    @property
    def stderr(self) -> dict[str, float]:
        """Standard errors by parameter name, SI; NaN where there is none."""
        return self.fit.stderr

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Of the linear parameters in the order of ``parameters``; NaN for fixed and bound ones."""
        return self.fit.covariance

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Correlations of the parameters in the order of ``parameters``; NaN where there is no covariance."""
        return self.fit.correlation

    @property
    def chi2(self) -> float:
        """Σ w |Z − Zfit|², or of Y in a fit of the admittance."""
        return self.fit.chi2

    def interval(self, name: str) -> tuple[float, float]:
        """Return the 95 % interval of a parameter, SI; NaN for an end that is not known."""
        return self.fit.interval(name)

    def by_role(self, role: str) -> list[FittedParameter]:
        """Return the parameters of a role, such as ``bulk.resistance``."""
        return [parameter for parameter in self.parameters if parameter.role == role]

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, as it stands in results.json."""
        fit, meta = self.fit, dict(self.spectrum.meta)
        k = len(self.parameters)
        return {
            "source": meta.pop("source", ""),
            "sha256": meta.pop("sha256", None),
            "spectrum": meta.pop("spectrum", 0),
            "label": self.sample.label or self.spectrum.label,
            "format": meta.pop("format", None),
            "metadata": plain(meta),
            "sample": plain(self.sample.to_dict()),
            "circuit": {
                "name": self.circuit.name,
                "text": fit.circuit.text,
                "title": self.circuit.title,
                "answers": sorted(self.circuit.answers),
                "sides": dict(self.circuit.sides),
                "family": self.circuit.family or None,
                "own_elements": [
                    {
                        "symbol": e.symbol,
                        "description": e.description,
                        "source": e.source or None,
                        "parameters": [{"name": p.name, "unit": p.unit} for p in e.parameters],
                        "derivatives": "numeric" if e.numeric else "given",
                    }
                    for e in fit.circuit.own_elements
                ],
                "ranking": [
                    {
                        "text": r.text,
                        "names": list(r.names),
                        "aicc": r.aicc,
                        "delta": r.delta,
                        "free_parameters": r.free,
                        "chosen": r.chosen,
                    }
                    for r in self.ranking
                ],
            },
            "data": {
                "frequency_hz": plain(self.spectrum.frequency),
                "z_re_ohm": plain(self.spectrum.impedance.real),
                "z_im_ohm": plain(self.spectrum.impedance.imag),
                "fit_re_ohm": plain(fit.impedance.real),
                "fit_im_ohm": plain(fit.impedance.imag),
                "masked": plain(self.spectrum.masked),
                **({} if self.spectrum.sigma is None else {"sigma_ohm": plain(self.spectrum.sigma)}),
            },
            "weighting": fit.weighting,
            "space": fit.space,
            "n_points": len(self.spectrum),
            "n_masked": self.spectrum.n_masked,
            "chi2": fit.chi2,
            "degrees_of_freedom": fit.degrees_of_freedom,
            "starts": fit.starts,
            "starts_agreeing": fit.starts_agreeing,
            "rivals": [{"chi2": rival.chi2, "values": plain(rival.values)} for rival in fit.rivals],
            "outliers": [
                {"frequency_hz": o.frequency, "studentised": o.studentised, "masked": o.masked} for o in self.outliers
            ],
            "verdict": self.verdict,
            "reasons": [{"code": r.code, "level": r.level, "message": r.message} for r in self.reasons],
            "parameters": [
                {
                    "name": p.name,
                    "role": p.role or None,
                    "unit": p.unit,
                    "value": plain(p.value),
                    "stderr": plain(p.stderr),
                    "interval": plain(p.interval),
                    "interval_method": p.interval_method or None,
                    "fixed": p.fixed,
                    "at_bound": p.at_bound,
                    "tied_to": p.tied_to or None,
                    "value_in_curve": float(fit.used_values[i]),
                }
                for i, p in enumerate(self.parameters)
            ],
            "covariance": [[plain(fit.covariance[i, j]) for j in range(k)] for i in range(k)],
            "correlated_pairs": [
                {"names": [one, other], "correlation": rho} for one, other, rho in fit.correlated_pairs(CORRELATED)
            ],
            "derived": [
                {
                    "name": d.name,
                    "unit": d.unit,
                    "value": plain(d.value),
                    "stderr": plain(d.stderr),
                    "stderr_fit": plain(d.stderr_fit),
                    "stderr_geometry": plain(d.stderr_geometry),
                    "interval": plain(d.interval),
                    "formula": d.formula,
                    "reason": d.reason or None,
                }
                for d in self.derived.values()
            ],
        }


def analyse(spectra: Sequence[Spectrum], samples: Sequence[Sample], task: Task) -> list[FitResult | LiponEisError]:
    """Mask, fit, convert and judge every spectrum; one that cannot be fitted gives its error in its place.

    Args:
        spectra: What was measured.
        samples: What is known of each film; its ``circuit``, where set, has precedence over the task's.
        task: What to do.

    Raises:
        LiponEisError: The task itself is wrong: an unknown circuit, a parameter that does not exist.
    """
    outcome: dict[int, FitResult | LiponEisError] = {}
    ready: dict[int, Spectrum] = {}
    for row, spectrum in enumerate(spectra):
        try:
            ready[row] = task.mask.apply(spectrum)
        except InvalidSpectrum:
            outcome[row] = CannotFit("every point is masked: nothing to fit")
    outcome.update(_analysed(ready, samples, task))
    for _ in range(MASKINGS if task.mask.outliers else 0):
        outcome.update(_without_outliers(outcome, samples, task))
    return [outcome[row] for row in range(len(spectra))]


def _without_outliers(
    outcome: Mapping[int, FitResult | LiponEisError], samples: Sequence[Sample], task: Task
) -> dict[int, FitResult]:
    """Fit again what has outliers, without them; those that cannot be fitted then stay as they are."""
    before = {row: result for row, result in outcome.items() if isinstance(result, FitResult)}
    masked = {row: without(r.spectrum, [o for o in r.outliers if not o.masked]) for row, r in before.items()}
    changed = {row: spectrum for row, spectrum in masked.items() if spectrum is not before[row].spectrum}
    found = {}
    for row, result in _analysed(changed, samples, task).items():
        if isinstance(result, FitResult):
            gone = [replace(outlier, masked=True) for outlier in before[row].outliers]
            listed = sorted([*gone, *result.outliers], key=lambda outlier: outlier.index)
            found[row] = replace(result, outliers=tuple(listed))
    return found


def _analysed(
    spectra: Mapping[int, Spectrum], samples: Sequence[Sample], task: Task
) -> dict[int, FitResult | LiponEisError]:
    """Fit, convert and judge spectra by row, those of one circuit together."""
    outcome: dict[int, FitResult | LiponEisError] = {}
    groups: dict[Any, list[int]] = {}
    for row in spectra:
        groups.setdefault(samples[row].circuit or task.circuit, []).append(row)
    for spec, rows in groups.items():
        some, films = [spectra[row] for row in rows], [samples[row] for row in rows]
        if spec == AUTO:
            found = fit_best(some, films, task.options, accuracy=task.accuracy)
        else:
            found = fit_circuit(load_circuit(spec, task.roles or None), some, task.options, accuracy=task.accuracy)
        for row, chosen in zip(rows, found, strict=True):
            if isinstance(chosen, CannotFit):
                outcome[row] = chosen
            else:
                outcome[row] = interpret(spectra[row], samples[row], chosen, task)
    return outcome


def interpret(spectrum: Spectrum, sample: Sample, chosen: Chosen, task: Task) -> FitResult:
    """Turn the fit of one spectrum into a result: roles assigned, quantities derived, verdict given."""
    named = chosen.named
    assignment = assign(chosen.fit, named.roles)
    fit = assignment.fit
    arcs = role_arcs(fit.circuit, named.roles)
    used = spectrum.frequency[spectrum.used]
    positions = tuple(locate(fit, arcs, float(used.min()), float(used.max())))
    leads = tuple(
        i
        for i, name in enumerate(fit.circuit.names)
        if named.roles.get(name, "") in ("lead.resistance", "series.resistance")
    )
    fit = bound_unseen_bulk(fit, arcs, list(positions), leads)
    unresolved = {
        position.role: f"the arc peaks at {format_value(position.peak, unit='Hz', digits=3)}, above the window"
        for position in positions
        if position.place in ("above", "far above")
    }
    doubt = chosen.tie or ("" if assignment.clear else f"the arcs cannot be told apart: {assignment.why}")
    derived = derive_all(fit, named.roles, sample, sides=named.sides, unresolved=unresolved, ambiguous=bool(doubt))
    if doubt and (alternatives := _alternatives(derived)):
        doubt = f"{doubt}; {alternatives}"
    remarks = tuple(_remarks(chosen))
    outliers = find_outliers(fit, spectrum)
    case = Case(spectrum, sample, named, fit, arcs, positions, derived, doubt, remarks, outliers)
    verdict, reasons = judge(case)
    return FitResult(
        spectrum=spectrum,
        sample=sample,
        circuit=named,
        fit=fit,
        parameters=_parameters(fit, named),
        derived=derived,
        verdict=verdict,
        reasons=reasons,
        ranking=chosen.ranking,
        outliers=outliers.points,
    )


def _alternatives(derived: Mapping[str, Derived]) -> str:
    shown = {
        "sigma_bulk": "this arc",
        "sigma_interface_film": "the other",
        "sigma_grain_boundary_apparent": "the other",
        "sigma_with_film": "their sum",
        "sigma_total": "their sum",
    }
    parts = [
        f"{format_value(derived[name].value, unit='S/cm', digits=3)} from {what}"
        for name, what in shown.items()
        if name in derived and math.isfinite(derived[name].value)
    ]
    return f"σ would be {', '.join(parts)}" if parts else ""


def _remarks(chosen: Chosen) -> list[Reason]:
    remarks = []
    if chosen.added_inductance:
        size = format_value(chosen.fit.values["L0"], unit="H", digits=3)
        remarks.append(Reason("inductance-added", "note", f"the data ask for a lead inductance: L0 = {size} added"))
    if chosen.doubt:
        remarks.append(Reason("stack-contradicted", "check", chosen.doubt))
    if chosen.ranking:
        winner = next(r for r in chosen.ranking if r.chosen)
        rest = [r for r in chosen.ranking if not r.chosen]
        runner_up = f"; next {rest[0].text} at {rest[0].aicc - winner.aicc:+.1f}" if rest else ""
        rule = "" if winner.delta == 0 else f", the simplest within {MARGIN:g} of the best"
        remarks.append(Reason("circuit-chosen", "note", f"chosen by AICc: {winner.text}{rule}{runner_up}"))
    return remarks


def _parameters(fit: Fit, named: NamedCircuit) -> tuple[FittedParameter, ...]:
    values, stderr = fit.values, fit.stderr
    return tuple(
        FittedParameter(
            name=p.name,
            role=named.roles.get(p.name, ""),
            unit=p.unit,
            value=values[p.name],
            stderr=stderr[p.name] if fit.known[i] else math.nan,
            interval=fit.interval(p.name),
            interval_method=fit.interval_method[i],
            fixed=bool(fit.fixed[i]),
            at_bound=bool(fit.at_bound[i]),
            tied_to=fit.ties.get(p.name, ""),
        )
        for i, p in enumerate(fit.circuit.parameters)
    )


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it: NaN and infinities as None, arrays as lists."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)
