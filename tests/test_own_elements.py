"""An own element goes all the way: circuit string, fit without a start, results, report, processes, impedance.py."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.testing import assert_allclose

import lipon_eis as le
from lipon_eis.cli import main
from lipon_eis.fitting.fit import fit_spectra
from lipon_eis.model.registry import ELEMENTS

F = np.logspace(6, -1, 71)
UNIT = {"lower": 0, "upper": 1}

FILE = '''
import numpy as np
import lipon_eis as le

@le.element("HN", le.Parameter("R", "ohm"), le.Parameter("tau", "s"),
            le.Parameter("a", lower=0, upper=1), le.Parameter("b", lower=0, upper=1), source="Havriliak, Negami 1967")
def hn(s, r, tau, a, b):
    """Havriliak-Negami relaxation, Z = R/(1 + (jωτ)^a)^b."""
    return r / np.power(1 + (s * tau) ** a, b)
'''
TRUTH = {"R0": 20.0, "HN1_R": 1e3, "HN1_tau": 1e-4, "HN1_a": 0.9, "HN1_b": 0.7}


@pytest.fixture(autouse=True)
def forgotten():
    """Elements that a test registers are gone after it, here and in impedance.py."""
    from impedance.models.circuits.elements import circuit_elements

    tables = (ELEMENTS, circuit_elements)
    before = [dict(table) for table in tables]
    yield
    for table, content in zip(tables, before, strict=True):
        table.clear()
        table.update(content)


@pytest.fixture
def elements():
    """Havriliak-Negami, a generalised finite Warburg, an anomalous diffusion with a wall, and one of a diffusivity."""

    @le.element("HN", le.Parameter("R", "ohm"), le.Parameter("tau", "s"), *(le.Parameter(x, **UNIT) for x in "ab"))
    def havriliak_negami(s, r, tau, a, b):
        """Havriliak-Negami relaxation, Z = R/(1 + (jωτ)^a)^b."""
        return r / (1 + (s * tau) ** a) ** b

    @le.element("Wg", le.Parameter("R", "ohm"), le.Parameter("tau", "s"), le.Parameter("n", lower=0.1, upper=1))
    def generalised_warburg(s, r, tau, n):
        x = (s * tau) ** (n / 2)
        return r * np.tanh(x) / x

    @le.element("An", le.Parameter("R", "ohm"), le.Parameter("tau", "s"), le.Parameter("g", lower=0.3, upper=1))
    def anomalous(s, r, tau, g):
        return r * (s * tau) ** (g / 2 - 1) / np.tanh((s * tau) ** (g / 2))

    @le.element("Df", le.Parameter("D", "m^2/s"), le.Parameter("R", "ohm"))
    def of_diffusivity(s, d, r):
        x = np.sqrt(s * 1e-12 / d)  # a layer of 1 um
        return r * np.tanh(x) / x


CASES = {
    "R0-HN1": [(10, 100), (300, 1e4), (1e-5, 1e-2), (0.6, 1), (0.4, 1)],
    "R0-HN1-CPE2": [(10, 100), (300, 1e4), (1e-5, 1e-3), (0.7, 1), (0.5, 1), (1e-6, 1e-5), (0.85, 1)],
    "R0-p(R1-Wg1,CPE1)": [(10, 100), (300, 3e3), (300, 3e3), (1e-2, 1), (0.6, 1), (1e-8, 1e-6), (0.8, 1)],
    "R0-p(R1,CPE1)-An2": [(10, 100), (300, 3e3), (1e-9, 1e-7), (0.8, 1), (300, 3e3), (0.1, 1), (0.6, 1)],
    "R0-p(R1-Df1,C1)": [(10, 100), (300, 3e3), (1e-13, 1e-10), (300, 3e3), (1e-8, 1e-6)],
}


@pytest.mark.parametrize("text", CASES)
def test_nineteen_of_twenty_fits_without_a_start_are_as_good_as_the_truth(text, elements):
    circuit, generator = le.Circuit(text), np.random.default_rng(7)
    low, high = np.log(np.array(CASES[text]).T)
    truths = np.exp(generator.uniform(low, high, (20, len(low))))
    spectra = [le.simulate(circuit, truth, F, noise=0.003, seed=seed) for seed, truth in enumerate(truths)]
    costs = [
        np.sum(np.abs(circuit.impedance(F, p) / s.impedance - 1) ** 2) for p, s in zip(truths, spectra, strict=True)
    ]
    good = [fit.chi2 <= cost for fit, cost in zip(fit_spectra(circuit, spectra), costs, strict=True)]
    assert sum(good) >= 19


def test_equal_elements_in_series_come_out_with_the_faster_one_first(elements):
    circuit, truth = le.Circuit("R0-Wg1-Wg2"), [20.0, 300.0, 1e-4, 0.9, 800.0, 0.1, 0.8]
    swapped = [truth[i] for i in (0, 4, 5, 6, 1, 2, 3)]
    for values in (truth, swapped):
        result = le.fit(le.simulate(circuit, values, F, noise=0.001, seed=1), circuit)
        assert_allclose(list(result.values.values()), truth, rtol=0.1)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_a_number_of_either_sign_is_found_whatever_its_scale(scale):
    @le.element("Vd", le.Parameter("R", "ohm"), le.Parameter("V", "V", lower=-50 * scale, upper=50 * scale))
    def diode(s, r, v):
        return r * np.exp(-v / (10 * scale)) / (1 + s * 1e-4 * np.exp(v / (25 * scale)))

    for volts in (-20.0, 0.0, 35.0):
        spectrum = le.simulate("Vd1", [500.0, volts * scale], F, noise=0.002, seed=1)
        result = le.fit(spectrum, "Vd1")
        assert result.values["Vd1_V"] == pytest.approx(volts * scale, abs=0.05 * scale)
        low, high = result.interval("Vd1_V")
        assert low < result.values["Vd1_V"] < high


def test_bounds_of_the_caller_narrow_the_search_of_an_element_whose_unit_says_nothing(elements):
    circuit, truth = le.Circuit("R0-Df1"), [20.0, 1e-17, 500.0]  # far below where a search without bounds begins
    spectrum = le.simulate(circuit, truth, np.logspace(2, -6, 60), noise=0.002, seed=3)
    result = le.fit(spectrum, circuit, bounds={"Df1_D": (1e-20, 1e-12)})
    assert_allclose(list(result.values.values()), truth, rtol=0.03)


def test_differences_cost_few_digits_and_given_derivatives_none():
    def cpe(s, q, n):
        return 1 / (q * s**n)

    def cpe_with_partials(s, q, n):
        z = 1 / (q * s**n)
        return z, (-z / q, -z * np.log(s))

    parameters = le.Parameter("0", "ohm^-1 s^n"), le.Parameter("1", "", "exponent", 0, 1)
    le.element("Qd", *parameters)(cpe)
    le.element("Qg", *parameters)(cpe_with_partials)
    for seed in range(5):
        spectrum = le.simulate("R0-p(R1,CPE1)-CPE2", [20, 1e3, 1e-8, 0.9, 5e-6, 0.9], F, noise=0.005, seed=seed)
        built_in, differences, given = (
            le.fit(spectrum, f"R0-p(R1,{symbol}1)-{symbol}2") for symbol in ("CPE", "Qd", "Qg")
        )
        for other, value_error, stderr_error in ((differences, 1e-9, 1e-7), (given, 1e-12, 1e-11)):
            assert_allclose(list(other.values.values()), list(built_in.values.values()), rtol=value_error)
            assert_allclose(list(other.stderr.values()), list(built_in.stderr.values()), rtol=stderr_error)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call the command in a folder with a file of elements and a spectrum."""
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(FILE, encoding="utf-8")

    def run(*words):
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code in (0, 2), result.stderr
        return result

    values = [f"--set={name}={value}" for name, value in TRUTH.items()]
    simulated = run("simulate", "R0-HN1", *values, "--elements", "mine.py", "--noise=0.2%", "--seed=4", "-o", "hn.csv")
    assert simulated.exit_code == 0, simulated.stderr
    return run


def test_the_command_fits_writes_and_reports_with_elements_of_a_file(run):
    from pypdf import PdfReader

    fitted = run("fit", "hn.csv", "--elements", "mine.py", "--circuit", "R0-HN1", "--role", "HN1=bulk", "--area=1cm2")
    assert fitted.exit_code == 0, fitted.stderr
    document = json.loads(Path("lipon-eis-results/results.json").read_text(encoding="utf-8"))
    assert document["provenance"]["settings"]["elements"] == "mine.py"
    (entry,) = document["results"]
    (own,) = entry["circuit"]["own_elements"]
    assert (own["symbol"], own["derivatives"], own["source"]) == ("HN", "numeric", "Havriliak, Negami 1967")
    assert [p["name"] for p in own["parameters"]] == ["R", "tau", "a", "b"]
    assert ("numeric-derivatives", "note") in {(r["code"], r["level"]) for r in entry["reasons"]}
    values = {p["name"]: p["value"] for p in entry["parameters"]}
    assert_allclose([values[name] for name in TRUTH], list(TRUTH.values()), rtol=0.05)
    assert {p["name"]: p["role"] for p in entry["parameters"]}["HN1_R"] == "bulk.resistance"
    text = "".join(page.extract_text() for page in PdfReader("lipon-eis-results/report.pdf").pages)
    assert "HN1_tau" in text
    assert "own element HN: Havriliak-Negami relaxation" in " ".join(text.split())


def test_a_report_needs_the_results_alone_and_is_the_same_with_and_without_the_element(run):
    run("fit", "hn.csv", "--elements", "mine.py", "--circuit", "R0-HN1")
    before = Path("lipon-eis-results/report.pdf").read_bytes()
    del ELEMENTS["HN"]
    assert run("report", "lipon-eis-results", "-o", "again.pdf").exit_code == 0
    assert Path("again.pdf").read_bytes() == before


def test_a_circuit_file_may_bound_an_own_element_by_its_names(run):
    Path("own.toml").write_text(
        'format = 1\nname = "own"\ncircuit = "R0-HN1"\n[HN1]\nrole = "bulk"\nb = { bounds = [0.8, 1.0] }\n'
    )
    result = run("fit", "hn.csv", "--elements", "mine.py", "--circuit", "own.toml", "--json")
    (entry,) = json.loads(result.stdout)["results"]
    b = next(p for p in entry["parameters"] if p["name"] == "HN1_b")
    assert b["at_bound"]
    assert b["value_in_curve"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file wrong.py"),
        ("x = 1\n", "wrong.py registers no element"),
        ("x = 1\ny = z\n", "wrong.py:2: NameError: name 'z' is not defined"),
        ("def f(:\n", "wrong.py:1: SyntaxError"),
        ("raise SystemExit(0)\n", "wrong.py:1: SystemExit"),
        (FILE.replace('"HN"', '"CPE"'), "wrong.py:5: InvalidOption: there is an element CPE already"),
    ],
)
def test_a_file_of_elements_that_does_not_work_is_wrong_usage_with_its_place(run, content, words):
    del ELEMENTS["HN"]
    if content is not None:
        Path("wrong.py").write_text(content, encoding="utf-8")
    result = run("fit", "hn.csv", "--elements", "wrong.py")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not Path("lipon-eis-results").exists()


def test_a_settings_file_cannot_run_a_program(run):
    Path("lipon-eis.toml").write_text('elements = "bad.py"\n')
    Path("bad.py").write_text('open("was-run", "w")\n')
    result = run("fit", "hn.csv")
    assert result.exit_code == 2
    assert "lipon-eis.toml:1" in result.stderr
    assert "--elements FILE.py" in result.stderr
    assert not Path("was-run").exists()


SCRIPT = """
import numpy as np
import lipon_eis as le
from impedance.models.circuits.elements import element

@le.element("Kx", le.Parameter("R", "ohm"), le.Parameter("tau", "s"))
def debye(s, r, tau):
    return r / np.add(1, s * tau)

@element(num_params=1, units=["Ohm"])
def Rx(p, f):
    return p[0] * np.ones(len(f), complex)

if __name__ == "__main__":
    f, made = np.logspace(5, 0, 16), le.Circuit("R0-Kx1")
    spectra = [le.simulate(made, [20, 1e3 + seed, 1e-4], f, noise=0.002, seed=seed) for seed in range(66)]
    of_sheet = [le.Sample(circuit="R0-Kx1" if k else "Rx0-Kx1") for k in range(66)]
    for request in ({"circuit": made}, {"circuit": "lipon-blocking", "samples": of_sheet}):
        one, two = (le.fit_batch(spectra, jobs=jobs, **request) for jobs in (1, 2))
        assert len(one.results) == len(two.results) == 66 and not two.failures, two.failures[:1]
        assert [r.to_dict() for r in one.results] == [r.to_dict() for r in two.results]
        assert two.results[1].circuit.circuit.own_elements[0] is made.own_elements[0]
    print("same")
"""


def test_elements_of_a_script_reach_the_other_processes(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "same", done.stderr[-2000:]


def test_elements_of_a_file_reach_the_other_processes(run, tmp_path):
    lines = Path("hn.csv").read_text().splitlines()
    one = "\n".join([lines[0], *lines[1::5]]) + "\n"
    (tmp_path / "many").mkdir()
    for k in range(66):
        Path(f"many/{k:02}.csv").write_text(one)
    how = ["fit", "many", "--elements", "mine.py", "--circuit", "R0-HN1", "--json"]
    code = "from lipon_eis.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *how, "--jobs", "2"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout)["results"]
    assert len(results) == 66
    assert len({json.dumps(entry["parameters"]) for entry in results}) == 1


# impedance.py


@pytest.fixture
def davidson_cole():
    from impedance.models.circuits.elements import element

    @element(num_params=2, units=["Ohm", "sec"], overwrite=True)
    def Dv(p, f):
        """Davidson-Cole relaxation, Z = R/(1 + jωτ)^0.6."""
        return p[0] / (1 + 2j * np.pi * np.array(f) * p[1]) ** 0.6

    return Dv


def test_an_element_of_impedance_py_is_taken_over_when_its_symbol_is_met(davidson_cole):
    circuit, truth = le.Circuit("R0-p(Dv1,C1)"), [20.0, 1e3, 1e-3, 1e-9]
    assert circuit.names == ("R0", "Dv1_0", "Dv1_1", "C1")
    assert [(p.unit, p.quantity) for p in circuit.parameters[1:3]] == [("ohm", "resistance"), ("s", "time")]
    alone = 1 / (1 / davidson_cole([1e3, 1e-3], F) + 2j * np.pi * F * 1e-9) + 20
    assert_allclose(circuit.impedance(F, truth), alone, rtol=1e-12)
    batch = circuit.impedance(F, [truth, [30.0, 500.0, 1e-4, 1e-9]])
    assert_allclose(batch[1], circuit.impedance(F, [30.0, 500.0, 1e-4, 1e-9]), rtol=1e-14)
    result = le.fit(le.simulate(circuit, truth, F, noise=0.002, seed=2), circuit.text)
    assert_allclose(list(result.values.values())[:3], truth[:3], rtol=0.02)
    (own,) = result.to_dict()["circuit"]["own_elements"]
    assert own["description"] == "Davidson-Cole relaxation, Z = R/(1 + jωτ)^0.6."
    assert own["source"] == "registered by impedance.py's @element"
    assert_allclose(le.to_impedance(result).predict(F), circuit.impedance(F, result.values), rtol=1e-12)


def test_an_element_that_impedance_py_registered_anew_is_taken_over_anew(davidson_cole):
    from impedance.models.circuits.elements import element

    before = le.Circuit("Dv1")

    @element(num_params=1, units=["Ohm"], overwrite=True)
    def Dv(p, f):
        return 2 * p[0] * np.ones(len(f), complex)

    assert before.names == ("Dv1_0", "Dv1_1")
    assert le.Circuit("Dv1").impedance([1.0], [3.0]) == 6


def test_an_element_of_impedance_py_that_cannot_work_is_refused_at_its_place():
    from impedance.models.circuits.elements import element

    @element(num_params=1, units=["Ohm"])
    def Nn(p, f):
        return np.full(len(f), np.nan)

    with pytest.raises(le.InvalidCircuit, match="Nn: Z is not finite") as refused:
        le.Circuit("R0-Nn1")
    assert refused.value.position == 3


def test_symbols_of_this_package_keep_their_formulas():
    from impedance.models.circuits.elements import element

    @element(num_params=1, units=["Ohm"], overwrite=True)
    def R(p, f):
        return -p[0] * np.ones(len(f))

    assert le.Circuit("R1").impedance([1.0], [3.0]) == 3


def test_an_own_element_goes_to_impedance_py_and_can_be_fitted_there(elements):
    from impedance.models.circuits import CustomCircuit

    spectrum = le.simulate("R0-HN1", TRUTH, F, noise=0.002, seed=5)
    result = le.fit(spectrum, "R0-HN1")
    peer = le.to_impedance(result)
    assert_allclose(peer.predict(F), le.Circuit("R0-HN1").impedance(F, result.values), rtol=1e-12)
    assert le.Circuit(peer.circuit) == result.circuit.circuit
    again = CustomCircuit("R0-HN1", initial_guess=[v * 1.02 for v in result.values.values()])
    again.fit(spectrum.frequency, spectrum.impedance, weight_by_modulus=True)
    assert_allclose(again.parameters_, list(result.values.values()), rtol=1e-3)
    assert le.to_impedance(result).predict(F) == pytest.approx(peer.predict(F))  # a second time


def test_an_own_element_does_not_replace_another_one_in_impedance_py(elements, davidson_cole):
    @le.element("Dv", le.Parameter("R", "ohm"))
    def other(s, r):
        return 2 * r + 0 * s

    with pytest.raises(le.InvalidCircuit, match="another element Dv"):
        le.to_impedance(le.Circuit("R0-Dv1"), [1.0, 2.0])


def test_the_listing_has_every_element_once_and_own_ones_last(elements):
    symbols = [entry.symbol for entry in le.elements()]
    assert len(set(symbols)) == len(symbols)
    assert symbols[:3] == ["R", "C", "L"]
    assert {entry.symbol for entry in le.elements() if entry.own} == {"HN", "Wg", "An", "Df"} == set(symbols[-4:])


def test_the_page_on_elements_lists_every_one_and_its_examples_run():
    import doctest
    import re

    page = (Path(__file__).parents[1] / "docs/elements.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([A-Za-z]+)` \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE)
    assert sorted(listed) == sorted(entry.symbol for entry in le.elements())
    source = "\n".join(re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(source, {}, "elements.md", "elements.md", 0)
    report = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=report.append)
    assert not report, "".join(report)
