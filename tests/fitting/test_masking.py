"""Points masked by hand: frequencies, bands, and what is no mask."""

import numpy as np
import pytest

from lipon_eis.errors import InvalidOption, InvalidSpectrum
from lipon_eis.fitting.masking import Mask
from lipon_eis.spectrum import Spectrum

F = [1e3, 100.0, 55.0, 50.2, 49.8, 45.0, 10.0, 1.0]


def spectrum():
    return Spectrum(F, np.full(len(F), 10 - 1j))


def masked(*wishes):
    s = Mask.of(list(wishes)).apply(spectrum())
    return s.frequency[s.masked].tolist(), s.notes


def test_a_frequency_takes_the_points_within_a_percent_of_it():
    assert masked("50Hz") == ([50.2, 49.8], ("2 points at 50 Hz masked as asked",))


def test_a_band_takes_its_ends_too():
    assert masked("45Hz..55Hz")[0] == [55.0, 50.2, 49.8, 45.0]


def test_prefixes_and_open_ends():
    assert masked("1kHz", "..1Hz")[0] == [1e3, 1.0]


@pytest.mark.parametrize(
    ("wish", "bands"),
    [
        ("45Hz..55Hz", ((45.0, 55.0),)),
        ((45, 55), ((45, 55),)),
        ([(45, 55), 50.0], ((45, 55), (49.5, 50.5))),
        (50, ((49.5, 50.5),)),
        ((None, 10), ((0.0, 10),)),
        (None, ()),
        ([], ()),
        ("outliers", ()),
    ],
)
def test_texts_numbers_pairs_and_lists_are_understood(wish, bands):
    mask = Mask.of(wish)
    assert mask.bands == bands
    assert mask.outliers == (wish == "outliers")


@pytest.mark.parametrize(("wish", "said"), [("1kHz..", "from 1000 Hz"), ("..1Hz", "up to 1 Hz")])
def test_an_open_end_is_said_as_such(wish, said):
    assert masked(wish)[1] == (f"1 point {said} masked as asked",)


def test_several_wishes_hold_together():
    mask = Mask.of(["50Hz", "outliers", "1kHz.."])
    assert mask.outliers
    assert len(mask.bands) == 2


def test_a_frequency_that_was_not_measured_is_said():
    assert masked("60Hz") == ([], ("no point at 60 Hz: nothing to mask",))


def test_a_point_that_is_masked_already_is_not_counted_again():
    assert masked("50Hz", "45Hz..55Hz")[1] == (
        "2 points at 50 Hz masked as asked",
        "2 points from 45 to 55 Hz masked as asked",
    )


def test_nothing_left_is_refused():
    with pytest.raises(InvalidSpectrum):
        Mask.of("0.1Hz..1MHz").apply(spectrum())


@pytest.mark.parametrize("wish", ["outlier", "50", "50 s", "55Hz..45Hz", 0.0, float("nan"), -3, (55, 45), "", ".."])
def test_what_is_no_mask_is_refused(wish):
    with pytest.raises(InvalidOption, match="mask: "):
        Mask.of(wish)
