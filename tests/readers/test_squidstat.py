"""Squidstat exports: impedance among the rows of other steps."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

NAMES = (
    "Step number,Step name,Elapsed Time (s),Working Electrode (V),Current (A),Frequency (Hz),|Z| (Ohms),Phase (deg),"
    "Z' (Ohms),-Z\" (Ohms),DC Working Electrode (V)"
)


def sweep(factor=1.0, bias=0.25, sign=1):
    rows = []
    for k, (f, z) in enumerate(zip(F, factor * Z, strict=True)):
        values = (f, abs(z), np.degrees(np.angle(z)), z.real, -sign * z.imag)
        rows.append(f"2,Potentiostatic EIS,{k},,," + ",".join(f"{v:.10g}" for v in values) + f",{bias}")
    return rows


REST = [f"1,Open Circuit Potential,{k},0.25,1e-9,,,,,," for k in range(4)]


def text(*rows, names=NAMES):
    return "\n".join([names, *rows]) + "\n"


def test_rows_of_other_steps_are_no_points(write):
    spectra = read(write(text(*REST, *sweep(), *REST, *sweep(2.0, bias=0.5), *REST)))
    assert [len(s) for s in spectra] == [25, 25]
    assert [s.n_masked for s in spectra] == [0, 0]
    assert_allclose(spectra[0].impedance, Z, rtol=1e-8)
    assert_allclose(spectra[1].impedance, 2 * Z, rtol=1e-8)
    assert {s.meta["format"] for s in spectra} == {"squidstat"}


def test_each_sweep_has_its_technique_and_bias(write):
    spectra = read(write(text(*REST, *sweep(), *sweep(2.0, bias=0.5))))
    assert [s.meta["technique"] for s in spectra] == ["Potentiostatic EIS"] * 2
    assert [s.meta["bias_V"] for s in spectra] == [0.25, 0.5]
    assert spectra[1].meta["origin"]["bias_V"] == "column 'DC Working Electrode (V)', line 31"
    assert "column Step name" not in spectra[0].meta["ignored"]
    assert "column Current (A)" in spectra[0].meta["ignored"]


def test_names_quoted_by_a_spreadsheet_are_the_same(write):
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in NAMES.split(","))
    (spectrum,) = read(write(text(*sweep(), names=quoted)))
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)


def test_an_empty_impedance_at_a_frequency_is_refused(write):
    rows = sweep()
    rows[3] = rows[3].rsplit(",", 2)[0] + ",," + rows[3].rsplit(",", 1)[1]
    with pytest.raises(UnreadableFile, match="expected a number, found ''") as caught:
        read(write(text(*rows)))
    assert caught.value.line == 5


def test_an_empty_frequency_beside_an_impedance_is_refused(write):
    rows = sweep()
    cells = rows[3].split(",")
    cells[5] = ""
    rows[3] = ",".join(cells)
    with pytest.raises(UnreadableFile, match="expected a number, found ''"):
        read(write(text(*rows)))


def test_a_column_of_the_wrong_sign_is_refused(write):
    with pytest.raises(UnreadableFile, match="differ in the sign of Im alone"):
        read(write(text(*sweep(sign=-1))))


def test_damage_gives_no_other_numbers(tmp_path):
    data = text(*REST, *sweep(), *REST, *sweep(2.0)).encode()
    assert_cuts_hold_no_other_numbers(data, tmp_path)
    assert_mutations_raise_our_errors_only(data, tmp_path)
