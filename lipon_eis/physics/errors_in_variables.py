"""A straight line through points that err both ways, by as many per cent as each of them says.

Thickness and area of a film are known to some per cent, its resistance to a few per mille. A line that takes the
thickness for exact says that its intercept is exact. Here every point has a true place x* beside its measured x, and

    Σ (ln x − ln x*)²/u² + (ln y − ln(a x* + b))²/v²

is least over slope, intercept and all true places (the functional model of errors in variables, Deming, Statistical
Adjustment of Data (1943); solved by lines that are straight near each point, York, Can. J. Phys. 44, 1079 (1966)). In
logarithms a relative error is one number whatever the true place, so that no point gets a weight for having been read
low by chance. The slope is positive; the intercept may be negative as long as the line is positive at every point.

Intervals are those of the profile: one of slope, intercept and shift b/a is held, all else is fitted again, and the
ends are where the sum has risen by the square of the quantile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.uncertainty import student_t
from lipon_eis.physics.arrhenius import Estimate, Scale, scale_of

Floats = NDArray[np.float64]

FEWEST = 3
EXACT = 1e-6  # relative error that stands for none: nothing gets an infinite weight
STEPS, HALVINGS = 60, 25
SHRINK = 0.1  # what a step leaves of the slope at least
SETTLED = 1e-10  # gain of a step, of the sum, below which the bottom is reached
SEARCHED = 40  # trials for one end of an interval
CLOSE = 1e-3  # of the quantile, by which an end may be missed
BELIEVED = 0.4  # probability of so large a chi2 below which errors of films are not taken for what they are said to be
FAR = 200.0  # first steps beyond which an interval has no end
FIRST = 3.0  # largest first step, in units in which all is about 1
STARTS = (0.5, -1.0, -5.0)  # intercepts from which the least sum is looked for where 0 and a flat line do not meet
ALIKE = 1e-6  # of sums at which two ways have met
FLAT = 12.0  # |ln| of a slope, in the same units, beyond which the points do not tell it
ONE_SIDED = 0.95


@dataclass(frozen=True, eq=False)
class Points:
    """What a line goes through: measured values, positive, and their relative standard errors, shape (n,)."""

    x: Floats
    y: Floats
    x_relative: Floats
    y_relative: Floats

    def without(self, index: int) -> Points:
        """Return the points without one of them."""
        kept = np.arange(self.x.size) != index
        return Points(self.x[kept], self.y[kept], self.x_relative[kept], self.y_relative[kept])


@dataclass(frozen=True, eq=False)
class Line:
    """A line y = slope · x + intercept through points that err both ways.

    Attributes:
        points: What it goes through; where the errors of x were not known, with those that the points show.
        slope: Its 95 % interval is the profile's; NaN for an end where there is none, and for a slope that the points
            do not tell.
        intercept: Likewise.
        shift: intercept/slope, by which every x seems too small, likewise.
        upper: 95 % one-sided upper limit of the intercept.
        true_x: Estimates of x*, shape (n,).
        covariance: Of ln(slope) and intercept, scaled as the intervals are.
        chi2: Sum at its least.
        degrees_of_freedom: Points − 2.
        scale: By how much the points scatter more than their errors say, and what intervals make of that.
        x_scatter: Relative error of x that the points show where none was given, else NaN.
    """

    points: Points
    slope: Estimate
    intercept: Estimate
    shift: Estimate
    upper: float
    true_x: Floats
    covariance: Floats
    chi2: float
    degrees_of_freedom: int
    scale: Scale
    x_scatter: float

    def at(self, x: Floats) -> Floats:
        """Return y of the line."""
        result: Floats = self.slope.value * x + self.intercept.value
        return result

    def stderr_at(self, x: Floats) -> Floats:
        """Return the standard error of y of the line, to first order."""
        gradient = np.stack([self.slope.value * x, np.ones_like(x)], axis=-1)
        result: Floats = np.sqrt(np.einsum("...i,ij,...j->...", gradient, self.covariance, gradient))
        return result


def fit_line(
    x: Sequence[float] | Floats,
    y: Sequence[float] | Floats,
    x_relative: Sequence[float] | Floats | None,
    y_relative: Sequence[float] | Floats,
) -> Line:
    """Fit a line to points that err both ways.

    Args:
        x: Places, positive, shape (n,).
        y: Values, positive, shape (n,).
        x_relative: Relative standard errors of x, shape (n,); None where nobody knows them: then they are taken to be
            alike, as large as the scatter of the points asks for (Paule and Mandel, J. Res. Natl. Bur. Stand. 87, 377
            (1982)), and intervals use Student's t.
        y_relative: Relative standard errors of y that are not common to all points, shape (n,).

    Raises:
        InvalidOption: Fewer than three points, all at one place, or values that are not positive.

    >>> line = fit_line([1.0, 2.0, 4.0, 8.0], [3.0, 5.0, 9.0, 17.0], [0.03] * 4, [0.001] * 4)
    >>> round(line.slope.value, 6), round(line.intercept.value, 6)
    (2.0, 1.0)
    """
    n = len(x)
    known = x_relative is not None
    of_x = np.zeros(n) if x_relative is None else x_relative
    columns = [np.asarray(column, dtype=float) for column in (x, y, of_x, y_relative)]
    if n < FEWEST or any(c.shape != (n,) for c in columns) or np.ptp(columns[0]) == 0:
        raise InvalidOption(f"a line needs {FEWEST} or more points at several places; found {columns[0].tolist()}")
    if not all((c > 0).all() for c in columns[:2]) or not all((c >= 0).all() for c in columns[2:]):
        raise InvalidOption("places and values of a line have to be positive, their errors not negative")
    points = Points(*columns)
    dof = n - 2
    scatter = math.nan
    if not known:
        scatter = _scatter(points, dof)
        points = replace(points, x_relative=np.full(n, scatter))
    best = _Problem.of(points).best()
    if known:
        scale = scale_of(best.cost, dof, doubt=BELIEVED)
    else:
        scale = Scale(1.0, float(student_t(np.array(dof))), estimated=True)
    return _line(points, best, dof, scale, scatter)


@dataclass(frozen=True)
class Deviation:
    """How one point lies to the line through the others; NaN where these do not tell.

    Attributes:
        log_ratio: ln of its x over that of the line at its y.
        score: The same in standard errors of both.
        probability: Of so large a score, two-sided.
    """

    log_ratio: float
    score: float
    probability: float


def deviations(line: Line) -> list[Deviation]:
    """Return how each point lies to the line through the others. Of three points two remain, and nothing is said."""
    points, count = line.points, line.points.x.size
    if count <= FEWEST:
        return [Deviation(math.nan, math.nan, math.nan)] * count
    return [_deviation(points, k, given=math.isnan(line.x_scatter)) for k in range(count)]


def _deviation(points: Points, k: int, *, given: bool) -> Deviation:
    from scipy.special import ndtr, stdtr

    others, dof = points.without(k), points.x.size - 3
    of_x = points.x_relative[k]
    if not given:
        of_x = _scatter(replace(others, x_relative=np.zeros(dof + 2)), dof)
        others = replace(others, x_relative=np.full(dof + 2, of_x))
    problem = _Problem.of(others)
    best = problem.best()
    scale = scale_of(best.cost, dof, doubt=BELIEVED) if given else Scale(1.0, math.nan, estimated=True)
    rise = points.y[k] / problem.unit_y - best.theta[1]
    if rise <= 0:
        return Deviation(math.nan, math.nan, math.nan)
    log_ratio = float(np.log(points.x[k] / problem.unit_x / rise) + best.theta[0])
    gradient = np.array([-1.0, -1.0 / rise])  # of ln x of the line at this y
    by_value = points.y_relative[k] * (1 + best.theta[1] / rise)
    variance = gradient @ best.covariance @ gradient + of_x**2 + by_value**2
    score = log_ratio / math.sqrt(scale.variance * variance)
    tail = stdtr(dof, -abs(score)) if scale.estimated else ndtr(-abs(score))
    return Deviation(log_ratio, score, 2 * float(tail))


@dataclass(frozen=True, eq=False)
class _Least:
    """A least sum: ln of the slope and intercept (or shift), true ln x, and the covariance of the two, not scaled."""

    theta: Floats
    log_x: Floats
    cost: float
    covariance: Floats


@dataclass(frozen=True, eq=False)
class _Problem:
    """Points in logarithms, in units in which x and y are about 1."""

    x: Floats
    y: Floats
    u2: Floats
    v2: Floats
    unit_x: float
    unit_y: float

    @classmethod
    def of(cls, points: Points) -> _Problem:
        log_x, log_y = np.log(points.x), np.log(points.y)
        middle_x, middle_y = float(log_x.mean()), float(log_y.mean())
        return cls(
            log_x - middle_x,
            log_y - middle_y,
            np.maximum(points.x_relative, EXACT) ** 2,
            np.maximum(points.y_relative, EXACT) ** 2,
            math.exp(middle_x),
            math.exp(middle_y),
        )

    def best(self) -> _Least:
        """Return the least sum over slope and intercept, of descents from several intercepts."""
        flat = np.array([-FLAT / 2, float(np.average(np.exp(self.y), weights=1 / self.v2))])
        found: list[_Least] = []
        for start in (self.with_intercept(0.0), (flat, self.x), *map(self.with_intercept, STARTS)):
            found.append(self.descend(*start, _intercept, (True, True)))
            least = min(found, key=lambda one: one.cost)
            agreeing = sum(one.cost < least.cost + ALIKE * (1 + least.cost) for one in found)
            if agreeing > 1:
                break
        return least

    def with_intercept(self, b: float) -> tuple[Floats, Floats]:
        """Return theta of a line of this intercept, and true places at which it is positive."""
        y = np.exp(self.y)
        above = y > b
        rise = np.log(np.where(above, y - b, 1.0))
        log_slope = float((rise - self.x)[above].mean()) if above.any() else -FLAT / 2
        places = np.where(above, rise - log_slope, self.x)
        return np.array([log_slope, b]), places if b < 0 else np.clip(places, self.x - 1, self.x + 1)

    def with_slope(self, log_slope: float) -> tuple[Floats, Floats]:
        """Return theta of a line of this slope, and true places at which it is positive."""
        y = np.exp(self.y)
        b = float(y.mean() - math.exp(log_slope) * np.exp(self.x).mean())
        above = y > b
        return np.array([log_slope, b]), np.where(above, np.log(np.where(above, y - b, 1.0)) - log_slope, self.x)

    def with_shift(self, w: float) -> tuple[Floats, Floats]:
        """Return theta of a line of this shift, and true places at which it is positive."""
        places = np.maximum(self.x, math.log(max(-w, 1e-300)) + 0.05)
        return np.array([float((self.y - np.log(np.exp(places) + w)).mean()), w]), places

    def descend(self, theta: Floats, log_x: Floats, model: _Model, free: tuple[bool, bool]) -> _Least:
        """Go down by Gauss–Newton steps in which every true place follows the line (a block elimination).

        Args:
            theta: Where to start: ln of the slope, and what the model has beside it.
            log_x: Where the true places start.
            model: What stands beside the slope.
            free: Which of the two moves.

        Returns:
            The least sum; an infinite one where the line is not positive at the start.
        """
        moves = np.flatnonzero(free)
        t = log_x
        cost = self._cost(theta, t, model)
        inverse = np.full((2, 2), math.nan)
        for _ in range(STEPS if np.isfinite(cost) else 0):
            value, by_x, by_theta = model(theta, t)
            weight = 1 / (self.v2 + by_x**2 * self.u2)
            residual = self.y - np.log(value) - by_x * (self.x - t)
            jacobian = by_theta[:, moves]
            covariance = _inverse((jacobian.T * weight) @ jacobian)
            inverse[np.ix_(moves, moves)] = covariance
            step = covariance @ (jacobian.T @ (weight * residual))
            places = self.x + by_x * self.u2 * weight * (residual - jacobian @ step) - t
            share = 1.0
            for _ in range(HALVINGS):
                moved = theta.copy()
                moved[moves] += share * step
                if free[0]:  # the step is one of the slope, which stays positive; its logarithm would lag behind
                    moved[0] = theta[0] + math.log(max(1 + share * step[0], SHRINK))
                there = self._cost(moved, t + share * places, model)
                if there <= cost * (1 + 1e-13) + 1e-13:
                    break
                share /= 2
            else:
                break
            gain, theta, t, cost = cost - there, moved, t + share * places, there
            if gain <= SETTLED * (1 + cost) or abs(theta[0]) > FLAT:
                break
        return _Least(theta, t, cost, inverse)

    def _cost(self, theta: Floats, t: Floats, model: _Model) -> float:
        value, _, _ = model(theta, t)
        if not (value > 0).all():
            return math.inf
        return float(((self.x - t) ** 2 / self.u2 + (self.y - np.log(value)) ** 2 / self.v2).sum())


def _inverse(normal: Floats) -> Floats:
    """Return the inverse of a matrix of one or two rows; without one it is infinite."""
    if normal.shape == (1, 1):
        return 1 / np.maximum(normal, 1e-300)
    (a, b), (_, d) = normal
    determinant = max(a * d - b * b, 1e-300)
    result: Floats = np.array([[d, -b], [-b, a]]) / determinant
    return result


_Model = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]
"""(theta, true ln x) → y, ∂ln y/∂ln x (n,), ∂ln y/∂theta (n, 2)."""
_Start = Callable[[float], tuple[Floats, Floats]]
"""Value that is held → theta and true ln x to start from."""


def _intercept(theta: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the model y = e^(theta0 + t) + theta1."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        rise = np.exp(theta[0] + t)
        value = rise + theta[1]
        return value, rise / value, np.stack([rise / value, 1 / value], axis=1)


def _shift(theta: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the model y = e^theta0 (e^t + theta1)."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        place = np.exp(t)
        value = np.exp(theta[0]) * (place + theta[1])
        return value, place / (place + theta[1]), np.stack([np.ones_like(t), 1 / (place + theta[1])], axis=1)


def _scatter(points: Points, degrees_of_freedom: int) -> float:
    """Return the relative error of every x that makes the sum what it is to be expected, 0 where none is needed."""

    def excess(scatter: float) -> float:
        sum_of = _Problem.of(replace(points, x_relative=np.full(points.x.size, scatter))).best().cost
        return math.log(max(sum_of, 1e-300) / degrees_of_freedom)

    if excess(EXACT) <= 0:
        return 0.0
    low, high, trial = EXACT, math.inf, 0.03
    for _ in range(SEARCHED):
        more = excess(trial)
        if abs(more) < CLOSE:
            break
        low, high = (trial, high) if more > 0 else (low, trial)
        guess = trial * math.exp(more / 2)  # exact where the error of x is all there is
        trial = guess if low < guess < high else math.sqrt(low * min(high, 10 * low))
    return trial


def _line(points: Points, best: _Least, dof: int, scale: Scale, scatter: float) -> Line:
    problem = _Problem.of(points)
    log_slope, intercept = best.theta.tolist()
    covariance = best.covariance * scale.variance
    by_slope, by_intercept = np.sqrt(np.diag(covariance)).tolist()
    told = abs(log_slope) < FLAT
    shift = intercept / math.exp(log_slope) if told else math.nan
    by_shift = math.nan
    if told:
        gradient = np.array([-shift, math.exp(-log_slope)])
        by_shift = math.sqrt(gradient @ covariance @ gradient)

    def end(start: _Start, model: _Model, which: int, middle: float, stderr: float, quantile: float) -> float:
        first = math.copysign(min(abs(stderr * quantile), FIRST) if np.isfinite(stderr) else FIRST, quantile)
        rise = math.sqrt(scale.variance) * abs(quantile)

        def risen(value: float) -> float:
            cost = problem.descend(*start(value), model, (which != 0, which != 1)).cost
            return math.sqrt(max(cost - best.cost, 0.0))

        return _end(risen, middle, first, rise, FLAT if which == 0 else math.inf)

    def both(start: _Start, model: _Model, which: int, middle: float, stderr: float) -> tuple[float, float]:
        low, high = (end(start, model, which, middle, stderr, q) for q in (-scale.quantile, scale.quantile))
        return low, high

    per_x = problem.unit_y / problem.unit_x
    slope_ends = [
        math.exp(one) * per_x if abs(one) < FLAT else math.nan
        for one in both(problem.with_slope, _intercept, 0, log_slope, by_slope)
    ]
    intercept_ends = [
        one * problem.unit_y for one in both(problem.with_intercept, _intercept, 1, intercept, by_intercept)
    ]
    shift_ends = (
        [one * problem.unit_x for one in both(problem.with_shift, _shift, 1, shift, by_shift)]
        if told
        else [math.nan, math.nan]
    )
    slope = math.exp(log_slope) * per_x if told else math.nan
    one_sided = _one_sided(scale, dof)
    upper = end(problem.with_intercept, _intercept, 1, intercept, by_intercept, one_sided) * problem.unit_y
    units = np.diag([1.0, problem.unit_y])
    return Line(
        points=points,
        slope=Estimate(slope, slope * by_slope, (slope_ends[0], slope_ends[1])),
        intercept=Estimate(
            intercept * problem.unit_y, by_intercept * problem.unit_y, (intercept_ends[0], intercept_ends[1])
        ),
        shift=Estimate(shift * problem.unit_x, by_shift * problem.unit_x, (shift_ends[0], shift_ends[1])),
        upper=upper,
        true_x=np.exp(best.log_x) * problem.unit_x,
        covariance=units @ covariance @ units,
        chi2=best.cost,
        degrees_of_freedom=dof,
        scale=scale,
        x_scatter=scatter,
    )


def _one_sided(scale: Scale, degrees_of_freedom: int) -> float:
    """Return the quantile of a one-sided limit."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(degrees_of_freedom, ONE_SIDED) if scale.estimated else ndtri(ONE_SIDED))


def _end(risen: Callable[[float], float], middle: float, first: float, rise: float, limit: float) -> float:
    """Return where the root of the sum has risen by ``rise`` on one side; NaN where it never does.

    Args:
        risen: Value of the held parameter → root of what the sum has risen by.
        middle: Value at the least sum.
        first: How far to look first, with the sign of the side.
        rise: √(scale) times the quantile.
        limit: Absolute value beyond which there is no end.
    """
    inside, below, outside, above = 0.0, 0.0, math.nan, math.nan
    trial = first
    for _ in range(SEARCHED):
        there = risen(middle + trial)
        if abs(there - rise) <= CLOSE * rise:
            break
        if there < rise:
            inside, below = trial, there
        else:
            outside, above = trial, there
        if math.isnan(outside):
            if abs(trial) > FAR * abs(first) or abs(middle + trial) > limit:
                return math.nan
            trial *= min(max(1.02 * rise / there, 1.1), 4.0) if there > 0 else 4.0
        elif np.isfinite(above):
            share = (rise - below) / (above - below)
            trial = inside + min(max(share, 0.05), 0.95) * (outside - inside)
        else:
            trial = (inside + outside) / 2
    return middle + trial
