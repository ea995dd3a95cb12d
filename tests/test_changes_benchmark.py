"""The benchmark of cells that changed, small: its goals, with the scatter of a few dozen cells."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import changes


@pytest.mark.parametrize("picture", changes.CHANGES, ids=lambda picture: picture.name)
def test_pictures_are_recognised_and_ratios_have_honest_intervals(picture):
    found = changes.measured_pairs(picture, 30, np.random.default_rng(5))
    row = changes.picture_row(picture, found)
    assert row["right"] >= 0.9  # 95 % of 30 is one or two missed
    assert row["wrong"] <= 0.04
    for ratio in changes.ratio_rows(picture, found):
        assert ratio["coverage"] >= 0.8, ratio
        assert ratio["error"] < 2 * ratio["stderr"]


def test_energies_that_differ_by_the_margin_are_hardly_ever_called_unchanged():
    row = changes.energies(changes.MARGIN, 20, np.random.default_rng(5))
    assert row["unchanged"] <= 0.2
    assert changes.energies(0.0, 10, np.random.default_rng(6))["unchanged"] >= 0.5
