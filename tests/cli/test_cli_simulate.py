"""lipon-eis simulate: a circuit, values, CSV."""

import cmath
import math
from itertools import pairwise

import pytest

ARC = ["R0-p(R1,C1)", "--set", "R0=50", "--set", "R1=4k", "--set", "C1=2 nF"]


def table(text):
    header, *rows = text.splitlines()
    assert header == "frequency_hz,z_re_ohm,z_im_ohm"
    return [tuple(map(float, row.split(","))) for row in rows]


def test_the_impedance_is_that_of_the_formula(run):
    for f, re, im in table(run("simulate", *ARC).stdout):
        assert complex(re, im) == pytest.approx(50 + 1 / (1 / 4000 + 2j * math.pi * f * 2e-9), rel=1e-12)


def test_frequencies_fall_evenly_and_both_ends_are_exact(run):
    rows = table(run("simulate", *ARC, "--range", "10Hz..1MHz", "--points-per-decade", "4").stdout)
    frequencies = [f for f, _, _ in rows]
    assert (frequencies[0], frequencies[-1], len(frequencies)) == (1e6, 10.0, 21)
    ratios = [a / b for a, b in pairwise(frequencies)]
    assert ratios == pytest.approx([10**0.25] * 20)


def test_noise_has_the_size_that_was_asked_for_and_comes_again(run):
    many = ["--points-per-decade", "300"]
    clean = table(run("simulate", *ARC, *many).stdout)
    noisy = run("simulate", *ARC, *many, "--noise", "0.5%").stdout
    assert noisy == run("simulate", *ARC, *many, "--noise", "0.005", "--seed", "0").stdout
    assert noisy != run("simulate", *ARC, *many, "--noise", "0.5%", "--seed", "1").stdout
    errors = [
        abs(complex(*a[1:]) - complex(*b[1:])) / abs(complex(*b[1:])) for a, b in zip(table(noisy), clean, strict=True)
    ]
    rms = math.sqrt(sum(e * e for e in errors) / len(errors) / 2)
    assert rms == pytest.approx(0.005, rel=0.08)


def test_a_file_holds_what_stdout_would(run, here):
    result = run("simulate", *ARC, "-o", "new/arc.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (here / "new" / "arc.csv").read_text() == run("simulate", *ARC).stdout


def test_a_named_circuit_takes_its_parameters(run):
    values = {"R0": "0", "R1": "375", "CPE1_0": "2n", "CPE1_1": "1", "R2": "100", "CPE2_0": "1u", "CPE2_1": "1"}
    rows = table(run("simulate", "li-lipon-li", *[f"--set={k}={v}" for k, v in values.items()]).stdout)
    f, re, im = rows[30]
    z = 1 / (1 / 375 + 2j * math.pi * f * 2e-9) + 1 / (1 / 100 + 2j * math.pi * f * 1e-6)
    assert cmath.isclose(complex(re, im), z, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["R0-C1", "--set=R0=1"], "missing: --set C1="),
        (["R0", "--set=R0=1", "--set=R1=2"], "--set: R0 has no parameter 'R1'; did you mean R0?"),
        (["R0-C1", "--set=R0=-50", "--set=C1=1n"], "--set R0=-50: has to be >= 0 ohm"),
        (["R0-C1", "--set=R0=50", "--set=C1=0"], "--set C1=0: has to be > 0 F"),
        (["CPE1", "--set=CPE1_0=1n", "--set=CPE1_1=1.2"], "--set CPE1_1=1.2: has to be > 0 and <= 1"),
        (["R0", "--set=R0=1nF"], "--set R0: '1nF': expected a resistance"),
        (["R0", "--set=R0=1,5k"], "'1,5k' has a decimal comma: write 1.5k"),
        (["R0", "--set=R0=1", "--range=..1MHz"], "two positive ends"),
        (["R0", "--set=R0=1", "--range=0..1"], "two positive ends"),
        (["R0", "--set=R0=1", "--noise=-1%"], "'-1%' is no fraction"),
        (["R0", "--set=R0=1", "--points-per-decade=0"], "--points-per-decade"),
        (["R0", "--set=R0=1", "-o", "."], "expected a file to write to, found the folder ."),
        (["lipon-blokcing"], "did you mean lipon-blocking"),
    ],
)
def test_what_cannot_be_is_refused_by_name(run, words, message):
    result = run("simulate", *words)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_a_resistance_of_zero_is_a_short(run):
    assert table(run("simulate", "R0-R1", "--set=R0=0", "--set=R1=3").stdout)[0][1:] == (3.0, 0.0)
