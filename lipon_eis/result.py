"""FitResult: all that was found of one spectrum, and how it stands in results.json."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.fitting.outliers import Outlier
from lipon_eis.fitting.result import Fit
from lipon_eis.physics.derived import Derived
from lipon_eis.physics.naming import ArcRole
from lipon_eis.sample import Sample
from lipon_eis.selection import Ranked
from lipon_eis.spectrum import Spectrum
from lipon_eis.verdict import Reason

CORRELATED = 0.95  # |ρ| beyond which a pair of parameters is listed


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
        arcs: The role of each arc, how sure it is, and why.
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
    arcs: tuple[ArcRole, ...] = ()

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
            "arcs": [
                {
                    "role": arc.role,
                    "resistance": arc.resistance,
                    "confidence": plain(arc.confidence),
                    "verdict": arc.verdict,
                    "reasons": list(arc.reasons),
                    "contradiction": arc.contradiction or None,
                }
                for arc in self.arcs
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
