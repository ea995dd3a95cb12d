"""Spectrum, one measurement; SpectrumStack, many of them as padded arrays.

Both are frozen. A spectrum is ordered by falling frequency whatever the order it was
measured in; points that cannot be used are masked, never dropped, and each such step
leaves a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidSpectrum

Floats = NDArray[np.float64]


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.array(array)
    array.setflags(write=False)
    return array


def _numbers(name: str, values: Any, kind: type) -> NDArray[Any]:
    try:
        return np.asarray(values, dtype=kind)
    except (TypeError, ValueError) as error:
        raise InvalidSpectrum(f"{name} must be numbers: {error}") from None


def _as_measured(f: Floats, z: NDArray[np.complex128]) -> bool:
    """Tell points that all are usable and in order of falling frequency, of which nothing needs to be said."""
    falling = f.size > 1 and np.count_nonzero(f[1:] < f[:-1]) == f.size - 1 and f[-1] > 0 and f[0] < np.inf
    return bool(falling) and np.count_nonzero(np.isfinite(z) & (z != 0)) == z.size


def _examined(
    f: Floats, z: NDArray[np.complex128], sigma: Any, masked: Any, said: tuple[str, ...]
) -> tuple[Floats, NDArray[np.complex128], Floats | None, NDArray[np.bool_], tuple[str, ...]]:
    """Return frequency, impedance, sigma and mask in order, and notes on what was masked."""
    given = np.zeros(f.shape, bool) if masked is None else np.asarray(masked, dtype=bool)
    sigma = None if sigma is None else _numbers("sigma", sigma, float)
    if sigma is not None and sigma.ndim == 0:
        sigma = np.broadcast_to(sigma, f.shape)
    for name, array in (("masked", given), ("sigma", sigma)):
        if array is not None and array.shape != f.shape:
            raise InvalidSpectrum(f"{name} must have one entry a point, got {array.shape} for {f.shape}")

    notes = []
    finite, positive = np.isfinite(f) & np.isfinite(z), f > 0
    usable = finite & positive & (z != 0)
    if sigma is not None:
        usable &= np.isfinite(sigma) & (sigma > 0)
    if np.count_nonzero(usable) < f.size:
        for bad, what in (
            (~finite, "not finite"),
            (finite & ~positive, "at a frequency that is not positive"),
            (finite & positive & (z == 0), "of zero impedance"),
            (finite & positive & (z != 0) & ~usable, "without a positive standard deviation"),
        ):
            if count := int((bad & ~given).sum()):
                notes.append(f"{count} point{'s' * (count > 1)} {what}: masked")
    masked = given | ~usable
    if np.count_nonzero(masked) == f.size:
        raise InvalidSpectrum(f"no usable point among {f.size}" if f.size else "no points")

    order: Any = slice(None)
    if np.count_nonzero(f[1:] < f[:-1]) < f.size - 1:
        order = np.argsort(-np.where(np.isfinite(f), f, -np.inf), kind="stable")
        used = f[order][~masked[order]]
        repeats = int(np.count_nonzero(used[1:] == used[:-1]))
        if repeats and not any("repeated" in note for note in said):
            notes.append(f"{repeats} repeated frequenc{'ies' if repeats > 1 else 'y'}: kept")
    return f[order], z[order], None if sigma is None else sigma[order], masked[order], tuple(notes)


@lru_cache
def _none_masked(points: int) -> NDArray[np.bool_]:
    """Return a mask that leaves all points, of which spectra of one length need but one."""
    return _frozen(np.zeros(points, bool))


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One impedance spectrum.

    Attributes:
        frequency: [Hz], shape (n_points,), falling; equal frequencies keep their order of measurement.
        impedance: [Ω], complex, shape (n_points,); capacitive behaviour has a negative imaginary part.
        sigma: One standard deviation of each of Re and Im [Ω], shape (n_points,), or None.
        masked: True where a point is kept but not used, shape (n_points,).
        label: Short name for tables and figures.
        temperature: Of the film [K], or None where nothing says it.
        meta: What the file said: plain values, units in the keys (``area_m2``, ``amplitude_V``).
        notes: What was done to the data, one sentence each.

    Raises:
        InvalidSpectrum: The arrays differ in length, are not one-dimensional, or hold no usable point.

    >>> s = Spectrum(frequency=[1.0, 100.0, 10.0], impedance=[3 - 2j, 1 - 0.1j, 2 - 1j])
    >>> s.frequency.tolist()
    [100.0, 10.0, 1.0]
    """

    frequency: Floats
    impedance: NDArray[np.complex128]
    sigma: Floats | None = None
    masked: NDArray[np.bool_] = None  # type: ignore[assignment]  # an array once constructed
    label: str = ""
    temperature: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        f = _numbers("frequency", self.frequency, float)
        z = _numbers("impedance", self.impedance, complex)
        if f.ndim != 1 or f.shape != z.shape:
            raise InvalidSpectrum(
                f"frequency and impedance must be two lists of one length, got {f.shape} and {z.shape}"
            )
        notes, masked, sigma = tuple(self.notes), np.zeros(f.shape, bool), None
        if self.sigma is not None or self.masked is not None or not _as_measured(f, z):
            f, z, sigma, masked, added = _examined(f, z, self.sigma, self.masked, notes)
            notes += added
        self.__dict__.update(
            frequency=_frozen(f),
            impedance=_frozen(z),
            sigma=None if sigma is None else _frozen(sigma),
            masked=_frozen(masked),
            temperature=None if self.temperature is None else float(self.temperature),
            meta=MappingProxyType(dict(self.meta)),
            notes=notes,
        )

    @classmethod
    def of_usable_points(
        cls,
        frequency: Floats,
        impedance: NDArray[np.complex128],
        *,
        label: str = "",
        temperature: float | None = None,
        meta: Mapping[str, Any],
        notes: tuple[str, ...] = (),
    ) -> Spectrum:
        """Make a spectrum of arrays that somebody has examined: all points are usable, the frequency runs one way.

        The same as `Spectrum` makes of them (a test compares them), in a fifth of the time; ``meta`` must not change,
        and the arrays become its own.
        """
        if frequency[0] < frequency[-1]:
            frequency, impedance = frequency[::-1].copy(), impedance[::-1].copy()
        frequency.setflags(write=False)
        impedance.setflags(write=False)
        own = {
            "frequency": frequency,
            "impedance": impedance,
            "sigma": None,
            "masked": _none_masked(frequency.size),
            "label": label,
            "temperature": temperature,
            "meta": MappingProxyType(meta),
            "notes": notes,
        }
        made: Spectrum = object.__new__(cls)
        object.__setattr__(made, "__dict__", own)
        return made

    def __len__(self) -> int:
        return int(self.frequency.size)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "meta": dict(self.meta)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        arrays = {name: _frozen(array) for name, array in state.items() if isinstance(array, np.ndarray)}
        self.__dict__.update({**state, **arrays}, meta=MappingProxyType(state["meta"]))

    @property
    def used(self) -> NDArray[np.bool_]:
        """True where a point takes part in a fit, shape (n_points,)."""
        return ~self.masked

    @property
    def n_masked(self) -> int:
        """Number of masked points."""
        return int(np.count_nonzero(self.masked))

    def between(self, lowest: float = 0.0, highest: float = np.inf) -> Spectrum:
        """Return this spectrum with the points outside [lowest, highest] Hz masked, and a note of it."""
        outside = (self.frequency < lowest) | (self.frequency > highest)
        count = int((outside & self.used).sum())
        if not count:
            return self
        note = f"{count} point{'s' * (count > 1)} outside {lowest:g} to {highest:g} Hz: masked"
        return replace(self, masked=self.masked | outside, notes=(*self.notes, note))


PADDING = 8


def padded_width(points: int) -> int:
    """Return the width that a spectrum of so many used points takes in a stack.

    It is the spectrum's own, whatever it is stacked with: sums over a row then round alike, and a
    spectrum has the same result to the last bit alone, in a batch, and on any number of processes.
    """
    return -(-points // PADDING) * PADDING


@dataclass(frozen=True, eq=False)
class SpectrumStack:
    """Many spectra as one set of padded arrays, so that a batch is one computation.

    Attributes:
        frequency: [Hz], shape (n_spectra, n_freq); padding repeats the last used frequency.
        impedance: [Ω], complex, same shape; padding is 1.
        sigma: [Ω], same shape, NaN where a spectrum has none.
        used: True for points that count, same shape; padding and masked points are False.
    """

    frequency: Floats
    impedance: NDArray[np.complex128]
    sigma: Floats
    used: NDArray[np.bool_]

    @classmethod
    def of(cls, spectra: Sequence[Spectrum]) -> SpectrumStack:
        """Stack spectra of any lengths; masked points are left out."""
        width = max(padded_width(len(s) - s.n_masked) for s in spectra)
        shape = (len(spectra), width)
        frequency, impedance = np.empty(shape), np.ones(shape, complex)
        sigma, used = np.full(shape, np.nan), np.zeros(shape, bool)
        for row, spectrum in enumerate(spectra):
            keep = spectrum.used
            n = int(keep.sum())
            frequency[row, :n] = spectrum.frequency[keep]
            frequency[row, n:] = frequency[row, n - 1]
            impedance[row, :n] = spectrum.impedance[keep]
            if spectrum.sigma is not None:
                sigma[row, :n] = spectrum.sigma[keep]
            used[row, :n] = True
        return cls(_frozen(frequency), _frozen(impedance), _frozen(sigma), _frozen(used))

    def __len__(self) -> int:
        return int(self.frequency.shape[0])
