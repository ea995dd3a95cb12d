"""The Kramers-Kronig relations in their local form: what a column without a sure name must be.

The phase follows the slope of ln|Z| over ln f (90° for a slope of one), Im follows that of Re. It is an
approximation, so it only tells readings apart that differ by much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.readers.sweeps import Indices
from lipon_eis.readers.values import Complex, Values
from lipon_eis.spectrum import Floats

_POINTS = 5
_RIGHT_ANGLE = np.pi / 2
_CLOSE = 1 / 9  # of a right angle
_ENOUGH = 8  # points, to compare slopes with
_NOISE = 0.003  # of |Z|: smaller parts say nothing
_TELLS = 0.1  # of the steepest change of Re: where it changes less, Im says nothing about it
_MUCH = 0.3  # of |Z|: no scatter
_CLEAR = 5  # times the slopes that scatter makes
_SURELY = 0.6  # correlation; -0.9 for a resistor and its stray capacitance, above -0.1 for spectra of sure sign


@np.errstate(over="ignore", invalid="ignore")
def like_modulus_and_phase(frequency: Floats, second: Floats, third: Floats) -> bool:
    """Tell |Z| and phase (in degrees or radians) from Re and Im."""
    if frequency.size < _POINTS or np.abs(third).max() > 180 or not (second > 0).all():
        return False
    log_f, first = np.unique(np.log(frequency), return_index=True)
    if log_f.size < _POINTS:
        return False
    size, third = second[first], third[first]
    off_as_imaginary = np.median(np.abs(_RIGHT_ANGLE * np.gradient(size, log_f) - third))
    for right_angle in (90, _RIGHT_ANGLE):
        off_as_phase = _off(log_f, size, third, right_angle)
        if off_as_phase < right_angle * _CLOSE and off_as_phase < off_as_imaginary:
            return True
    return False


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def refuse_radians(values: Values, frequency: Floats, impedance: Complex, parts: Sequence[Indices]) -> None:
    """Refuse a phase that is called degrees and never exceeds π/2, where |Z| falls as for as many radians.

    Raises:
        UnreadableFile: It is so in a sweep.
    """
    if values.columns.by_parts:
        return
    for part in parts:
        f, z = frequency[part], impedance[part]
        degrees = np.degrees(np.angle(z))
        if f.size < _POINTS or not (np.abs(degrees) < 1.01 * _RIGHT_ANGLE).all() or not (np.abs(z) > 0).all():
            continue
        log_f, first = np.unique(np.log(f), return_index=True)
        if log_f.size < _POINTS:
            continue
        size, phase = np.abs(z)[first], degrees[first]
        as_radians, as_degrees = _off(log_f, size, phase, _RIGHT_ANGLE), _off(log_f, size, phase, 90)
        if as_radians < _RIGHT_ANGLE * _CLOSE and as_degrees > 90 * _CLOSE:
            name, largest = values.columns.name(Quantity.PHASE), np.abs(phase).max()
            raise values.file.refuse(
                f"{name!r} never exceeds {largest:.3g}, while |Z| falls as for {_steepest(log_f, size):.0f}°:"
                " its values seem to be radians; write the unit that they have into the name",
                values.columns.line,
            )


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def runs_against_re(frequency: Floats, impedance: Complex) -> bool:
    """Tell a spectrum whose Im(Z) surely has the other sign than its Re(Z), which changes with the frequency, asks for.

    Re rises with the frequency beside an inductance and falls beside a capacitance, so Im and dRe/dln f have
    one sign. Both are compared relative to |Z|; what does not change Re (a series L or C) says nothing. Most
    spectra are capacitive, and their noise must not look like a Re that rises: there it has to be clear of it.
    """
    log_f, first = np.unique(np.log(frequency), return_index=True)
    z = impedance[first]
    if log_f.size < _ENOUGH:
        return False
    size = np.abs(z)
    imaginary, slope = z.imag / size, np.clip(_RIGHT_ANGLE * np.gradient(z.real, log_f) / size, -1, 1)
    if not (_rms(imaginary) > _NOISE and _rms(slope) > _NOISE):
        return False
    if imaginary.sum() <= 0:
        if not _rises(log_f, z.real, size, _rms(slope)):
            return False
        tells = np.abs(slope) > _TELLS * np.abs(slope).max()
        imaginary, slope = imaginary[tells], slope[tells]
    return bool(np.mean(imaginary * slope) < -_SURELY * _rms(imaginary) * _rms(slope))


def _rises(log_f: Floats, real: Floats, size: Floats, slope: float) -> bool:
    """Tell a Re(Z) that rises with the frequency by much of |Z|, or that changes by more than its scatter."""
    if int(real.argmax()) < real.size // 2:
        return False
    if real[-1] - real[0] > _MUCH * size.max():
        return True
    before = (log_f[2:] - log_f[1:-1]) / (log_f[2:] - log_f[:-2])  # weight of the point before in the line between two
    off = (real[1:-1] - before * real[:-2] - (1 - before) * real[2:]) / size[1:-1]
    scatter = _rms(off / np.sqrt(1 + before**2 + (1 - before) ** 2))
    return slope > _CLEAR * scatter * _RIGHT_ANGLE / 2**0.5 / float(np.diff(log_f).mean())


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _off(log_f: Floats, size: Floats, phase: Floats, right_angle: float) -> float:
    return float(np.median(np.abs(right_angle * np.gradient(np.log(size), log_f) - phase)))


def _steepest(log_f: Floats, size: Floats) -> float:
    return float(-90 * np.gradient(np.log(size), log_f).min())
