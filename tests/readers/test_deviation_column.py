"""A column of standard deviations becomes the spectrum's sigma, or a note says why not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import lipon_eis as le
from lipon_eis.readers.names import Quantity, meaning

F = np.logspace(5, 0, 30)
Z = 12 + 4e3 / (1 + (2j * np.pi * F * 1e-4) ** 0.9)


def read(tmp_path, name, values, frequency="frequency_hz", re="z_re_ohm", im="z_im_ohm", scale=1.0):
    path = tmp_path / "film.csv"
    rows = [
        ",".join(map(str, (f, z.real / scale, z.imag / scale, value)))
        for f, z, value in zip(F.tolist(), Z.tolist(), values, strict=True)
    ]
    path.write_text("\n".join([f"{frequency},{re},{im},{name}", *rows, ""]))
    (spectrum,) = le.read(path)
    return spectrum


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("sigma", 1),
        ("Sigma_ohm", 1),
        ("stderr", 1),
        ("std [kOhm]", 1e3),
        ("std dev (Ohm)", 1),
        ("dZ/Ohm", 1),
        ("δZ [mΩ]", 1e-3),
        ("Standard deviation of Z [Ohm]", 1),
        ("uncertainty", 1),
    ],
)
def test_names_and_units_that_people_write(tmp_path, name, scale):
    found = read(tmp_path, name, np.abs(Z) * 0.01 / scale)
    assert_allclose(found.sigma, np.abs(Z) * 0.01, rtol=1e-12)
    assert any("standard deviation of Re and of Im" in note for note in found.notes)


def test_without_a_unit_it_has_that_of_the_impedance(tmp_path):
    found = read(tmp_path, "sigma", np.full(30, 0.01), re="Re(Z)/kOhm", im="Im(Z)/kOhm", frequency="f/Hz", scale=1e3)
    assert_allclose(found.impedance, Z, rtol=1e-12)
    assert_array_equal(found.sigma, np.full(30, 10.0))


@pytest.mark.parametrize("hole", [0.0, -1.0, "nan"])
def test_a_column_with_a_hole_is_not_taken_and_costs_no_point(tmp_path, hole):
    values = [1.0] * 29 + [hole]
    found = read(tmp_path, "sigma", values)
    assert found.sigma is None
    assert found.n_masked == 0
    assert any("not taken" in note for note in found.notes)


@pytest.mark.parametrize("name", ["sigma/S cm-1", "sigma (S/cm)", "std/%", "error", "Zsig/V", "sigma_re", "σ"])
def test_what_is_no_deviation_of_z_is_passed_over(tmp_path, name):
    found = read(tmp_path, name, np.full(30, 1.0))
    assert found.sigma is None
    assert meaning(name) is None


def test_two_such_columns_are_one_too_many(tmp_path):
    found = read(tmp_path, "sigma,std", [f"{s},{s}" for s in np.full(30, 1.0)])
    assert found.sigma is None
    assert any("none taken" in note for note in found.notes)


def test_a_sweep_takes_its_part_of_the_column(tmp_path):
    path = tmp_path / "loops.csv"
    rows = [f"{f},{z.real},{z.imag},{k + 1}" for k in range(2) for f, z in zip(F, Z, strict=True)]
    path.write_text("\n".join(["frequency_hz,z_re_ohm,z_im_ohm,sigma_ohm", *rows, ""]))
    first, second = le.read(path)
    assert set(first.sigma) == {1.0}
    assert set(second.sigma) == {2.0}


def test_a_deviation_is_no_modulus_and_no_phase():
    assert meaning("sigma [Ohm]").quantity is Quantity.DEVIATION
    assert meaning("sigma [Hz]") is None


def test_weighting_sigma_works_from_such_a_file(tmp_path):
    rng = np.random.default_rng(1)
    sigma = 0.002 * np.abs(Z)
    path = tmp_path / "film.csv"
    noisy = Z + sigma * (rng.standard_normal(30) + 1j * rng.standard_normal(30))
    rows = [f"{f},{z.real},{z.imag},{s}" for f, z, s in zip(F, noisy, sigma, strict=True)]
    path.write_text("\n".join(["frequency_hz,z_re_ohm,z_im_ohm,sigma_ohm", *rows, ""]))
    result = le.fit(le.read(path)[0], "R0-p(R1,CPE1)", weighting="sigma")
    assert 0.6 < result.chi2 / result.fit.degrees_of_freedom < 1.5
    assert result.to_dict()["data"]["sigma_ohm"] == pytest.approx(sigma.tolist())
    weighted = result.fit.circuit.jacobian(F, result.values) / sigma[:, None]
    assert_allclose(result.covariance, np.linalg.inv((weighted.conj().T @ weighted).real), rtol=1e-5)
