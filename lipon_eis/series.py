"""Series: the spectra of a film or cell that differ in one thing, fitted together.

`fit_series` fits every spectrum alone first, then hands the results to one function a kind. Such a function
takes ``(results, task)`` and returns what it found of each group of the sample sheet; a new kind is a
line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import import_module
from typing import Any, Protocol

from lipon_eis.analysis import AUTO, Task
from lipon_eis.batch import AnyCircuit, Batch, fit_batch, make_task
from lipon_eis.errors import InvalidOption, nearest
from lipon_eis.result import FitResult
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum
from lipon_eis.verdict import Reason


class Series(Protocol):
    """What a kind's function returns of each group."""

    @property
    def label(self) -> str:
        """The group."""

    @property
    def verdict(self) -> str:
        """``pass``, ``check`` or ``fail``."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why."""

    def to_dict(self) -> dict[str, Any]:
        """Return the series as it stands in results.json."""


Joint = Callable[[Sequence[FitResult], Task], tuple[Series, ...]]


@dataclass(frozen=True)
class Kind:
    """One kind of series.

    Attributes:
        home: Module that has it; it is imported when the kind is asked for.
        function: See `Joint`.
        varies: Property of `Sample` in which the members of a group differ, empty where none tells.
        also: Further properties of which one will do.
        least: Number of values that the property has to take within a group.
        unset: Those of the properties of which no value counts as one: not annealed is a state.
    """

    home: str
    function: str
    varies: str = ""
    also: tuple[str, ...] = ()
    least: int = 3
    unset: tuple[str, ...] = ()

    def varies_in(self, members: Sequence[Sample]) -> bool:
        """Return whether the members of one group differ as this kind wants it."""
        for name in filter(None, (self.varies, *self.also)):
            values = {getattr(member, name) for member in members}
            if len(values if name in self.unset else values - {None}) >= self.least:
                return True
        return False


KINDS: dict[str, Kind] = {
    "temperature": Kind("lipon_eis.kinds.temperature", "joint_temperature_series", "temperature"),
    "thickness": Kind("lipon_eis.kinds.thickness", "joint_thickness_series", "thickness"),
    "area": Kind("lipon_eis.kinds.area", "joint_area_series", "area"),
    "cells": Kind("lipon_eis.kinds.cells", "cell_series"),
    "time": Kind("lipon_eis.kinds.over_time", "time_series", "time", also=("cycle",)),
    "before-after": Kind(
        "lipon_eis.kinds.before_after",
        "before_after_series",
        "state",
        also=("anneal_temperature", "cycle"),
        least=2,
        unset=("anneal_temperature",),
    ),
}
"""Name → kind. Where none is asked for, the first whose property varies within a group is taken."""


@dataclass(frozen=True, eq=False)
class SeriesBatch(Batch):
    """A `Batch` whose series come from joint fits.

    Attributes:
        found: One a group.
    """

    found: tuple[Series, ...] = ()

    @cached_property
    def series(self) -> tuple[Series, ...]:  # type: ignore[override]
        """What the joint fits found."""
        return self.found


def fit_series(
    spectra: Sequence[Spectrum], circuit: AnyCircuit = AUTO, *, kind: str | None = None, **how: Any
) -> SeriesBatch:
    """Fit the spectra of series, each alone and then those of a group together.

    Args:
        spectra: What was measured.
        circuit: As in `lipon_eis.fit_batch`.
        kind: One of `KINDS`; None: by what varies within the groups.
        how: As in `lipon_eis.fit_batch`: ``samples``, ``thickness``, …, ``guess``, ``fix``, ….

    Returns:
        A batch whose ``series`` are those of the joint fits.

    Raises:
        InvalidOption: No such kind, or nothing varies that a kind is made for.
        LiponEisError: As in `lipon_eis.fit_batch`.
    """
    check_kind(kind)
    of_batch = {"samples", "thickness", "area", "temperature", "defaults", "failures", "jobs", "command", "settings"}
    task = make_task(circuit, **{name: value for name, value in how.items() if name not in {*of_batch, "progress"}})
    return with_series(fit_batch(spectra, circuit, **how), task, kind)


def with_series(batch: Batch, task: Task, kind: str | None = None) -> SeriesBatch:
    """Return a batch with the series of its results fitted jointly.

    Args:
        batch: Every spectrum fitted alone.
        task: What was asked of the single fits; joint fits that need other circuits ask the same.
        kind: One of `KINDS`; None: by what varies.

    Raises:
        InvalidOption: No such kind, or nothing varies that a kind is made for.
    """
    check_kind(kind)
    chosen = KINDS[kind or varying([result.sample for result in batch.results])]
    function: Joint = getattr(import_module(chosen.home), chosen.function)
    own = {field.name: getattr(batch, field.name) for field in fields(Batch)}
    return SeriesBatch(**own, found=function(batch.results, task))


def check_kind(kind: str | None) -> None:
    """Refuse a kind that does not exist.

    Raises:
        InvalidOption: The message lists those that do.
    """
    if kind is not None and kind not in KINDS:
        raise InvalidOption(f"no kind of series {kind!r}{nearest(kind, KINDS)}; there are {', '.join(KINDS)}")


def varying(samples: Sequence[Sample]) -> str:
    """Return the first kind whose property takes enough values within a group of samples: three, or two states.

    Raises:
        InvalidOption: There is none.
    """
    groups: dict[str | None, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.group, []).append(sample)
    for name, kind in KINDS.items():
        if any(kind.varies_in(members) for members in groups.values()):
            return name
    known = ", ".join(prop for kind in KINDS.values() for prop in (kind.varies, *kind.also) if prop)
    raise InvalidOption(
        f"nothing varies over three values, nor over two states, within a group (looked at: {known}); fill the columns "
        "of the sample sheet, or name the kind of series by --kind"
    )
