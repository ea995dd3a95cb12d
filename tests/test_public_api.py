"""The names that users' scripts rely on, and what importing them costs."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import lipon_eis as le

HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "typst", "impedance", "rich", "joblib", "schemdraw", "click")
CONTRACT = (
    *("read", "read_many", "Spectrum", "Circuit", "fit", "fit_batch", "simulate", "write_report", "to_impedance"),
    *("UnreadableFile", "UnknownCircuit", "LiponEisError", "arrhenius", "kramers_kronig"),
    *("relaxation_times", "plan"),
)


def test_every_public_name_exists_and_is_listed():
    assert le.__all__ == sorted(le.__all__)
    for name in le.__all__:
        assert getattr(le, name) is not None
    assert set(le.__all__) <= set(dir(le))


@pytest.mark.parametrize("name", CONTRACT)
def test_names_of_the_contract(name):
    assert name in le.__all__
    assert callable(getattr(le, name))


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="fitt"):
        le.fitt  # noqa: B018


def test_a_function_is_not_hidden_by_a_module_of_its_name():
    code = "import lipon_eis as le, lipon_eis.fitting.fit, lipon_eis.report, lipon_eis.batch, lipon_eis.simulation\n"
    code += "assert all(callable(getattr(le, n)) for n in le.__all__ if n != '__version__')"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_package_imports_nothing_heavy():
    code = f"import sys, lipon_eis; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_fitting_imports_neither_plotting_nor_tables_nor_optimisers():
    code = "import sys, lipon_eis as le\n"
    code += "s = le.simulate('lipon-blocking', [10, 1e3, 1e-9, .95, 1e-6, .9], [1e6, 1e5, 1e4, 1e3, 1e2, 10, 1])\n"
    code += "le.fit(s, 'lipon-blocking')\n"
    code += "heavy = ('scipy.optimize', 'pandas', 'matplotlib', 'impedance', 'rich', 'click')\n"
    code += "print([m for m in heavy if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_errors_are_the_builtins_that_one_would_catch():
    assert issubclass(le.UnreadableFile, ValueError)
    assert issubclass(le.UnknownCircuit, LookupError)
    for name in le.__all__:
        thing = getattr(le, name)
        if isinstance(thing, type) and issubclass(thing, Exception):
            assert issubclass(thing, le.LiponEisError)


def test_errors_survive_pickling():
    for error in (
        le.UnreadableFile("a.txt", "no table", 3),
        le.InvalidCircuit("what is this", "R0-", 3),
        le.CannotFit("too few"),
        le.UnknownCircuit("none"),
    ):
        back = pickle.loads(pickle.dumps(error))
        assert type(back) is type(error)
        assert str(back) == str(error)


def test_the_contract_s_first_lines_work():
    f = np.logspace(6, 0, 40)
    z = le.Circuit("R0-p(R1,CPE1)-CPE2").impedance(f, [10, 1e3, 1e-9, 0.95, 1e-6, 0.9])
    s = le.Spectrum(frequency=f, impedance=z)
    r = le.fit(s, "lipon-blocking", thickness="1.2 um", area="0.05 cm2")
    assert r.values["R1"] == pytest.approx(1e3)
    assert r.stderr["R1"] >= 0
    assert r.interval("R1")[0] <= 1e3 * (1 + 1e-9)
    assert r.covariance.shape == (6, 6)
    assert r.verdict == "pass"
    assert [p.name for p in r.by_role("bulk.resistance")] == ["R1"]
    assert r.by_role("bulk.resistance")[0].unit == "ohm"
    assert r.derived["sigma_bulk"].value == pytest.approx(1.2e-4 / (1e3 * 0.05))
    assert r.derived["sigma_bulk"].unit == "S/cm"
    with pytest.raises(le.UnknownCircuit, match="lipon-blocking"):
        le.fit(s, "lipon-bloking")
