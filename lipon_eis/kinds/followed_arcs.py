"""Arcs that keep their identity through a series: roles from a spectrum in which they are certain, then followed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.result import Fit
from lipon_eis.kinds.compared_arcs import named_arcs
from lipon_eis.physics.arc_identity import follow
from lipon_eis.physics.arcs import RoleArc, indices
from lipon_eis.physics.assignment import permuted
from lipon_eis.physics.shared_exponents import OVERLAP, ArcValues, Member, fit_shared_exponents
from lipon_eis.result import FitResult

Floats = NDArray[np.float64]

APART = 0.7  # share of the largest distance between arcs that is enough to begin with
RESTING = 0.03  # error of an exponent that rests on its limit
CERTAIN = ("certain", "as the circuit says")


@dataclass(frozen=True)
class Followed:
    """The arcs of a series of spectra.

    Attributes:
        names: For each spectrum: role of an arc in its own result → role of the arc that it continues.
        starts: For each spectrum: parameters to start from in place of its own, where arcs were lost in its fit: those
            between its neighbours', in the order of the reference; else None.
        reference: The spectrum whose roles are taken.
        certain: Whether all its roles are.
    """

    names: tuple[dict[str, str], ...]
    starts: tuple[Floats | None, ...]
    reference: int
    certain: bool


def follow_arcs(results: Sequence[FitResult], along: Floats) -> Followed:
    """Follow the arcs of spectra that were fitted with one circuit.

    Args:
        results: In the order of the series.
        along: Where each stands in it, rising, shape (n,).
    """
    reference, certain = _reference(results)
    arcs = named_arcs(results[reference])
    forms: dict[tuple[str, ...], list[str]] = {}
    for name, arc in arcs.items():
        if arc.part is not None:
            forms.setdefault(arc.part.form, []).append(name)
    names: list[dict[str, str]] = [{name: name for name in arcs} for _ in results]
    lost = np.zeros(len(results), bool)
    for alike in forms.values():
        if len(alike) < 2:
            continue
        found = [[_features(result.fit, named_arcs(result)[name]) for name in alike] for result in results]
        table = np.array(found)  # (n, a, 2, 3)
        order, gone = follow(table[:, :, 0], table[:, :, 1], along, reference)
        lost |= gone.any(axis=1)
        for i, row in enumerate(order.tolist()):
            names[i].update({alike[there]: alike[j] for j, there in enumerate(row)})
    if (~lost).sum() < 2:
        lost[:] = False
    ordered = np.array([_in_order(result, names[i]) for i, result in enumerate(results)])
    starts = tuple(_between(ordered, along, lost, i, results[i].fit) if lost[i] else None for i in range(len(results)))
    for i in np.flatnonzero(lost).tolist():
        names[i] = {name: name for name in arcs}
    return Followed(tuple(names), starts, reference, certain)


def followed_again(members: Sequence[Member], fit: ArcValues, along: Floats, reference: int) -> list[Member] | None:
    """Return members with their arcs as they follow each other in a joint fit, None where they do already.

    Args:
        members: Of the fit, with the names that they had.
        fit: What became of them.
        along: Where each stands in the series, shape (n,).
        reference: The spectrum whose names are kept.
    """
    forms: dict[tuple[str, ...], list[str]] = {}
    for name, arc in members[reference].arcs.items():
        if arc.part is not None and all(name in member.arcs for member in members):
            forms.setdefault(arc.part.form, []).append(name)
    orders, changed = [np.arange(len(member.fit.used_values)) for member in members], False
    for alike in forms.values():
        rows = np.array([[fit.places[i, name] for name in alike] for i in range(len(members))])
        log_r, log_c = fit.values[rows, 0], fit.values[rows, 1]
        features = np.stack([log_r + log_c, log_c, np.zeros_like(log_c)], axis=2)
        errors = np.zeros_like(features)
        for place, row in np.ndenumerate(rows):
            part = fit.covariance[row, :, row]
            errors[(*place, 0)], errors[(*place, 1)] = np.sqrt([max(part.sum(), 0.0), max(part[1, 1], 0.0)])
        order, _ = follow(features, errors, along, reference)
        for i in np.flatnonzero((order != np.arange(len(alike))).any(axis=1)).tolist():
            changed = True
            arcs = [members[i].arcs[name] for name in alike]
            for arc, there in zip(arcs, order[i].tolist(), strict=True):
                orders[i][list(indices(arc))] = indices(arcs[there])
    if not changed:
        return None
    return [
        replace(member, fit=permuted(member.fit, own), start=parameters[own])
        for member, own, parameters in zip(members, orders, fit.parameters, strict=True)
    ]


def best_exchange(
    members: Sequence[Member], fit: ArcValues, along: Floats, enough: float
) -> tuple[list[Member], ArcValues]:
    """Return members and joint fit with two arcs exchanged from some spectrum on, if that fits better; else as given.

    Lines that were followed the wrong way through a crossing are a minimum of their own: both arcs then share
    exponents that are neither's.

    Args:
        members: Of the fit, all with the arcs of the reference in place.
        fit: What became of them.
        along: Where each stands in the series, shape (n,).
        enough: Cost that a right fit may have; the first that has it is taken.

    Raises:
        CannotFit: As `fit_shared_exponents`.
    """
    best = list(members), fit
    for first, one, other in _crossings(members, fit):
        order = np.arange(len(members[0].fit.used_values))
        order[list(indices(one))], order[list(indices(other))] = indices(other), indices(one)
        tried = [
            replace(member, fit=permuted(member.fit, order), start=parameters[order])
            if i >= first
            else replace(member, start=parameters)
            for i, (member, parameters) in enumerate(zip(members, fit.parameters, strict=True))
        ]
        found = fit_shared_exponents(tried, along)
        if found.cost < best[1].cost:
            best = tried, found
        if best[1].cost <= enough:
            break
    return best


def _crossings(members: Sequence[Member], fit: ArcValues) -> list[tuple[int, RoleArc, RoleArc]]:
    """Return where two arcs may have been exchanged: (first spectrum, both arcs), the nearest to each other first."""
    arcs = [(name, arc) for name, arc in members[0].arcs.items() if arc.part is not None]
    found = []
    for (a, one), (b, other) in combinations(arcs, 2):
        if one.part is None or other.part is None or one.part.form != other.part.form:
            continue
        for i in range(1, len(members)):
            places = [(row, name) for row in (i - 1, i) for name in (a, b)]
            if all(place in fit.places for place in places):
                tau = [float(fit.values[fit.places[place]].sum()) for place in places]
                apart = min(abs(tau[0] - tau[1]), abs(tau[2] - tau[3]))
                if apart < math.log(OVERLAP):
                    found.append((apart, i, one, other))
    return [(i, one, other) for _, i, one, other in sorted(found, key=lambda entry: entry[:2])]


def in_place(result: FitResult, names: Mapping[str, str], start: Floats | None) -> Member:
    """Return a spectrum as a member of a joint fit in which each arc stands in the place of the one that it continues.

    Members of equal arcs then have equal parameters, and what one has can be a guess for its neighbours.

    Args:
        result: Of the spectrum alone.
        names: Role of an arc in it → role of the arc that it continues.
        start: As in `Followed.starts`, in the order of the reference already.
    """
    arcs, order = named_arcs(result), np.arange(len(result.fit.used_values))
    for own, name in names.items():
        order[list(indices(arcs[name]))] = indices(arcs[own])
    free = {name: arc for name, arc in arcs.items() if arc.part and not result.fit.fixed[arc.r]}
    return Member(result.spectrum, permuted(result.fit, order), free, start)


def _in_order(result: FitResult, names: Mapping[str, str]) -> Floats:
    """Return parameters with each arc in the place of the one that it continues."""
    arcs, values = named_arcs(result), result.fit.used_values.copy()
    for own, name in names.items():
        values[list(indices(arcs[name]))] = result.fit.used_values[list(indices(arcs[own]))]
    return values


def _between(values: Floats, along: Floats, lost: NDArray[np.bool_], spectrum: int, fit: Fit) -> Floats:
    """Return parameters on the line through the two nearest spectra that lost no arc, one on either side if there is.

    Args:
        values: In the order of the reference, shape (n, k).
        along: Of the spectra, shape (n,).
        lost: Spectra that cannot be used, shape (n,).
        spectrum: The one that is asked for.
        fit: Of it.
    """
    good = np.flatnonzero(~lost)
    before, after = good[good < spectrum], good[good > spectrum]
    two = [before[-1], after[0]] if before.size and after.size else (before[-2:] if before.size else after[:2])
    one, other = (int(i) for i in two)
    share = (along[spectrum] - along[one]) / ((along[other] - along[one]) or 1.0)
    log = np.array([p.log for p in fit.circuit.parameters])
    ends = [np.where(log, np.log(np.maximum(values[i], 1e-130)), values[i]) for i in (one, other)]
    there = ends[0] + share * (ends[1] - ends[0])
    found = np.where(log, np.exp(np.where(log, there, 0.0)), there)
    result: Floats = np.where(fit.fixed, fit.used_values, np.clip(found, fit.bounds[:, 0], fit.bounds[:, 1]))
    return result


def _reference(results: Sequence[FitResult]) -> tuple[int, bool]:
    """Return the first spectrum in which all roles are certain, else the first whose arcs lie well apart."""
    for i, result in enumerate(results):
        if all(arc.verdict in CERTAIN for arc in result.arcs):
            return i, True
    apart = np.array([_apart(result) for result in results])
    return int(np.argmax(apart >= APART * apart.max())), False


def _apart(result: FitResult) -> float:
    """Return by how much the time constants of arcs of one form differ at least, in ln, less their errors."""
    forms: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for arc in named_arcs(result).values():
        if arc.part is not None:
            values, errors = _features(result.fit, arc)
            forms.setdefault(arc.part.form, []).append(
                (float(values[0]), min(float(np.nan_to_num(errors[0], nan=9)), 9))
            )
    pairs = [
        abs(one[0] - other[0]) - math.hypot(one[1], other[1])
        for alike in forms.values()
        for one, other in combinations(alike, 2)
    ]
    return max(min(pairs, default=0.0), 0.0)


def _features(fit: Fit, arc: RoleArc) -> tuple[Floats, Floats]:
    """Return ln τ, ln C and n of an arc, and their standard errors, NaN where not known."""
    p = fit.used_values
    values = _log_tau_c_n(arc, p)
    used = list(indices(arc))
    moved = np.array([np.where(np.arange(len(p)) == i, p + 1j * 1e-30 * max(abs(p[i]), 1e-300), p) for i in used])
    slope = np.array(
        [_log_tau_c_n(arc, row).imag / (1e-30 * max(abs(p[i]), 1e-300)) for i, row in zip(used, moved, strict=True)]
    )
    covariance = np.nan_to_num(fit.covariance[np.ix_(used, used)], nan=0.0, posinf=np.inf)
    if not fit.known[used].all() or not np.isfinite(covariance).all():
        return values.real, np.full(3, np.nan)
    errors = np.sqrt(np.maximum(np.einsum("ki,kl,li->i", slope, covariance, slope), 0.0)) * fit.widening
    if arc.part is not None and arc.part.n is not None and fit.at_bound[arc.part.n]:
        errors[2] = RESTING
    return values.real, errors


def _log_tau_c_n(arc: RoleArc, p: NDArray[np.generic]) -> NDArray[np.complex128]:
    log_tau = arc.log_tau(np.asarray(p))
    n = np.asarray(arc.exponent(np.asarray(p)))
    return np.array([log_tau, log_tau - np.log(p[arc.r]), n], dtype=complex)
