"""Spectrum and SpectrumStack: nothing is dropped, nothing is changed in silence."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from lipon_eis.errors import InvalidSpectrum
from lipon_eis.spectrum import PADDING, Spectrum, SpectrumStack, padded_width

F = np.array([1.0, 100.0, 10.0])
Z = np.array([3 - 2j, 1 - 0.1j, 2 - 1j])
anything = st.floats(allow_nan=True, allow_infinity=True, width=64)


@given(st.data())
def test_whatever_is_measured_is_kept_in_falling_order_or_refused_as_a_whole(data):
    n = data.draw(st.integers(1, 12))
    f = data.draw(arrays(float, n, elements=anything))
    z = data.draw(arrays(complex, n, elements=st.complex_numbers(allow_nan=True, allow_infinity=True)))
    try:
        s = Spectrum(f, z)
    except InvalidSpectrum:
        assert not (np.isfinite(f) & np.isfinite(z) & (f > 0) & (z != 0)).any()
        return
    assert len(s) == n
    pairs = {(repr(a), repr(b)) for a, b in zip(f.tolist(), z.tolist(), strict=True)}
    assert {(repr(a), repr(b)) for a, b in zip(s.frequency.tolist(), s.impedance.tolist(), strict=True)} == pairs
    assert (np.diff(s.frequency[s.used]) <= 0).all()
    assert np.isfinite(s.impedance[s.used]).all()
    assert (s.frequency[s.used] > 0).all()
    masked = (~(np.isfinite(f) & np.isfinite(z)) | (f <= 0) | (z == 0)).sum()
    assert s.n_masked == masked
    assert any("masked" in note for note in s.notes) == bool(masked)


def test_arrays_are_read_only_and_not_the_caller_s():
    f, z = F.copy(), Z.copy()
    s = Spectrum(f, z)
    f[0] = z[0] = 99
    assert s.frequency.tolist() == [100.0, 10.0, 1.0]
    for array in (s.frequency, s.impedance, s.masked):
        with pytest.raises(ValueError):
            array[0] = 1
    with pytest.raises(AttributeError):
        s.label = "new"


def test_sigma_and_mask_are_sorted_along():
    s = Spectrum(F, Z, sigma=[0.1, 0.2, 0.3], masked=[True, False, False])
    assert s.sigma.tolist() == [0.2, 0.3, 0.1]
    assert s.masked.tolist() == [False, False, True]
    assert s.n_masked == 1


def test_one_standard_deviation_holds_for_all_points():
    assert Spectrum(F, Z, sigma=0.5).sigma.tolist() == [0.5] * 3


def test_points_without_a_positive_standard_deviation_are_masked_with_a_note():
    s = Spectrum(F, Z, sigma=[0.1, 0.0, np.nan])
    assert s.n_masked == 2
    assert any("standard deviation" in note for note in s.notes)


def test_repeated_frequencies_are_kept_in_the_order_of_measurement_with_a_note():
    s = Spectrum([10, 1, 10], [1, 2, 3])
    assert s.impedance.tolist() == [1, 3, 2]
    assert s.notes == ("1 repeated frequency: kept",)


def test_notes_are_not_repeated_when_a_spectrum_is_changed():
    s = Spectrum([10, 1, 10, 0], [1, 2, 3, 4])
    assert s.between(0.5, 100) is s
    narrowed = s.between(5, 100)
    assert narrowed.notes == (*s.notes, "1 point outside 5 to 100 Hz: masked")
    assert narrowed.n_masked == 2
    assert s.n_masked == 1


def test_a_range_without_points_is_refused():
    with pytest.raises(InvalidSpectrum, match="no usable point"):
        Spectrum(F, Z).between(1e6, 1e7)


@pytest.mark.parametrize(
    ("f", "z", "how"),
    [
        ([1, 2], [1], {}),
        ([[1, 2]], [[1, 2]], {}),
        ([], [], {}),
        ([0, -1], [1, 1], {}),
        ([1, 2], [np.nan, np.inf], {}),
        ([1, 2], [1, 2], {"masked": [True]}),
        ([1, 2], [1, 2], {"masked": [True, True]}),
        ([1, 2], [1, 2], {"sigma": [1, 2, 3]}),
        (["a", "b"], [1, 2], {}),
        ([1, 2], ["a", "b"], {}),
        ([1, 2], [1, 2], {"sigma": "wide"}),
    ],
)
def test_what_is_no_spectrum_is_refused(f, z, how):
    with pytest.raises(InvalidSpectrum):
        Spectrum(f, z, **how)


def test_a_spectrum_survives_pickling():
    s = Spectrum(F, Z, sigma=0.1, label="a", temperature=300, meta={"area_m2": 1e-4})
    back = pickle.loads(pickle.dumps(s))
    assert_array_equal(back.impedance, s.impedance)
    assert (back.label, back.temperature, dict(back.meta), back.notes) == ("a", 300.0, {"area_m2": 1e-4}, s.notes)
    with pytest.raises(TypeError):
        back.meta["area_m2"] = 2
    with pytest.raises(ValueError):
        back.frequency[0] = 2


def test_a_stack_holds_the_points_that_count_and_pads_the_rest():
    short = Spectrum(F, Z, masked=[True, False, False], sigma=0.1)
    long = Spectrum(np.logspace(5, 0, 20), np.full(20, 5 - 1j))
    stack = SpectrumStack.of([short, long])
    assert len(stack) == 2
    assert stack.used.sum(axis=1).tolist() == [2, 20]
    assert stack.frequency[0, :2].tolist() == [100.0, 10.0]
    assert (stack.frequency > 0).all()
    assert stack.impedance[0, :2].tolist() == [1 - 0.1j, 2 - 1j]
    assert stack.sigma[0, 0] == 0.1
    assert np.isnan(stack.sigma[1]).all()


@given(st.integers(1, 200))
def test_the_width_of_a_spectrum_is_its_own(n):
    assert n <= padded_width(n) < n + PADDING
    assert padded_width(n) % PADDING == 0
