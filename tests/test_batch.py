"""Many spectra: what is written, and that it depends on nothing but the input."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import lipon_eis as le

F = np.logspace(6.5, -1, 50)
FILM = {"R0": 12.0, "R1": 4e3, "CPE1_0": 3e-10, "CPE1_1": 0.95, "CPE2_0": 1.4e-6, "CPE2_1": 0.88}


def film(seed=1, label="film", **meta):
    s = le.simulate("lipon-blocking", FILM | {"R1": 4e3 * 1.3 ** (seed % 3)}, F, noise=0.002, seed=seed)
    return le.Spectrum(s.frequency, s.impedance, label=label, meta=meta)


def batch(spectra, **how):
    return le.fit_batch(spectra, how.pop("circuit", "lipon-blocking"), **({"thickness": 1e-6, "area": 1e-6} | how))


def lasting(document):
    """A document without what may differ between two runs."""
    provenance = {k: v for k, v in document["provenance"].items() if k not in ("created", "command")}
    return json.dumps({**document, "provenance": provenance}, sort_keys=True, allow_nan=False)


@pytest.fixture
def mixed():
    """Good spectra, and three that cannot be fitted, each in its own way."""
    return [
        film(1, "a", source="a.dta", sha256="0" * 64, format="gamry"),
        le.Spectrum([1.0, 10.0], [1 - 1j, 2 - 2j], label="short", meta={"source": "short.csv", "spectrum": 3}),
        film(2, "b", source="b.mpt"),
        le.Spectrum(np.full(20, 5.0), np.full(20, 3 - 1j), label="still"),
    ]


def test_one_that_cannot_be_fitted_costs_the_others_nothing(mixed):
    done = batch(mixed)
    assert [r.spectrum.label for r in done.results] == ["a", "b"]
    assert [(f.source, f.spectrum, f.error) for f in done.failures] == [
        ("short.csv", 3, "CannotFit"),
        ("still", 0, "CannotFit"),
    ]
    assert "2 usable points" in done.failures[0].message
    assert done.results[1].values == le.fit(mixed[2], "lipon-blocking").values


def test_results_come_in_the_order_of_the_spectra_and_do_not_depend_on_it():
    spectra = [film(seed, str(seed)) for seed in range(7)]
    forward, backward = batch(spectra), batch(spectra[::-1])
    assert [r.spectrum.label for r in forward.results] == [str(seed) for seed in range(7)]
    for a, b in zip(forward.results, backward.results[::-1], strict=True):
        assert json.dumps(a.to_dict()) == json.dumps(b.to_dict())


def test_the_number_of_processes_changes_no_bit():
    spectra = [film(seed, str(seed)) for seed in range(70)]  # more than one portion
    one, two = batch(spectra), batch(spectra, jobs=2)
    assert lasting(one.to_document()) == lasting(two.to_document())


def test_two_runs_differ_in_created_and_command_only(mixed):
    assert lasting(batch(mixed).to_document()) == lasting(batch(mixed, command="again").to_document())


def test_the_document_has_the_shape_of_the_contract(mixed):
    document = batch(mixed, circuit="auto").to_document()
    assert document["schema"] == "lipon-eis/results/1"
    assert document.keys() == {"schema", "provenance", "results", "series", "failures"}
    assert document["provenance"].keys() >= {"version", "command", "created", "python", "numpy", "scipy", "settings"}
    assert document["provenance"]["version"] == le.__version__
    assert document["results"][0]["source"] == "a.dta"
    assert document["results"][0]["sha256"] == "0" * 64
    assert document["results"][0]["format"] == "gamry"
    assert document["results"][1]["sha256"] is None
    assert [f.keys() for f in document["failures"]] == [{"source", "spectrum", "error", "message"}] * 2
    json.dumps(document, allow_nan=False)


def test_settings_say_what_was_asked_for():
    document = batch([film()], guess={"R1": "4k"}, weighting="unit").to_document()
    settings = document["provenance"]["settings"]
    assert settings["circuit"] == "lipon-blocking"
    assert settings["weighting"] == "unit"
    json.dumps(settings, allow_nan=False)
    assert batch([film()], settings={"mine": 1}).to_document()["provenance"]["settings"] == {"mine": 1}


def test_rows_and_dataframe_hold_one_line_a_spectrum(mixed):
    done = batch(mixed)
    rows, frame = done.to_rows(), done.to_dataframe()
    assert len(rows) == len(frame) == 2
    assert frame["sigma_bulk_S_per_cm"][0] == pytest.approx(1e-4 / (done.results[0].values["R1"] * 0.01))
    assert frame["verdict"].tolist() == [r.verdict for r in done.results]
    assert frame["bulk_resistance_ohm"].tolist() == [r.values["R1"] for r in done.results]
    assert frame["bulk_resistance_stderr_ohm"].tolist() == [r.stderr["R1"] for r in done.results]


def test_no_spectra_give_an_empty_batch():
    done = batch([])
    assert (done.results, done.failures, done.to_rows(), len(done.to_dataframe())) == ((), (), [], 0)
    json.dumps(done.to_document())


class TestWrite:
    def test_json_and_csv_agree(self, tmp_path, mixed):
        folder = batch(mixed).write(tmp_path / "new" / "results", report=False)
        document = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["label"] for row in rows] == [r["label"] for r in document["results"]] == ["a", "b"]
        r1 = next(p for p in document["results"][0]["parameters"] if p["name"] == "R1")
        assert float(rows[0]["bulk_resistance_ohm"]) == pytest.approx(r1["value"], rel=1e-5)

    def test_a_second_run_replaces_the_first(self, tmp_path):
        batch([film(1, "first"), film(2, "second")]).write(tmp_path, report=False)
        (tmp_path / "report.pdf").write_bytes(b"of the first run")
        batch([film(3, "third")]).write(tmp_path, report=False)
        document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
        assert [r["label"] for r in document["results"]] == ["third"]
        assert not (tmp_path / "report.pdf").exists()
        assert {p.name for p in tmp_path.iterdir()} == {"results.json", "results.csv"}

    def test_what_cannot_be_written_leaves_the_old_file_whole(self, tmp_path, monkeypatch):
        batch([film(1, "first")]).write(tmp_path, report=False)
        before = (tmp_path / "results.json").read_bytes()

        def full_disk(self, content):
            Path.write_text(self, "half", encoding="utf-8")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(OSError, match="No space"):
            batch([film(2, "second")]).write(tmp_path, report=False)
        assert (tmp_path / "results.json").read_bytes() == before
        assert not [p for p in tmp_path.iterdir() if p.name.endswith(".part")]

    def test_two_runs_write_the_same_numbers(self, tmp_path):
        for name in ("a", "b"):
            batch([film()]).write(tmp_path / name, report=False)
        a, b = (tmp_path / name / "results.csv" for name in ("a", "b"))
        assert a.read_bytes() == b.read_bytes()


class TestFilms:
    def test_one_sample_for_all_or_one_for_each(self):
        spectra = [film(1), film(2)]
        one = le.fit_batch(spectra, "lipon-blocking", samples=le.Sample(thickness=1e-6, area=1e-4))
        assert [r.sample.thickness for r in one.results] == [1e-6, 1e-6]
        each = le.fit_batch(spectra, "lipon-blocking", samples=[le.Sample(thickness=t) for t in (1e-6, 2e-6)])
        assert [r.sample.thickness for r in each.results] == [1e-6, 2e-6]

    def test_a_list_of_another_length_is_refused_before_any_work(self):
        with pytest.raises(le.InvalidOption, match="1 samples for 2 spectra"):
            le.fit_batch([film(1), film(2)], samples=[le.Sample()])

    def test_option_then_sheet_then_defaults_then_file(self, tmp_path):
        sheet = tmp_path / "samples.csv"
        sheet.write_text("file,thickness_um,area_cm2\na.dta,2,\n")
        (result,) = le.fit_batch(
            [film(1, source=str(tmp_path / "a.dta"), area_m2=3e-4, thickness_m=9e-6)],
            "lipon-blocking",
            samples=sheet,
            defaults=le.Sample(area=5e-4, thickness=8e-6),
            temperature="25 degC",
        ).results
        assert result.sample.thickness == pytest.approx(2e-6)
        assert result.sample.area == 5e-4
        assert result.sample.temperature == pytest.approx(298.15)

    def test_a_circuit_of_the_sheet_is_looked_up_before_any_work(self):
        with pytest.raises(le.UnknownCircuit):
            le.fit_batch([film(1)], samples=le.Sample(circuit="lipon-bloking"))

    def test_each_spectrum_may_have_its_own_circuit(self):
        samples = [le.Sample(circuit="R0-p(R1,CPE1)-C2"), le.Sample(), le.Sample(circuit="auto")]
        done = le.fit_batch([film(s) for s in (1, 2, 3)], "R0-p(R1,C1)-CPE2", samples=samples)
        texts = [r.fit.circuit.text for r in done.results]
        assert texts == ["R0-p(R1,CPE1)-C2", "R0-p(R1,C1)-CPE2", "R0-p(R1,CPE1)-CPE2"]


def test_progress_is_told_and_adds_up():
    told = []
    batch([film(seed) for seed in range(70)], progress=told.append)
    assert sum(told) == 70
    assert len(told) == 2


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"circuit": "lipon-bloking"}, le.UnknownCircuit),
        ({"guess": {"R9": 1}}, le.UnknownParameter),
        ({"weighting": "modulo"}, le.InvalidOption),
        ({"thickness": "1,2um"}, le.InvalidQuantity),
        ({"fix": {"CPE1_1": 1.2}}, le.InvalidOption),
        ({"bounds": {"CPE1_1": "0.9..0.8"}}, le.LiponEisError),
    ],
)
def test_a_wrong_request_is_refused_before_any_spectrum_is_touched(how, error, monkeypatch):
    monkeypatch.setattr("lipon_eis.batch.analyse", lambda *_: pytest.fail("work was begun"))
    with pytest.raises(error):
        batch([film()], **how)


def test_earlier_failures_come_first(mixed):
    from lipon_eis.readers.failure import Failure

    earlier = Failure("broken.dta", None, "UnreadableFile", "no table")
    assert batch(mixed, failures=[earlier]).failures[0] == earlier


def test_what_the_caller_asks_for_stands_in_the_stead_of_the_circuit_file_s_bounds():
    """The library lets the bulk's exponent go from 0.7 to 1."""
    for circuit in ("lipon-blocking", "auto"):
        (fixed,) = batch([film()], circuit=circuit, fix={"CPE1_1": 0.6}).results
        assert fixed.values["CPE1_1"] == 0.6
        (bounded,) = batch([film()], circuit=circuit, bounds={"CPE1_1": "0.5..0.65"}).results
        assert bounded.values["CPE1_1"] == 0.65
        (guessed,) = batch([film()], circuit=circuit, guess={"CPE1_1": 0.5}).results
        assert guessed.values["CPE1_1"] == pytest.approx(0.95, rel=0.01)
