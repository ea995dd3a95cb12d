"""All spectra of a series with one circuit: those that were fitted with another are fitted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from lipon_eis.analysis import Task, analyse
from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.fitting.masking import Mask
from lipon_eis.result import FitResult
from lipon_eis.selection import only_known


def commonest_circuit(results: Sequence[FitResult]) -> NamedCircuit:
    """Return the circuit that most spectra have; with a lead inductance if one of them has it."""
    name = Counter(result.circuit.name for result in results).most_common(1)[0][0]
    alike = [result.circuit for result in results if result.circuit.name == name]
    return max(alike, key=lambda named: len(named.circuit.names))


def with_circuit(
    results: Sequence[FitResult], named: NamedCircuit, task: Task
) -> tuple[dict[int, FitResult], dict[int, str]]:
    """Return results by position, all with one circuit, and why of those that cannot be fitted with it.

    Args:
        results: Of single fits.
        named: The circuit.
        task: What was asked of these fits.
    """
    others = [i for i, result in enumerate(results) if result.circuit is not named]
    again = analyse(
        [results[i].spectrum for i in others],
        [replace(results[i].sample, circuit=None) for i in others],
        replace(task, circuit=named, roles={}, options=only_known(task.options, named), mask=Mask()),
    )
    members = dict(enumerate(results))
    why = {}
    for i, outcome in zip(others, again, strict=True):
        if isinstance(outcome, FitResult) and outcome.fit.circuit.text == named.circuit.text:
            members[i] = outcome
        else:
            problem = str(outcome) if isinstance(outcome, Exception) else "it asks for another circuit"
            why[i] = f"cannot be fitted with {named.name}: {problem}"
            del members[i]
    return members, why
