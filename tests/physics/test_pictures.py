"""What a change of R and C means: lines through the origin, judged by chi2 against drawn errors of known size."""

import numpy as np
import pytest

from lipon_eis.physics.pictures import (
    BARRIER,
    CANNOT_TELL,
    GROWING_LAYER,
    MORE_AREA,
    NO_CHANGE,
    NONE,
    OPPOSITE,
    judge_change,
)

COVARIANCE = np.array([[4.0, -3.0], [-3.0, 9.0]]) * 1e-6  # 0.2 % of R and 0.3 % of C, correlated by -0.5
N, FREEDOM = 0.92, 150.0


def drawn(change, count=1500, seed=1):
    rng = np.random.default_rng(seed)
    return [
        judge_change(np.asarray(change) + noise, COVARIANCE, N, FREEDOM)
        for noise in rng.multivariate_normal(np.zeros(2), COVARIANCE, size=count)
    ]


@pytest.mark.parametrize(
    ("change", "call"),
    [
        ((-1.8, 1.8), MORE_AREA),
        ((-0.05, 0.05), MORE_AREA),
        ((1.1, -1.1), GROWING_LAYER),
        ((-1.8, 0.0), BARRIER),
        ((0.7, 0.0), BARRIER),
        ((-1.8, -1.8 * (1 - N) / N), BARRIER),  # Q stays
        ((0.0, 0.0), NO_CHANGE),
    ],
)
def test_a_picture_is_recognised_in_95_percent_and_no_wrong_one_called_in_2(change, call):
    calls = [one.call for one in drawn(change)]
    wrong = [one for one in calls if one not in (call, CANNOT_TELL, NONE)]
    assert calls.count(call) >= 0.95 * len(calls)
    assert len(wrong) <= 0.02 * len(calls)


@pytest.mark.parametrize(("change", "picture"), [((-0.9, 0.9), OPPOSITE), ((0, 0), NO_CHANGE), ((0, 0), OPPOSITE)])
def test_a_true_picture_has_a_uniform_probability(change, picture):
    p = np.array([one.probabilities[picture] for one in drawn(change)])
    for level in (0.05, 0.25, 0.5):
        assert (p < level).mean() == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / p.size))


def test_between_constant_tau_over_r_and_constant_q_all_is_a_barrier():
    for share in (0.0, 0.3, 1.0):
        found = judge_change(np.array([-1.8, -1.8 * share * (1 - N) / N]), COVARIANCE, N, FREEDOM)
        assert found.probabilities[BARRIER] == 1.0
    beyond = judge_change(np.array([-1.8, -1.8 * 1.3 * (1 - N) / N]), COVARIANCE, N, FREEDOM)
    assert beyond.probabilities[BARRIER] < 1e-6
    other_side = judge_change(np.array([-1.8, 0.05]), COVARIANCE, N, FREEDOM)
    assert other_side.call == NONE


def test_a_change_that_is_lost_in_noise_is_left_open():
    found = judge_change(np.array([-0.1, 0.1]), 1e4 * COVARIANCE, N, FREEDOM)
    assert found.call == CANNOT_TELL
    assert set(found.fitting) == {NO_CHANGE, OPPOSITE, BARRIER}


def test_no_change_wants_errors_small_enough_to_say_so():
    assert judge_change(np.zeros(2), COVARIANCE, N, FREEDOM).call == NO_CHANGE
    assert judge_change(np.zeros(2), 400 * COVARIANCE, N, FREEDOM).call == CANNOT_TELL


def test_where_a_small_change_could_be_either_both_are_named():
    found = judge_change(np.array([-0.09, 0.04]), np.diag([1e-6, 9e-4]), N, FREEDOM)
    assert found.call == CANNOT_TELL
    assert set(found.fitting) == {OPPOSITE, BARRIER}
