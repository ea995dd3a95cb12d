"""Which circuit describes a spectrum: topologies ranked by what the data support, roles by the sample.

The data decide the *topology*, by AICc. They cannot tell circuits of equal topology apart: an
interface film and a grain boundary are both a second arc. There the sample's stack decides,
then what the permittivity of the bulk says of the material; where that leaves a tie, it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, finish_intervals, fit_spectra
from lipon_eis.fitting.inductance import NAME, asks_for_inductance, with_inductance
from lipon_eis.fitting.order import interchangeable
from lipon_eis.fitting.ranking import ACCURACY, MARGIN, choose, corrected_aic
from lipon_eis.fitting.result import Fit
from lipon_eis.library import circuits
from lipon_eis.model.circuit import Circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.derived import VACUUM_PERMITTIVITY
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum
from lipon_eis.stack import parse_stack


@dataclass(frozen=True)
class Ranked:
    """One topology in the ranking of a spectrum.

    Attributes:
        text: Circuit string that was fitted.
        names: Circuits of this topology.
        aicc: Its corrected Akaike criterion.
        delta: Difference to the best.
        free: Number of free parameters.
        chosen: Whether it won.
    """

    text: str
    names: tuple[str, ...]
    aicc: float
    delta: float
    free: int
    chosen: bool


@dataclass(frozen=True, eq=False)
class Chosen:
    """A circuit and its fit.

    Attributes:
        named: The circuit with its roles.
        fit: Its fit.
        added_inductance: Whether a lead inductance was added.
        ranking: The topologies tried, best first; empty where the circuit was given.
        tie: Empty, or why the roles of the circuit are a guess.
        doubt: Empty, or why the circuit does not go with the stack.
    """

    named: NamedCircuit
    fit: Fit
    added_inductance: bool = False
    ranking: tuple[Ranked, ...] = ()
    tie: str = ""
    doubt: str = ""


def fit_circuit(
    named: NamedCircuit, spectra: Sequence[Spectrum], options: Options, *, accuracy: float = ACCURACY
) -> list[Chosen | CannotFit]:
    """Fit one circuit; one from the library takes a lead inductance where the data ask for it."""
    return _with_intervals(_fit_quickly(named, spectra, options, accuracy), spectra, options)


def _fit_quickly(
    named: NamedCircuit, spectra: Sequence[Spectrum], options: Options, accuracy: float
) -> list[Chosen | CannotFit]:
    """As `fit_circuit`, with intervals from the covariance alone."""
    options = replace(options, ranges=_ranges(named), interval="covariance")
    outcome: list[Chosen | CannotFit] = [
        fit if isinstance(fit, CannotFit) else Chosen(named, fit)
        for fit in fit_spectra(named.circuit, spectra, options)
    ]
    larger = with_inductance(named.circuit) if named.roles and named.source is not None else None
    if larger is None:
        return outcome
    asking = [
        i for i, found in enumerate(outcome) if isinstance(found, Chosen) and asks_for_inductance(found.fit, spectra[i])
    ]
    inductive = _inductive(named, larger)
    for i, fit in zip(asking, fit_spectra(larger, [spectra[i] for i in asking], options), strict=True):
        before = outcome[i]
        if isinstance(fit, Fit) and isinstance(before, Chosen) and fit.known[fit.index(NAME)]:
            gain = corrected_aic(before.fit, accuracy) - corrected_aic(fit, accuracy)
            if gain > MARGIN:
                outcome[i] = Chosen(inductive, fit, added_inductance=True)
    return outcome


def _inductive(named: NamedCircuit, larger: Circuit) -> NamedCircuit:
    """Return a circuit of the library with the lead inductance that was put before it."""
    return replace(named, circuit=larger, roles={**named.roles, NAME: "lead.inductance"})


def _with_intervals(
    outcome: Sequence[Chosen | CannotFit], spectra: Sequence[Spectrum], options: Options
) -> list[Chosen | CannotFit]:
    """Finish the intervals of fits, those of one circuit together."""
    groups: dict[NamedCircuit, list[int]] = {}
    for row, found in enumerate(outcome):
        if isinstance(found, Chosen):
            groups.setdefault(found.named, []).append(row)
    finished = list(outcome)
    for named, rows in groups.items():
        chosen = [found for found in (outcome[row] for row in rows) if isinstance(found, Chosen)]
        how = replace(only_known(options, named), ranges=_ranges(named))
        fits = finish_intervals(
            chosen[0].fit.circuit, [spectra[row] for row in rows], [found.fit for found in chosen], how
        )
        for row, found, fit in zip(rows, chosen, fits, strict=True):
            finished[row] = replace(found, fit=fit)
    return finished


def fit_best(
    spectra: Sequence[Spectrum],
    samples: Sequence[Sample],
    options: Options,
    *,
    candidates: Sequence[NamedCircuit] | None = None,
    accuracy: float = ACCURACY,
) -> list[Chosen | CannotFit]:
    """Fit every candidate topology to every spectrum and keep the simplest that the data support."""
    topologies: dict[str, list[NamedCircuit]] = {}
    for named in candidates or circuits():
        topologies.setdefault(named.circuit.topology(), []).append(named)
    alike = sorted(topologies.values(), key=lambda group: len(group[0].circuit.names))
    fits = [_fit_quickly(group[0], spectra, only_known(options, group[0]), accuracy) for group in alike]

    outcome: list[Chosen | CannotFit] = []
    for i, sample in enumerate(samples):
        able = [(group, found[i]) for group, found in zip(alike, fits, strict=True) if isinstance(found[i], Chosen)]
        if not able:
            outcome.append(fits[0][i])
            continue
        chosen = [found for _, found in able if isinstance(found, Chosen)]
        scores = [corrected_aic(found.fit, accuracy) for found in chosen]
        sizes = [found.fit.n_free for found in chosen]
        if not np.isfinite(min(scores)):
            outcome.append(
                CannotFit(f"{chosen[0].fit.n_used} points are too few to tell circuits apart: name one by --circuit")
            )
            continue
        suits = [_suits(group, sample) for group, _ in able]
        winner = choose(scores, sizes, suits)
        ranking = tuple(
            Ranked(
                chosen[j].fit.circuit.text,
                tuple(named.name for named in able[j][0]),
                scores[j],
                scores[j] - min(scores),
                sizes[j],
                j == winner,
            )
            for j in sorted(range(len(able)), key=lambda j: scores[j])
        )
        named, tie, doubt = _told_apart(able[winner][0], chosen[winner].fit, sample)
        if chosen[winner].added_inductance:
            named = _inductive(named, chosen[winner].fit.circuit)
        outcome.append(replace(chosen[winner], named=named, ranking=ranking, tie=tie, doubt=doubt))
    return _with_intervals(outcome, spectra, options)


def _suits(alike: Sequence[NamedCircuit], sample: Sample) -> bool:
    """Tell whether one of the circuits is meant for the kind of cell that the sample's stack makes."""
    kind = parse_stack(sample.stack).kind if sample.stack else "unknown"
    return any(kind in named.kinds for named in alike)


def _told_apart(alike: Sequence[NamedCircuit], fit: Fit, sample: Sample) -> tuple[NamedCircuit, str, str]:
    """Choose among circuits of equal topology; return it, why it is a guess, and what contradicts it."""
    stack = parse_stack(sample.stack) if sample.stack else None
    doubt = ""
    if stack is not None and stack.kind != "unknown":
        of_kind = [named for named in alike if stack.kind in named.kinds]
        if of_kind:
            alike = of_kind
        elif any(named.kinds for named in alike):
            doubt = f"the stack {sample.stack} is a {stack.kind} cell, the data look like {alike[0].title}"
    if len(alike) > 1 and stack is not None and stack.electrolyte is not None:
        family = [named for named in alike if named.polycrystalline == stack.polycrystalline]
        alike = family or alike
    if len(alike) == 1:
        return alike[0], "", doubt

    eps = _bulk_permittivity(fit, alike[0], sample)
    crystalline = [named for named in alike if named.polycrystalline]
    if eps is not None and eps > 60 and len(crystalline) == 1:
        return crystalline[0], "", doubt
    first = next((named for named in alike if not named.polycrystalline), alike[0])
    others = " or ".join(named.name for named in alike)
    said = "" if eps is None else f" (a relative permittivity of {eps:.3g} goes with either)"
    return first, f"the data cannot tell {others} apart{said}: give the stack in the sample sheet, or --circuit", doubt


def _bulk_permittivity(fit: Fit, named: NamedCircuit, sample: Sample) -> float | None:
    """ε_r of the arc of smallest capacitance, or None without geometry."""
    if sample.thickness is None or sample.area is None:
        return None
    capacitances = []
    for arc in role_arcs(fit.circuit, named.roles):
        log_tau = arc.log_tau(fit.used_values)
        if log_tau is not None:
            capacitances.append(float(np.exp(log_tau) / fit.used_values[arc.r]))
    if not capacitances:
        return None
    return min(capacitances) * sample.thickness / (VACUUM_PERMITTIVITY * sample.area)


def _ranges(named: NamedCircuit) -> dict[str, tuple[float | None, float | None]]:
    """The circuit file's bounds; arcs that may change places share the widest, so that they can."""
    ranges: dict[str, tuple[float | None, float | None]] = dict(named.bounds)
    names = named.circuit.names
    for group in interchangeable(named.circuit):
        for position in range(len(group[0].indices)):
            members = [names[part.indices[position]] for part in group]
            given = [named.bounds.get(name) for name in members]
            shared = None if None in given else (min(g[0] for g in given if g), max(g[1] for g in given if g))
            for name in members:
                ranges.pop(name, None)
                if shared:
                    ranges[name] = shared
    return ranges


def only_known(options: Options, named: NamedCircuit) -> Options:
    """Return the options without what names a parameter that a circuit does not have."""
    names = set(named.circuit.names)
    return replace(
        options,
        guess={k: v for k, v in options.guess.items() if k in names},
        fix={k: v for k, v in options.fix.items() if k in names},
        bounds={k: v for k, v in options.bounds.items() if k in names},
        tie={k: v for k, v in options.tie.items() if k in names and v in names},
    )
