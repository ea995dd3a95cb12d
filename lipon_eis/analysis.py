"""The analysis of spectra already read: fit, assign, convert, judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import CannotFit, InvalidSpectrum, LiponEisError
from lipon_eis.fitting.fit import Options
from lipon_eis.fitting.masking import Mask
from lipon_eis.fitting.outliers import find_outliers, without
from lipon_eis.fitting.ranking import ACCURACY, MARGIN
from lipon_eis.fitting.result import Fit
from lipon_eis.fixture_files import without_fixture
from lipon_eis.known_leads import hold_known_leads
from lipon_eis.library import load_circuit
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.registry import Element, own_elements
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.assignment import assign
from lipon_eis.physics.derived import Derived, derive_all
from lipon_eis.physics.fixture import DONE
from lipon_eis.physics.sides import sides_of
from lipon_eis.physics.window import bound_unseen_bulk, locate
from lipon_eis.result import FitResult, FittedParameter
from lipon_eis.rounding import format_value
from lipon_eis.sample import Sample
from lipon_eis.selection import Chosen, Ranked, fit_best, fit_circuit
from lipon_eis.spectrum import Spectrum
from lipon_eis.verdict import Case, Reason, judge

AUTO = "auto"
LIKELY = 5.0  # AICc by which a larger circuit is ahead and likely to be right; chance gives as much once in 50
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


def analyse(spectra: Sequence[Spectrum], samples: Sequence[Sample], task: Task) -> list[FitResult | LiponEisError]:
    """Mask, take the fixture away, fit, convert and judge every spectrum; one that fails gives its error in its place.

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
            ready[row] = without_fixture(task.mask.apply(spectrum), samples[row])
        except InvalidSpectrum:
            outcome[row] = CannotFit("every point is masked: nothing to fit")
        except LiponEisError as error:  # an open or short file that cannot be read
            outcome[row] = error
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
        known = hold_known_leads(found, some, films, task.options, accuracy=task.accuracy)
        for row, (chosen, reasons) in zip(rows, known, strict=True):
            if isinstance(chosen, CannotFit):
                outcome[row] = chosen
            else:
                outcome[row] = interpret(spectra[row], samples[row], chosen, task, reasons)
    return outcome


def interpret(
    spectrum: Spectrum, sample: Sample, chosen: Chosen, task: Task, reasons: tuple[Reason, ...] = ()
) -> FitResult:
    """Turn the fit of one spectrum into a result: roles assigned, quantities derived, verdict given.

    Args:
        spectrum: The data.
        sample: The film.
        chosen: The fit, and how its circuit was chosen.
        task: What was asked for.
        reasons: What was found on the way to this fit.
    """
    named = chosen.named
    used = spectrum.frequency[spectrum.used]
    sides = sides_of(named.sides, sample)
    assignment = assign(
        chosen.fit,
        named.roles,
        sample,
        family=named.family,
        sides=sides,
        highest=float(used.max()),
        clean=DONE in spectrum.meta or sample.stray_capacitance is not None,
    )
    fit = assignment.fit
    arcs = role_arcs(fit.circuit, named.roles)
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
    derived = derive_all(fit, named.roles, sample, sides=sides, unresolved=unresolved, ambiguous=bool(doubt))
    if doubt and (alternatives := _alternatives(derived)):
        doubt = f"{doubt}; {alternatives}"
    remarks = (*reasons, *_remarks(chosen))
    outliers = find_outliers(fit, spectrum)
    case = Case(
        spectrum,
        sample,
        named,
        fit,
        arcs,
        positions,
        derived,
        doubt,
        remarks,
        outliers,
        roles=assignment.roles,
        mistake=assignment.mistake,
    )
    verdict, why = judge(case)
    return FitResult(
        spectrum=spectrum,
        sample=sample,
        circuit=named,
        fit=fit,
        parameters=_parameters(fit, named),
        derived=derived,
        verdict=verdict,
        reasons=why,
        ranking=chosen.ranking,
        outliers=outliers.points,
        arcs=assignment.roles,
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
        remarks += _one_arc_more(winner, rest)
    if chosen.named.caution:
        remarks.append(Reason("counted-together", "note", chosen.named.caution))
    return remarks


def _one_arc_more(winner: Ranked, others: Sequence[Ranked]) -> list[Reason]:
    """Say that a circuit of more arcs fits better, though not by what more arcs have to earn."""
    larger = [r for r in others if r.delta < winner.delta and r.text.count("p(") > winner.text.count("p(")]
    if not larger:
        return []
    gain = winner.delta - larger[0].delta
    text = (
        f"{larger[0].text} fits better by {gain:.1f} in AICc, less than the {MARGIN:g} that it would have to: one of "
        "the arcs may be two, and its resistance their sum"
    )
    return [Reason("one-arc-more", "check" if gain > LIKELY else "note", text)]


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
