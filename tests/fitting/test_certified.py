"""Fit problems whose answers are known to 12 digits, solved without a start value."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum

PROBLEMS = sorted((Path(__file__).parents[1] / "certified").glob("*.json"))


@cache
def solve(path):
    truth = json.loads(path.read_text())
    f, re, im = np.loadtxt(path.with_suffix(".csv"), delimiter=",", skiprows=1).T
    spectrum = Spectrum(f, re + 1j * im)
    weighting = truth["weighting"].partition(":")[0]
    (fit,) = fit_spectra(Circuit(truth["circuit"]), [spectrum], Options(weighting=weighting))
    return truth, spectrum, fit


@pytest.fixture(params=PROBLEMS, ids=lambda path: path.stem)
def problem(request):
    return solve(request.param)


def test_there_are_thirteen():
    assert len(PROBLEMS) == 13


def test_values_have_twelve_digits(problem):
    truth, _, fit = problem
    assert fit.values.keys() == truth["certified"].keys()
    for name, certified in truth["certified"].items():
        assert_allclose(fit.values[name], float(certified["value"]), rtol=1e-12)


def test_standard_errors_have_ten_digits(problem):
    truth, _, fit = problem
    for name, certified in truth["certified"].items():
        assert_allclose(fit.stderr[name], float(certified["stderr"]), rtol=1e-10)


def test_chi2_and_degrees_of_freedom(problem):
    truth, _, fit = problem
    assert_allclose(fit.chi2, float(truth["chi2"]), rtol=1e-11)
    assert fit.degrees_of_freedom == truth["degrees_of_freedom"]


def test_covariance_is_the_inverse_of_the_weighted_normal_matrix(problem):
    _, spectrum, fit = problem
    weighted = fit.circuit.jacobian(spectrum.frequency, fit.values) / np.abs(spectrum.impedance)[:, None]
    size = np.linalg.norm(weighted, axis=0)
    normal = (weighted / size).conj().T @ (weighted / size)
    expected = np.linalg.inv(normal.real) / np.outer(size, size) * fit.chi2 / fit.degrees_of_freedom
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert_allclose(fit.covariance / scale, expected / scale, atol=1e-7)


def test_the_minimum_was_reached_from_several_starts(problem):
    _, _, fit = problem
    assert fit.converged
    assert 1 <= fit.starts_agreeing <= fit.starts
    assert fit.starts_agreeing >= 2
