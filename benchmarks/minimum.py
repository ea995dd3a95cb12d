"""How often the best minimum is found when nobody gives a start.

    python benchmarks/minimum.py [--count N] [--hard N] [--seed S] [--write]

A fit succeeds when its cost is within 1 % of the best known: the least of ours, of a run from the truth, and,
for every spectrum that gives cause (few runs agreed, another minimum is near, the run from the truth ended
lower), of sixty runs from starts scattered by a decade about the truth. A few runs from the truth are repeated
with scipy, which shares no code with ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import families
import numpy as np
from contestants import costs, fit_all, scipy_trf
from record import Column, Row, Table, finish, parser
from variants import NESTED, VARIANTS, Problems, nested, plain

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import minimise
from lipon_eis.fitting.weights import weights
from lipon_eis.spectrum import SpectrumStack

NOISES = (0.003, 0.01)
GOALS = {"film": 0.995, "grain": 0.995, "cell": 0.99, "cell-interlayer": 0.97}
NESTED_GOAL = 0.97
SUCCESS = 1.01
MANY = 60  # starts of the long search
FEW = 2  # runs that agree, at or below which the long search is made
WITNESSED = 20  # spectra a case that scipy fits too
PORTION = 200


def from_starts(problems: Problems, starts: np.ndarray) -> np.ndarray:
    """Return the least cost that runs from given starts reach.

    Args:
        problems: n spectra.
        starts: Shape (n, n_starts, k).
    """
    stack = SpectrumStack.of(problems.spectra)
    problem = Problem.of(problems.circuit, stack, weights(stack), Options())
    n, n_starts, k = starts.shape
    rows = np.repeat(np.arange(n), n_starts)
    runs = minimise(
        problem.residuals,
        problem.coordinates.take(rows).from_natural(starts.reshape(-1, k)),
        lower=problem.lower[rows],
        upper=problem.upper[rows],
        max_step=problem.max_step,
        max_iterations=300,
        tolerance=1e-10,
        rows=rows,
    )
    return runs.cost.reshape(n, n_starts).min(axis=1)


def scattered(problems: Problems, rng: np.random.Generator) -> np.ndarray:
    """Return many starts about the truths, shape (n, MANY, k): a decade in scales, 0.2 in exponents."""
    log = np.array([p.log for p in problems.circuit.parameters])
    spread = rng.uniform(-1, 1, size=(len(problems.spectra), MANY, log.size))
    truths = problems.truths[:, None]
    return np.where(log, truths * 10**spread, np.clip(truths + 0.2 * spread, 0.45, 1.0))


def some(problems: Problems, rows: np.ndarray) -> Problems:
    return Problems(problems.circuit, [problems.spectra[row] for row in rows], problems.truths[rows])


def best_known(problems: Problems, fits: list[Fit], seed: int) -> np.ndarray:
    """Return the best known cost of each spectrum, shape (n,)."""
    ours = np.array([fit.chi2 for fit in fits])
    everything = np.arange(len(fits))
    best = ours.copy()
    for rows in np.array_split(everything, -(-len(fits) // PORTION)):
        part = some(problems, rows)
        best[rows] = np.minimum(best[rows], from_starts(part, part.truths[:, None]))
    unsure = [fit.starts_agreeing <= FEW or bool(fit.rivals) or not fit.converged for fit in fits]
    searched = np.flatnonzero(np.array(unsure) | (ours > 1.001 * best))
    rng = np.random.default_rng(seed)
    for rows in np.array_split(searched, -(-searched.size // (PORTION // 10)) or 1):
        if rows.size:
            part = some(problems, rows)
            best[rows] = np.minimum(best[rows], from_starts(part, scattered(part, rng)))
    few = everything[:WITNESSED]
    part = some(problems, few)
    _, values = scipy_trf(part.circuit, part.spectra, part.truths)
    best[few] = np.minimum(best[few], costs(part.circuit, part.spectra, values))
    return best


def judge(name: str, variant: str, noise: float, problems: Problems, goal: float, seed: int) -> Row:
    """Fit the spectra of one case without a guess and count."""
    fits = fit_all(problems.circuit, problems.spectra, Options(interval="covariance"))
    ours = np.array([fit.chi2 for fit in fits])
    best = best_known(problems, fits, seed)
    excess = ours / best
    failed = np.flatnonzero(excess > SUCCESS)
    success = 1 - failed.size / len(fits)
    return {
        "problem": name,
        "variant": variant,
        "noise": noise,
        "spectra": len(fits),
        "success": success,
        "goal": goal,
        "met": success >= goal,
        "failed": failed.size,
        "worst": float(excess.max()) - 1,
        "agreeing": float(np.median([fit.starts_agreeing / fit.starts for fit in fits])),
        "missed": failed.tolist(),
    }


def cases(count: int, hard: int, seed: int) -> Iterator[Row]:
    for family, goal in GOALS.items():
        for noise in NOISES:
            yield judge(family, "", noise, plain(family, count, seed, noise), goal, seed)
    for variant, make in VARIANTS.items():
        for family in ("film", "grain", "cell"):
            problems = make(family, hard, seed, NOISES[0])
            yield judge(family, variant, NOISES[0], problems, GOALS[family], seed)
    for text in NESTED:
        for noise in NOISES:
            yield judge(text, "", noise, nested(text, count, seed, noise), NESTED_GOAL, seed)


def main() -> None:
    made = parser(
        __doc__, seed=11, count=(100, "spectra a family and noise"), hard=(100, "spectra a family and variant")
    )
    options = made.parse_args()
    rows = list(cases(options.count, options.hard, options.seed))
    columns = [
        Column("problem", "problem"),
        Column("noise", "noise", "{:.1%}"),
        Column("spectra", "spectra", "{:,}"),
        Column("success", "succeed", "{:.2%}"),
        Column("goal", "goal", "{:.1%}"),
        Column("met", ""),
        Column("worst", "worst excess of cost", "{:,.1%}"),
    ]
    variant = Column("variant", "variant")
    names = set(families.CIRCUITS)
    tables = [
        Table("families", "The families", columns, [r for r in rows if r["problem"] in names and not r["variant"]]),
        Table("variants", "Made harder", [columns[0], variant, *columns[1:]], [r for r in rows if r["variant"]]),
        Table("nested", "Circuits that are no chain", columns, [r for r in rows if r["problem"] not in names]),
    ]
    finish("minimum", __doc__, options, tables)


if __name__ == "__main__":
    main()
