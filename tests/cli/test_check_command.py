"""lipon-eis check and lipon-eis drt: what data are worth, and which arcs they hold, without a circuit."""

import json

import numpy as np
import pytest

import lipon_eis as le


def written(here, name, z, f):
    rows = [f"{a:.9g},{b.real:.9g},{b.imag:.9g}" for a, b in zip(f, z, strict=True)]
    (here / name).write_text("\n".join(["frequency_hz,z_re_ohm,z_im_ohm", *rows, ""]))
    return name


def noisy(z, noise=0.002, seed=1):
    rng = np.random.default_rng(seed)
    return z + noise * abs(z) * (rng.normal(size=z.size) + 1j * rng.normal(size=z.size))


@pytest.fixture
def spoilt(here):
    """A spectrum with the sign of Im turned round."""
    f = np.logspace(6, 0, 61)
    z = le.Circuit("R0-p(R1,CPE1)-p(R2,CPE2)").impedance(f, [10, 1e3, 1e-9, 0.9, 500, 1e-6, 0.9])
    return written(here, "spoilt.csv", noisy(z.conj()), f)


def test_clean_spectra_pass_and_their_noise_is_that_of_the_simulation(run, film):
    result = run("check", film(), "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["schema"] == "lipon-eis/check/1"
    [one] = document["results"]
    test = one["kramers_kronig"]
    assert (one["verdict"], one["remarks"], test["consistent"]) == ("pass", [], True)
    assert test["noise"] == pytest.approx(0.002, rel=0.3)
    assert len(test["residual_re"]) == len(test["frequency_hz"]) == len(test["suspect"])


def test_a_spectrum_that_contradicts_itself_is_not_passed(run, spoilt, film):
    result = run("check", spoilt, film(), "--json")
    spoilt_one, fine = json.loads(result.stdout)["results"]
    assert fine["verdict"] == "pass"
    assert spoilt_one["verdict"] == "fail"
    assert "contradict" in spoilt_one["remarks"][0]
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: spoilt: FAIL: Re and Im contradict")


def test_leads_are_named_with_their_size(run, here):
    f = np.logspace(7, 0, 71)
    z = le.Circuit("L0-R0-p(R1,CPE1)").impedance(f, [1e-6, 5, 50, 1e-6, 0.9])
    [one] = json.loads(run("check", written(here, "leads.csv", noisy(z), f), "--json").stdout)["results"]
    assert one["verdict"] == "pass"
    assert one["inductance_H"] == pytest.approx(1e-6, rel=0.2)


def test_people_see_a_line_a_spectrum(run, film, spoilt):
    text = run("check", film(), spoilt).stdout
    assert "film " in text
    assert "PASS" in text
    assert "KK misfit" in text


def test_too_few_points_are_said_and_are_no_failure_of_the_others(run, film, here):
    f = np.logspace(4, 3, 5)
    few = written(here, "few.csv", np.full(5, 10 - 3j), f)
    short, fine = json.loads(run("check", few, film(), "--json").stdout)["results"]
    assert short["kramers_kronig"] is None
    assert short["verdict"] == "check"
    assert fine["verdict"] == "pass"


def test_drt_finds_the_arcs_of_a_cell(run, here):
    f = np.logspace(6, 0, 61)
    z = le.Circuit("R0-p(R1,CPE1)-p(R2,CPE2)").impedance(f, [10, 1e3, 1e-9, 0.95, 500, 1e-6, 0.9])
    result = run("drt", written(here, "cell.csv", noisy(z), f), "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["schema"] == "lipon-eis/relaxation-times/1"
    [one] = document["results"]
    first, second = (p for p in one["peaks"] if p["clear"])
    assert first["resistance_ohm"] == pytest.approx(1e3, rel=0.15)
    assert second["resistance_ohm"] == pytest.approx(500, rel=0.2)
    assert len(one["tau_s"]) == len(one["gamma_ohm"])


def test_drt_tells_people_frequency_time_and_resistance_and_draws(run, film, here):
    result = run("drt", film(), "-o", "drt.svg")
    assert result.exit_code == 0
    assert "peak" in result.stdout
    assert "kΩ" in result.stdout
    assert "rises at low frequencies" in result.stdout
    assert (here / "drt.svg").stat().st_size > 5000


def test_drt_refuses_before_any_work(run, film):
    path = film()
    assert run("drt", path, "-o", "drt.txt").exit_code == 2
    assert run("drt", path, "--ridge", "0").exit_code == 2
    assert run("drt", "nothing.csv").exit_code == 2


@pytest.mark.parametrize("command", ["check", "drt"])
def test_a_file_without_a_point_in_the_range_is_named_and_costs_no_other(run, film, here, command):
    z = le.Circuit("R0-p(R1,CPE1)").impedance(np.logspace(6, 5, 20), [10.0, 1e3, 1e-9, 0.95])
    np.savetxt(here / "high.csv", np.c_[np.logspace(6, 5, 20), z.real, z.imag], delimiter=",",
               header="Frequency (Hz),Z' (Ohm),Z'' (Ohm)", comments="")  # fmt: skip
    result = run(command, film(), here / "high.csv", "--range", "..50kHz", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [one["label"] for one in document["results"]] == ["film"]
    assert "no point inside --range" in document["failures"][0]["message"]
    assert "high.csv" in result.stderr
