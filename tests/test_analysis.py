"""From a spectrum to a result, one spectrum at a time."""

import json
import pickle
from contextlib import suppress

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import lipon_eis as le
from lipon_eis.result import plain

F = np.logspace(6.5, -1, 60)
FILM = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "CPE2_0": 1.4e-6, "CPE2_1": 0.88}


def film(seed=1, noise=0.002, **how):
    s = le.simulate("lipon-blocking", FILM, F, noise=noise, seed=seed)
    return le.Spectrum(s.frequency, s.impedance, **how)


def strip(value):
    """Everything that JSON carries, so that NaN compares equal to itself."""
    return json.dumps(value, sort_keys=True)


def test_a_role_gives_its_parameters_with_value_error_interval_and_unit():
    (r1,) = le.fit(film(), "lipon-blocking").by_role("bulk.resistance")
    assert (r1.name, r1.role, r1.unit, r1.fixed, r1.at_bound) == ("R1", "bulk.resistance", "ohm", False, False)
    assert r1.interval[0] < r1.value < r1.interval[1]
    assert r1.interval_method == "covariance"
    assert le.fit(film(), "lipon-blocking").by_role("grain_boundary.resistance") == []


def test_units_of_all_parameters_are_those_of_the_contract():
    circuit = "L0-R0-p(R1,CPE1)-p(R2,C2)-W3"
    values = [1e-7, 10, 1e3, 1e-9, 0.9, 1e3, 1e-5, 30.0]
    result = le.fit(le.simulate(circuit, values, F, noise=0.001, seed=1), circuit)
    found = {p.name: p.unit for p in result.parameters}
    assert found == {
        "L0": "H",
        "R0": "ohm",
        "R1": "ohm",
        "CPE1_0": "ohm^-1 s^n",
        "CPE1_1": "",
        "R2": "ohm",
        "C2": "F",
        "W3": "ohm s^-1/2",
    }


def test_roles_may_be_given_to_a_bare_circuit_string():
    result = le.fit(film(), "R0-p(R1,CPE1)-CPE2", roles={"R1": "bulk.resistance"}, thickness=1e-6, area=1e-4)
    assert result.derived["sigma_bulk"].value == pytest.approx(1e-4 / (4e3 * 1.0), rel=0.01)
    assert "sigma_bulk" not in le.fit(film(), "R0-p(R1,CPE1)-CPE2", thickness=1e-6, area=1e-4).derived


def test_thickness_may_be_a_text_or_metres():
    a = le.fit(film(), "lipon-blocking", thickness="1.2 um ± 5 %", area="0.5 cm2")
    b = le.fit(film(), "lipon-blocking", thickness=1.2e-6, area=0.5e-4)
    assert a.derived["sigma_bulk"].value == b.derived["sigma_bulk"].value
    assert a.derived["sigma_bulk"].stderr_geometry == pytest.approx(0.05 * a.derived["sigma_bulk"].value)


def test_an_option_has_precedence_over_the_sample_and_this_over_the_file():
    s = film(meta={"area_m2": 3e-4}, temperature=300.0)
    result = le.fit(s, "lipon-blocking", area=1e-4, sample=le.Sample(area=2e-4, thickness=1e-6))
    assert (result.sample.area, result.sample.thickness, result.sample.temperature) == (1e-4, 1e-6, 300.0)
    assert le.fit(s, "lipon-blocking", sample=le.Sample(area=2e-4)).sample.area == 2e-4
    assert le.fit(s, "lipon-blocking").sample.area == 3e-4


def test_a_sample_s_circuit_has_precedence():
    result = le.fit(film(), "auto", sample=le.Sample(circuit="R0-p(R1,C1)-CPE2"))
    assert result.fit.circuit.text == "R0-p(R1,C1)-CPE2"


@pytest.mark.parametrize("spec", ["lipon-blocking", "R0-p(R1,CPE1)-CPE2", le.Circuit("R0-p(R1,CPE1)-CPE2")])
def test_a_circuit_may_be_a_name_a_text_or_a_circuit(spec):
    assert le.fit(film(), spec).values["R1"] == pytest.approx(4e3, rel=0.01)


def test_a_circuit_may_be_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'format = 1\nname = "mine"\ncircuit = "R0-p(R1,CPE1)-CPE2"\n[R1]\nrole = "bulk.resistance"\n'
        "[CPE1]\nq = { bounds = [1e-12, 1e-6] }\nn = { bounds = [0.7, 1.0] }\n"
    )
    for spec in (path, str(path)):
        result = le.fit(film(), spec, thickness=1e-6, area=1e-4)
        assert result.circuit.name == "mine"
        assert np.isfinite(result.derived["sigma_bulk"].value)


def test_a_file_s_bounds_hold(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'format = 1\nname = "mine"\ncircuit = "R0-p(R1,CPE1)-CPE2"\n[CPE1]\nq = { bounds = [1e-9, 1e-6] }\n'
    )
    result = le.fit(film(), path)
    assert result.values["CPE1_0"] == pytest.approx(1e-9, rel=1e-9)
    (q,) = (p for p in result.parameters if p.name == "CPE1_0")
    assert q.at_bound
    assert np.isnan(q.stderr)


def test_texts_with_units_and_prefixes_are_taken_for_guesses_and_bounds():
    result = le.fit(film(), "lipon-blocking", guess={"R1": "4k"}, fix={"R0": "12 ohm"}, bounds={"CPE1_1": "0.7..1"})
    assert result.values["R0"] == 12.0
    assert 0.7 <= result.values["CPE1_1"] <= 1


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"circuit": "lipon-bloking"}, le.UnknownCircuit),
        ({"circuit": "R0-p(R1,CPE1"}, le.InvalidCircuit),
        ({"thickness": "1,2 um"}, le.InvalidQuantity),
        ({"thickness": "-1 um"}, le.LiponEisError),
        ({"thickness": "1 s"}, le.InvalidQuantity),
        ({"weighting": "modulo"}, le.InvalidOption),
        ({"guess": {"R9": 1}}, le.UnknownParameter),
        ({"circuit": "lipon-blocking", "guess": {"R9": 1}}, le.UnknownParameter),
        ({"circuit": "lipon-blocking", "bounds": {"R1": (2, 1)}}, le.InvalidOption),
        ({"roles": {"R1": "bulk.resistance"}}, le.InvalidOption),
        ({"circuit": "R0-C1", "roles": {"R1": "bulk.resistance"}}, le.UnknownParameter),
        ({"circuit": "R0-C1", "roles": {"R0": "bulk.colour"}}, le.InvalidCircuit),
        ({"accuracy": 2}, le.InvalidOption),
    ],
)
def test_a_wrong_request_is_refused_by_its_own_error(how, error):
    with pytest.raises(error):
        le.fit(film(), **how)


def test_a_spectrum_that_cannot_be_fitted_raises():
    with pytest.raises(le.CannotFit):
        le.fit(le.Spectrum([1.0, 10.0], [1 - 1j, 2 - 2j]))


def test_the_result_as_plain_values_has_the_keys_of_the_contract():
    result = le.fit(film(label="a film"), thickness="1.2 um ± 5 %", area="0.5 cm2", temperature="25 degC").to_dict()
    assert result.keys() >= {
        *("source", "sha256", "spectrum", "label", "format", "metadata", "sample", "circuit", "data", "weighting"),
        *("n_points", "n_masked", "chi2", "degrees_of_freedom", "starts", "starts_agreeing", "verdict", "reasons"),
        *("parameters", "covariance", "derived"),
    }
    assert result["sample"].keys() >= {
        *("thickness_m", "thickness_stderr_m", "area_m2", "area_stderr_m2", "temperature_K", "origin"),
    }
    assert result["sample"]["area_stderr_m2"] is None
    assert result["sample"]["origin"]["thickness_m"] == "option"
    assert result["circuit"].keys() >= {"name", "text"}
    assert result["data"].keys() == {
        *("frequency_hz", "z_re_ohm", "z_im_ohm", "fit_re_ohm", "fit_im_ohm", "masked"),
    }
    assert {len(column) for column in result["data"].values()} == {60}
    for parameter in result["parameters"]:
        assert parameter.keys() >= {
            *("name", "role", "unit", "value", "stderr", "interval", "interval_method", "fixed", "at_bound"),
        }
    for derived in result["derived"]:
        assert derived.keys() >= {"name", "unit", "value", "stderr", "stderr_fit", "stderr_geometry", "interval"}
    assert np.shape(result["covariance"]) == (6, 6)
    assert (result["label"], result["spectrum"], result["n_points"], result["n_masked"]) == ("a film", 0, 60, 0)


def test_what_is_not_known_is_null_and_never_zero_or_nan():
    s = le.Spectrum(np.append(F, [0.0, np.nan]), np.append(film().impedance[::-1], [1, np.nan + 0j]))
    result = le.fit(s, "lipon-blocking", fix={"R0": 12.0}).to_dict()
    text = json.dumps(result, allow_nan=False)
    assert "NaN" not in text
    r0 = result["parameters"][0]
    assert (r0["value"], r0["stderr"], r0["interval"], r0["fixed"]) == (12.0, None, [None, None], True)
    assert result["covariance"][0] == [None] * 6
    assert [row[0] for row in result["covariance"]] == [None] * 6
    sigma = next(d for d in result["derived"] if d["name"] == "sigma_bulk")
    assert (sigma["value"], sigma["stderr"], sigma["stderr_fit"], sigma["stderr_geometry"]) == (None,) * 4
    assert sigma["interval"] == [None, None]
    assert result["sample"]["thickness_m"] is None
    assert result["n_masked"] == 2
    assert sum(result["data"]["masked"]) == 2


def test_what_is_bounded_from_one_side_is_null_with_one_end():
    s = le.simulate("lipon-blocking", FILM, np.logspace(4, -1, 50), noise=0.0005, seed=1)
    result = le.fit(s, "lipon-blocking", thickness=1e-6, area=1e-4).to_dict()
    r1 = next(p for p in result["parameters"] if p["name"] == "R1")
    assert r1["value"] is None
    assert r1["stderr"] is None
    assert r1["interval"][0] is None
    assert r1["interval"][1] > 4e3
    sigma = next(d for d in result["derived"] if d["name"] == "sigma_bulk")
    assert sigma["value"] is None
    assert sigma["interval"][0] > 0
    assert sigma["interval"][1] is None


def test_the_curve_in_the_result_is_that_of_its_numbers():
    result = le.fit(film(), "lipon-blocking").to_dict()
    values = {p["name"]: p["value_in_curve"] for p in result["parameters"]}
    curve = le.Circuit(result["circuit"]["text"]).impedance(result["data"]["frequency_hz"], values)
    np.testing.assert_allclose(curve.real, result["data"]["fit_re_ohm"], rtol=1e-12)
    np.testing.assert_allclose(curve.imag, result["data"]["fit_im_ohm"], rtol=1e-12)
    z = np.array(result["data"]["z_re_ohm"]) + 1j * np.array(result["data"]["z_im_ohm"])
    assert result["chi2"] == pytest.approx(np.sum(np.abs(z - curve) ** 2 / np.abs(z) ** 2), rel=1e-9)


@pytest.mark.parametrize("spec", ["lipon-blocking", "auto"])
def test_a_result_survives_pickling(spec):
    result = le.fit(film(), spec, thickness=1e-6, area=1e-4)
    back = pickle.loads(pickle.dumps(result))
    assert strip(back.to_dict()) == strip(result.to_dict())
    assert_array_equal(back.covariance, result.covariance)


def test_plain_makes_json_of_anything():
    value = {"a": np.float64(1), "b": [np.nan, np.inf, np.int64(3)], "c": np.array([1.0, np.nan]), 4: (True, None)}
    assert plain(value) == {"a": 1.0, "b": [None, None, 3], "c": [1.0, None], "4": [True, None]}
    json.dumps(plain({"x": complex(1, 2), "y": le.Circuit("R1")}))


@pytest.mark.parametrize("seed", range(12))
def test_no_spectrum_whatever_breaks_the_analysis(seed):
    """Random numbers of absurd magnitudes are fitted, badly, or refused by our own error."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    size = 10.0 ** rng.uniform(-12, 12, n) if seed % 2 else np.full(n, 10.0 ** rng.uniform(-30, 30))
    z = size * np.exp(1j * rng.uniform(-np.pi, np.pi, n))
    f = 10.0 ** rng.uniform(-6, 9, n)
    s = le.Spectrum(f, z)
    for circuit in ("auto", "lipon-blocking", "R0-p(R1-W1,C1)"):
        with suppress(le.CannotFit):
            json.dumps(le.fit(s, circuit, thickness=1e-6, area=1e-4).to_dict(), allow_nan=False)


CELL = {"R0": 12.0, "R1": 900.0, "CPE1_0": 4e-9, "CPE1_1": 0.97, "R2": 500.0, "CPE2_0": 1.5e-6, "CPE2_1": 0.93}
CELL |= {"R3": 170.0, "CPE3_0": 8e-6, "CPE3_1": 0.93, "Wo1_0": 900.0, "Wo1_1": 30.0}


@pytest.fixture(scope="module")
def merging():
    """Full cells whose two slow arcs run into one another, from clear to hopeless."""
    f = np.logspace(6.8, -2, 80)
    cells = [
        le.simulate("li-lipon-lco", CELL | {"R3": r3}, f, noise=0.003, seed=k)
        for k, r3 in enumerate(np.repeat([170.0, 220.0, 240.0, 260.0, 280.0, 400.0], 6))
    ]
    return le.fit_batch(cells, samples=[le.Sample(stack="Li/LiPON/LCO")] * len(cells)).results


def test_an_arc_that_may_be_two_is_said(merging):
    for result in merging:
        if len(result.circuit.circuit.names) == len(CELL):
            continue
        codes = {reason.code: reason for reason in result.reasons}
        assert codes["counted-together"].level == "note"
        winner = next(r for r in result.ranking if r.chosen)
        ahead = [winner.delta - r.delta for r in result.ranking if r.delta < winner.delta and r.text.count("p(") > 2]
        assert ("one-arc-more" in codes) == bool(ahead)
        if ahead:
            assert codes["one-arc-more"].level == ("check" if max(ahead) > 5 else "note")
            assert result.verdict == "check" or max(ahead) <= 5


def test_such_cells_are_of_both_kinds(merging):
    sizes = {result.circuit.name for result in merging}
    assert {"li-lipon-lco", "li-lipon-lco-two-arcs"} <= sizes
    assert any(reason.code == "one-arc-more" for result in merging for reason in result.reasons)


@pytest.mark.parametrize("what", [[film()], "film.csv", None])
def test_what_is_no_spectrum_is_refused_with_the_way_to_one(what):
    with pytest.raises(le.InvalidOption, match="fit_batch"):
        le.fit(what)
