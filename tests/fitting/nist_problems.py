"""NIST's StRD nonlinear regression problems: the files read, the models written as NIST states them.

Models are functions of complex parameters, so that derivatives are taken by complex steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "nist"


def exp(x):
    """A far-off trial point may overflow; the solver has to refuse it."""
    with np.errstate(all="ignore"):
        return np.exp(x)


def _enso(x, b1, b2, b3, b4, b5, b6, b7, b8, b9):
    waves = [(12.0, b2, b3), (b4, b5, b6), (b7, b8, b9)]
    return b1 + sum(c * np.cos(2 * np.pi * x / period) + s * np.sin(2 * np.pi * x / period) for period, c, s in waves)


def _gauss(x, b1, b2, b3, b4, b5, b6, b7, b8):
    return b1 * exp(-b2 * x) + b3 * exp(-((x - b4) ** 2) / b5**2) + b6 * exp(-((x - b7) ** 2) / b8**2)


def _lanczos(x, b1, b2, b3, b4, b5, b6):
    return b1 * exp(-b2 * x) + b3 * exp(-b4 * x) + b5 * exp(-b6 * x)


def _cubic(x, b1, b2, b3, b4, b5, b6, b7):
    return (b1 + x * (b2 + x * (b3 + x * b4))) / (1 + x * (b5 + x * (b6 + x * b7)))


def _saturation(x, b1, b2):
    return b1 * (1 - exp(-b2 * x))


def _chwirut(x, b1, b2, b3):
    return exp(-b1 * x) / (b2 + b3 * x)


MODELS: dict[str, Callable[..., np.ndarray]] = {
    "Bennett5": lambda x, b1, b2, b3: b1 * (b2 + x) ** (-1 / b3),
    "BoxBOD": _saturation,
    "Chwirut1": _chwirut,
    "Chwirut2": _chwirut,
    "DanWood": lambda x, b1, b2: b1 * x**b2,
    "ENSO": _enso,
    "Eckerle4": lambda x, b1, b2, b3: b1 / b2 * exp(-0.5 * ((x - b3) / b2) ** 2),
    "Gauss1": _gauss,
    "Gauss2": _gauss,
    "Gauss3": _gauss,
    "Hahn1": _cubic,
    "Kirby2": lambda x, b1, b2, b3, b4, b5: (b1 + x * (b2 + x * b3)) / (1 + x * (b4 + x * b5)),
    "Lanczos1": _lanczos,
    "Lanczos2": _lanczos,
    "Lanczos3": _lanczos,
    "MGH09": lambda x, b1, b2, b3, b4: b1 * (x**2 + x * b2) / (x**2 + x * b3 + b4),
    "MGH10": lambda x, b1, b2, b3: b1 * exp(b2 / (x + b3)),
    "MGH17": lambda x, b1, b2, b3, b4, b5: b1 + b2 * exp(-x * b4) + b3 * exp(-x * b5),
    "Misra1a": _saturation,
    "Misra1b": lambda x, b1, b2: b1 * (1 - (1 + b2 * x / 2) ** -2),
    "Misra1c": lambda x, b1, b2: b1 * (1 - (1 + 2 * b2 * x) ** -0.5),
    "Misra1d": lambda x, b1, b2: b1 * b2 * x / (1 + b2 * x),
    "Nelson": lambda x, b1, b2, b3: b1 - b2 * x[0] * exp(-b3 * x[1]),
    "Rat42": lambda x, b1, b2, b3: b1 / (1 + exp(b2 - b3 * x)),
    "Rat43": lambda x, b1, b2, b3, b4: b1 / (1 + exp(b2 - b3 * x)) ** (1 / b4),
    "Roszman1": lambda x, b1, b2, b3, b4: b1 - b2 * x - np.arctan(b3 / (x - b4)) / np.pi,
    "Thurber": _cubic,
}


@dataclass(frozen=True, eq=False)
class Problem:
    """One problem: its data, two starts (2, k), certified values, standard deviations (k,) and sum of squares."""

    name: str
    x: np.ndarray
    y: np.ndarray
    starts: np.ndarray
    values: np.ndarray
    deviations: np.ndarray
    sum_of_squares: float

    @classmethod
    def read(cls, name: str) -> Problem:
        text = (FOLDER / f"{name}.dat").read_text()
        rows = np.array([row.split() for row in re.findall(r"^\s*b\d+ =\s+(.+)$", text, re.M)], float)
        residue = float(re.search(r"Residual Sum of Squares:\s+(\S+)", text)[1])
        table = text[text.rindex("Data:") :].splitlines()[1:]
        data = np.array([line.split() for line in table if line.strip()], float).T
        y, x = (np.log(data[0]), data[1:]) if name == "Nelson" else data
        return cls(name, x, y, rows[:, :2].T, rows[:, 2], rows[:, 3], residue)

    def residuals(self, q: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residuals (n, m) and derivatives (n, k, m), as the solver asks for them."""
        n, k = q.shape
        r, jacobian = np.empty((n, self.y.size)), np.empty((n, k, self.y.size))
        with np.errstate(all="ignore"):
            for i in range(n):
                r[i] = MODELS[self.name](self.x, *q[i]) - self.y
                for j in range(k):
                    step = 1e-30 * max(abs(q[i, j]), 1e-30)
                    moved = q[i].astype(complex)
                    moved[j] += 1j * step
                    jacobian[i, j] = MODELS[self.name](self.x, *moved).imag / step
        return r, jacobian
