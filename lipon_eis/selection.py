"""Which circuit describes a spectrum: topologies ranked by what the data support, roles by the sample.

The data decide the *topology*, by AICc. They cannot tell circuits of equal topology apart; there
what is known of the sample decides (`lipon_eis.physics.meaning`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, finish_intervals, fit_spectra
from lipon_eis.fitting.inductance import NAME, asks_for_inductance, with_inductance
from lipon_eis.fitting.order import interchangeable
from lipon_eis.fitting.ranking import ACCURACY, MARGIN, choose, corrected_aic
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.room import room
from lipon_eis.library import circuits
from lipon_eis.model.chain import chain
from lipon_eis.model.circuit import Circuit
from lipon_eis.physics.meaning import REMEDY, kind_of, suits, told_apart
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum

FIRST_ARCS = 2  # circuits of no more are tried on every spectrum
STAGES = 3  # then three arcs, then four


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
    """Fit candidate topologies to every spectrum and keep the simplest that the data support.

    Circuits of one topology share a fit. Of the shipped ones, those of three and more arcs and those with an
    electronic leak are tried only where the smaller ones leave them something to explain; ``candidates`` all are.
    """
    topologies: dict[str, list[NamedCircuit]] = {}
    for named in candidates or circuits():
        topologies.setdefault(named.circuit.topology(), []).append(named)
    alike = sorted(topologies.values(), key=lambda group: len(group[0].circuit.names))
    tried: list[dict[int, Chosen | CannotFit]] = [
        {} for _ in spectra
    ]  # by spectrum: index in `alike` → what came of it
    for stage in range(1 if candidates else STAGES):
        leaders = [_leader(alike, found, sample, accuracy) for found, sample in zip(tried, samples, strict=True)]
        for g, group in enumerate(alike):
            rows = [
                i
                for i, found in enumerate(tried)
                if g not in found and (candidates or _may_win(group[0], leaders[i], spectra[i], stage, accuracy))
            ]
            some = [spectra[i] for i in rows]
            for i, fit in zip(rows, _fit_quickly(group[0], some, only_known(options, group[0]), accuracy), strict=True):
                tried[i][g] = fit
    outcome = [_decided(alike, found, sample, accuracy) for found, sample in zip(tried, samples, strict=True)]
    return _with_intervals(outcome, spectra, options)


def _may_win(named: NamedCircuit, leader: Chosen | None, spectrum: Spectrum, stage: int, accuracy: float) -> bool:
    """Tell whether a topology is worth a fit, after what was found in the stages before.

    Circuits of one and two arcs are for all; those of one arc more than the best so far for spectra whose
    residuals leave room; a leak for those that come down to the real axis, and likewise.
    """
    arcs, leaking = _n_arcs(named), _leaking(named)
    if stage == 0:
        return arcs <= FIRST_ARCS and not leaking
    if leader is None:
        return stage == 1 and arcs == FIRST_ARCS + 1  # too few points, or no circuit that can be fitted
    if leaking and _has_dc_path(leader.named):
        return True
    grown = leaking or (arcs == FIRST_ARCS + stage and _n_arcs(leader.named) == arcs - 1)
    return grown and room(leader.fit, spectrum, accuracy) > 0


def _n_arcs(named: NamedCircuit) -> int:
    return named.circuit.topology().count("p(")


def _leaking(named: NamedCircuit) -> bool:
    """Tell whether a circuit has something beside everything else, an electronic leak."""
    return chain(named.circuit) is None


def _has_dc_path(named: NamedCircuit) -> bool:
    """Tell whether a chain ends on the real axis: it has nothing but resistances and arcs."""
    found = chain(named.circuit)
    return found is not None and not found.of_kind("tail")


def _scored(
    alike: Sequence[Sequence[NamedCircuit]], found: Mapping[int, Chosen | CannotFit], sample: Sample, accuracy: float
) -> tuple[list[tuple[int, Chosen]], list[float], int]:
    """Return what could be fitted, with its index in `alike`; its scores; which of it is to be chosen, or -1."""
    able = [(g, fit) for g, fit in sorted(found.items()) if isinstance(fit, Chosen)]
    scores = [corrected_aic(chosen.fit, accuracy) for _, chosen in able]
    if np.isfinite(scores).sum() < min(2, len(alike)):  # one alone is no choice
        return able, scores, -1
    sizes = [chosen.fit.n_free for _, chosen in able]
    return able, scores, choose(scores, sizes, [_expected(alike[g], sample) for g, _ in able])


def _expected(group: Sequence[NamedCircuit], sample: Sample) -> bool:
    """Tell whether a topology goes with the sample's stack; without one, whether it needs no leak."""
    return suits(group, sample) if kind_of(sample) != "unknown" else not _leaking(group[0])


def _leader(
    alike: Sequence[Sequence[NamedCircuit]], found: Mapping[int, Chosen | CannotFit], sample: Sample, accuracy: float
) -> Chosen | None:
    able, _, winner = _scored(alike, found, sample, accuracy)
    return able[winner][1] if winner >= 0 else None


def _decided(
    alike: Sequence[Sequence[NamedCircuit]], found: Mapping[int, Chosen | CannotFit], sample: Sample, accuracy: float
) -> Chosen | CannotFit:
    """Return the choice for one spectrum, with its ranking and its roles."""
    able, scores, winner = _scored(alike, found, sample, accuracy)
    if not able:
        return next(iter(found.values()))
    if winner < 0:
        n_used = able[0][1].fit.n_used
        return CannotFit(f"{n_used} points are too few to tell circuits apart: name one by --circuit")
    ranking = tuple(
        Ranked(
            chosen.fit.circuit.text,
            tuple(named.name for named in alike[g]),
            scores[j],
            scores[j] - min(scores),
            chosen.fit.n_free,
            j == winner,
        )
        for j, (g, chosen) in sorted(enumerate(able), key=lambda entry: scores[entry[0]])
    )
    group, chosen = able[winner]
    meaning = told_apart(alike[group], chosen.fit, sample)
    named = _inductive(meaning.named, chosen.fit.circuit) if chosen.added_inductance else meaning.named
    tie = meaning.tie
    if kind_of(sample) == "unknown" and not tie:
        leaks = [
            alike[g][0].name
            for j, (g, other) in enumerate(able)
            if j != winner and _leaking(alike[g][0]) and abs(scores[j] - scores[winner]) <= MARGIN
        ]
        tie = f"{leaks[0]} fits as well as {named.name}: {REMEDY}" if leaks else ""
    return replace(chosen, named=named, ranking=ranking, tie=tie, doubt=meaning.doubt)


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
