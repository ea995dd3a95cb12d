"""Which of some circuits the data support: each fitted to every spectrum, ranked as `auto` ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lipon_eis.analysis import Task, analyse
from lipon_eis.errors import InvalidOption, LiponEisError
from lipon_eis.fitting.ranking import MARGIN, choose, corrected_aic
from lipon_eis.fitting.room import room
from lipon_eis.result import FitResult, plain
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Candidate:
    """One circuit on one spectrum.

    Attributes:
        circuit: Its name, or the text of a bare circuit string.
        result: Its fit, judged; None where there is none.
        problem: Why there is none, else empty.
        aicc: Corrected Akaike criterion, inf where there is none.
        delta: Difference to the best.
        weight: Akaike weight, exp(−delta/2) of the sum over all circuits (Burnham and Anderson 2002, eq. 2.9).
        room: By how much AICc could still fall if nothing but noise were left; at most 0 where nothing is.
        chosen: Whether it is the smallest within `MARGIN` of the best.
    """

    circuit: str
    result: FitResult | None
    problem: str
    aicc: float
    delta: float
    weight: float
    room: float
    chosen: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as `lipon-eis compare --json` prints it."""
        circuit: dict[str, Any] = {"name": self.circuit, "text": None}
        fitted: dict[str, Any] = {"verdict": None, "reasons": [], "parameters": [], "derived": []}
        if self.result is not None:
            entry = self.result.to_dict()
            keys = ("verdict", "reasons", "chi2", "degrees_of_freedom", "parameters", "derived")
            circuit, fitted = entry["circuit"], {key: entry[key] for key in keys}
        numbers = {name: getattr(self, name) for name in ("aicc", "delta", "weight", "room")}
        return {
            "circuit": circuit,
            "free_parameters": None if self.result is None else self.result.fit.n_free,
            **plain(numbers),
            "chosen": self.chosen,
            "problem": self.problem or None,
            **fitted,
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """The circuits that were tried on one spectrum, best AICc first."""

    spectrum: Spectrum
    candidates: tuple[Candidate, ...]

    @property
    def chosen(self) -> Candidate | None:
        """The circuit that the data support; None where none could be fitted."""
        return next((candidate for candidate in self.candidates if candidate.chosen), None)

    @property
    def says(self) -> str:
        """What follows, in a sentence without a full stop."""
        able = [candidate for candidate in self.candidates if candidate.result is not None]
        if self.chosen is None:
            return "no circuit could be fitted"
        name = self.chosen.circuit
        if len(able) == 1:
            return f"{name} is the only one that could be fitted"
        if self.chosen.room > MARGIN:
            return f"{name} is the best of these, and leaves a trend that noise does not explain: try a larger one"
        if self.chosen.delta > 0:
            return (
                f"{name} is enough: {able[0].circuit} fits better, by {self.chosen.delta:.1f} in AICc, where "
                f"{MARGIN:g} would count"
            )
        alike = [c.circuit for c in able if not c.chosen and c.delta <= MARGIN and _size(c) == _size(self.chosen)]
        if alike:
            return f"{name} is the best, and the data do not exclude {', '.join(alike)}, which is as large"
        if able[1].delta <= MARGIN:
            return f"{name} is enough: {able[1].circuit} adds nothing that the data ask for"
        return f"the data support {name}: the next is {able[1].delta:.0f} behind in AICc"


def _size(candidate: Candidate) -> int:
    return candidate.result.fit.n_free if candidate.result else 0


def compare_circuits(
    spectra: Sequence[Spectrum], samples: Sequence[Sample], tasks: Sequence[Task]
) -> tuple[Comparison, ...]:
    """Fit every circuit to every spectrum and say which the data support.

    Args:
        spectra: What was measured.
        samples: What is known of each film; its own ``circuit`` is not regarded.
        tasks: One a circuit, of one weighting and space: else their criteria could not be compared.

    Raises:
        InvalidOption: Fewer than two circuits, or weightings that differ.
        LiponEisError: A task is wrong in itself.
    """
    if len(tasks) < 2:
        raise InvalidOption("a comparison needs two circuits or more: --circuit A --circuit B")
    if len({(task.options.weighting, task.options.space, task.accuracy) for task in tasks}) > 1:
        raise InvalidOption("circuits are compared under one weighting, one space and one accuracy")
    films = [replace(sample, circuit=None) for sample in samples]
    fitted = [analyse(spectra, films, task) for task in tasks]
    return tuple(
        _compared(spectrum, [(_name(task), outcome[row]) for task, outcome in zip(tasks, fitted, strict=True)], tasks)
        for row, spectrum in enumerate(spectra)
    )


def _name(task: Task) -> str:
    circuit = task.circuit
    return circuit if isinstance(circuit, str) else getattr(circuit, "name", "") or getattr(circuit, "text", "")


def _compared(
    spectrum: Spectrum, outcomes: Sequence[tuple[str, FitResult | LiponEisError]], tasks: Sequence[Task]
) -> Comparison:
    accuracy = tasks[0].accuracy
    results = [found if isinstance(found, FitResult) else None for _, found in outcomes]
    scores = [math.inf if result is None else corrected_aic(result.fit, accuracy) for result in results]
    best, able = min(scores), [k for k, score in enumerate(scores) if math.isfinite(score)]
    winner = -1
    if able:
        sizes = [results[k].fit.n_free for k in able]  # type: ignore[union-attr]
        winner = able[choose([scores[k] for k in able], sizes)]
    deltas = [score - best if math.isfinite(score) else math.inf for score in scores]
    total = sum(math.exp(-delta / 2) for delta in deltas)
    found = [
        Candidate(
            circuit=name,
            result=results[k],
            problem=str(outcome) if results[k] is None else "",
            aicc=scores[k],
            delta=deltas[k],
            weight=math.exp(-deltas[k] / 2) / total if total else math.nan,
            room=math.nan if (result := results[k]) is None else room(result.fit, spectrum, accuracy),
            chosen=k == winner,
        )
        for k, (name, outcome) in enumerate(outcomes)
    ]
    return Comparison(spectrum, tuple(sorted(found, key=lambda candidate: candidate.aicc)))
