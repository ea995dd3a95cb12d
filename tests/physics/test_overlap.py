"""Arcs within a decade of each other: their sum, its error and its interval."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.model.circuit import Circuit
from lipon_eis.physics.overlap import overlaps
from lipon_eis.simulation import simulate

TWO = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
F = np.logspace(6.5, -1, 60)


def truth(ratio, n=0.9):
    """R1 = 4 kΩ with τ = 12 µs, R2 = 6 kΩ with τ larger by the ratio."""
    tau = 1.2e-5
    return [12.0, 4e3, tau**n / 4e3, n, 6e3, (tau * ratio) ** n / 6e3, n, 3e-6, 0.85]


def one(ratio, noise=0.003, seed=1, circuit=TWO, values=None, **how):
    s = simulate(circuit, truth(ratio) if values is None else values, F, noise=noise, seed=seed)
    (fit,) = fit_spectra(circuit, [s], Options(**how))
    return fit


@pytest.mark.parametrize(("ratio", "count"), [(3, 1), (8, 1), (13, 0), (100, 0)])
def test_arcs_overlap_within_a_decade_and_not_beyond(ratio, count):
    assert len(overlaps(one(ratio))) == count


def test_the_sum_is_known_much_better_than_its_parts():
    fit = one(4)
    (found,) = overlaps(fit)
    assert found.names == ("R1", "R2")
    assert found.total == pytest.approx(fit.values["R1"] + fit.values["R2"], rel=1e-12)
    assert found.stderr < 0.1 * min(fit.stderr["R1"], fit.stderr["R2"])
    assert found.interval[0] < 1e4 < found.interval[1]
    assert_allclose(found.worst, max(fit.stderr[r] / fit.values[r] for r in ("R1", "R2")), rtol=1e-12)


def test_the_error_of_the_sum_is_that_of_a_circuit_written_with_the_sum():
    """Witness: by the chain rule, the error of S in R2 = S − R1, from numpy's inverse."""
    fit = one(4)
    s = simulate(TWO, truth(4), F, noise=0.003, seed=1)
    weighted = TWO.jacobian(s.frequency, fit.values) / np.abs(s.impedance)[:, None]
    weighted[:, 1] -= weighted[:, 4]  # ∂/∂R1 at constant S
    covariance = np.linalg.inv((weighted.conj().T @ weighted).real) * fit.chi2_reduced
    assert_allclose(overlaps(fit)[0].stderr, np.sqrt(covariance[4, 4]), rtol=1e-4)


def test_the_interval_of_the_sum_holds_it_in_most_spectra():
    spectra = [simulate(TWO, truth(4), F, noise=0.01, seed=seed) for seed in range(200)]
    held = []
    for fit in fit_spectra(TWO, spectra, Options(interval="covariance")):
        held += [found.interval[0] <= 1e4 <= found.interval[1] for found in overlaps(fit)]
    assert len(held) > 150
    assert 0.90 <= np.mean(held) <= 0.99


def test_of_three_arcs_only_neighbours_are_paired():
    circuit = Circuit("R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,C3)")
    values = [10.0, 1e3, 1e-9, 0.95, 2e3, 1e-6, 0.95, 3e3, 3e-6]
    fit = one(0, circuit=circuit, values=values)
    assert [found.names for found in overlaps(fit)] == [("R2", "R3")]


def test_an_arc_that_is_held_has_no_sum():
    assert overlaps(one(4, fix={"R1": 4e3})) == []


def test_arcs_in_different_branches_are_not_added():
    circuit = Circuit("p(R0-p(R1,C1),R2-p(R3,C3))")
    fit = one(0, circuit=circuit, values=[1e3, 2e3, 1e-8, 5e3, 9e3, 2e-8])
    assert overlaps(fit) == []
