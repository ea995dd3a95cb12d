"""Ties: a parameter that follows another one of its kind, so that the two are estimated as one.

A follower keeps its place among the coordinates but does not move by itself: it takes its leader's
value, and what the data say of it counts for the leader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.coordinates import Coordinates
from lipon_eis.fitting.order import interchangeable
from lipon_eis.fitting.result import Fit
from lipon_eis.model.circuit import Circuit

if TYPE_CHECKING:
    from lipon_eis.fitting.options import Options

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Pairs = tuple[tuple[int, int], ...]
"""(index of the follower, index of its leader) for each tie."""


def pairs_of(circuit: Circuit, tie: Mapping[str, str]) -> Pairs:
    """Return ties by name as ties by index."""
    return tuple((circuit.names.index(follower), circuit.names.index(leader)) for follower, leader in tie.items())


def check_ties(circuit: Circuit, options: Options) -> None:
    """Refuse ties that cannot be; names have been checked.

    Raises:
        InvalidOption: A parameter follows itself, another follower or another quantity; one of the two is fixed;
            a follower has a guess; the bounds of the two have no value in common.
    """
    parameters = dict(zip(circuit.names, circuit.parameters, strict=True))
    for follower, leader in options.tie.items():
        one, other = parameters[follower], parameters[leader]
        if follower == leader:
            raise InvalidOption(f"tie: {follower} follows itself")
        if leader in options.tie:
            end = options.tie[leader]
            remedy = "keep one of the two ties" if end == follower else f"let {follower} follow {end}"
            raise InvalidOption(f"tie: {follower} follows {leader}, which follows {end}: {remedy}")
        if (one.quantity, one.unit) != (other.quantity, other.unit):
            raise InvalidOption(
                f"tie: {follower} ({_kind(one.quantity, one.unit)}) cannot follow "
                f"{leader} ({_kind(other.quantity, other.unit)})"
            )
        if held := [name for name in (follower, leader) if name in options.fix]:
            raise InvalidOption(
                f"tie: {follower} follows {leader}, and {' and '.join(held)} is fixed: fix both at one value instead"
            )
        if follower in options.guess:
            raise InvalidOption(f"guess: {follower} follows {leader}: give the guess of {leader}")
        low, high = zip(*(options.limits(p.name, p.lower, p.upper) for p in (one, other)), strict=True)
        if not max(low) < min(high):
            raise InvalidOption(
                f"tie: {follower} from {low[0]:g} to {high[0]:g} and {leader} from {low[1]:g} to {high[1]:g} "
                "have no value in common"
            )


def _kind(quantity: str, unit: str) -> str:
    return f"{quantity}, {unit}" if unit else quantity


@dataclass(frozen=True, eq=False)
class TiedCoordinates(Coordinates):
    """Coordinates of which some follow others.

    Both parameters of a tie must have a coordinate of their own.

    Attributes:
        ties: (follower, leader), indices.
    """

    ties: Pairs = ()

    @classmethod
    def tying(cls, plain: Coordinates, ties: Pairs) -> TiedCoordinates:
        """Return coordinates with ties."""
        return cls(plain.log, plain.arcs, plain.tails, plain.reference, ties)

    def take(self, rows: NDArray[np.intp]) -> TiedCoordinates:
        """Return the same coordinates for some of the spectra."""
        return replace(self, reference=self.reference[rows])

    def to_natural(self, x: Floats) -> Floats:
        """Return p, shape (n, k); the followers' own coordinates are not looked at."""
        return super().to_natural(self._followed(x))

    def pull_back(self, jacobian: Complexes, x: Floats, p: Floats) -> None:
        """Turn ∂Z/∂p, shape (n, k, n_freq), into ∂Z/∂x, in place; that of a follower is 0."""
        super().pull_back(jacobian, self._followed(x), p)
        for follower, leader in self.ties:
            jacobian[:, leader] += jacobian[:, follower]
            jacobian[:, follower] = 0.0

    def slope(self, x: Floats, p: Floats) -> Floats:
        """Return ∂p/∂x, shape (n, k, k); a leader carries its followers."""
        result = super().slope(self._followed(x), p)
        for follower, leader in self.ties:
            result[:, :, leader] += result[:, :, follower]
            result[:, :, follower] = 0.0
        return result

    def _followed(self, x: Floats) -> Floats:
        x = x.copy()
        for follower, leader in self.ties:
            x[:, follower] = x[:, leader]
        return x


def share_limits(lower: Floats, upper: Floats, ties: Pairs) -> None:
    """Narrow the limits of leaders and followers, shape (..., k), to what they have in common, in place."""
    for follower, leader in ties:
        lower[..., leader] = np.maximum(lower[..., leader], lower[..., follower])
        upper[..., leader] = np.minimum(upper[..., leader], upper[..., follower])
    for follower, leader in ties:
        lower[..., follower], upper[..., follower] = lower[..., leader], upper[..., leader]


def keeps_place(circuit: Circuit, ties: Pairs) -> NDArray[np.bool_]:
    """Tell for each parameter whether a tie keeps its arc from changing places, shape (k,).

    A tie that all arcs of a set share, each with its own exponent say, is the same whatever their order.
    """
    keep = np.zeros(len(circuit.names), bool)
    keep[[index for pair in ties for index in pair]] = True
    leader_of = dict(ties)
    for group in interchangeable(circuit):
        for members in zip(*(part.indices for part in group), strict=True):
            if len({leader_of.get(index, index) for index in members}) == 1:
                keep[list(members)] = False
    return keep


def follow(fits: Sequence[Fit], ties: Pairs) -> list[Fit]:
    """Return the fits in which followers have their leaders' errors, intervals and bounds."""
    return [_followed(fit, ties) for fit in fits] if ties else list(fits)


def _followed(fit: Fit, ties: Pairs) -> Fit:
    source = np.arange(len(fit.used_values))
    for follower, leader in ties:
        source[follower] = leader
    return replace(
        fit,
        known=fit.known[source],
        covariance=fit.covariance[np.ix_(source, source)],
        intervals=fit.intervals[source],
        interval_method=tuple(fit.interval_method[i] for i in source),
        at_bound=fit.at_bound[source],
    )
