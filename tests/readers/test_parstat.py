"""Princeton Applied Research text, of PARSTAT and VersaSTAT and of PowerSuite; gains of an analyser."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

TABS = ["Potential (V)", "Current (A)", "Elapsed Time (s)", "Frequency (Hz)", "Zre (ohms)", "Zim (ohms)", "|Vac| (V)"]
COMMAS = ["Segment", "Point", *TABS[:-1], "|Z| (ohms)", "Phase of Z (deg)"]


def row(k, f, z, volt=3.5):
    return [f"{volt}", "-1E-3", str(k), f"{f:.9g}", f"{z.real:.9g}", f"{z.imag:.9g}", "0.005"]


def sweep(factor=1.0, volt=3.5):
    return [row(k, f, factor * z, volt) for k, (f, z) in enumerate(zip(F, Z, strict=True))]


REST = [row(k, 0, 0j) for k in range(6)]


def tabs(*rows, names=TABS):
    return "".join("\t".join(line) + "\t\n" for line in [names, *rows])


def powersuite(sign=1):
    rows = [f"{f:.8g}\t {z.real:.8g}\t {sign * z.imag:.8g}" for f, z in zip(F, Z, strict=True)]
    return "\n".join(["Frequency\t Zre\t Zimg", *rows]) + "\n"


def test_steps_at_rest_are_no_points_and_each_sweep_has_its_potential(write):
    spectra = read(write(tabs(*REST, *sweep(), *REST, *sweep(2.0, volt=3.7))))
    assert [len(s) for s in spectra] == [25, 25]
    assert [s.meta["bias_V"] for s in spectra] == [3.5, 3.7]
    assert_allclose(spectra[1].impedance, 2 * Z, rtol=1e-8)
    assert {s.meta["format"] for s in spectra} == {"parstat"}
    assert spectra[0].notes == ()
    assert "column Current (A)" in spectra[0].meta["ignored"]


def test_tables_below_each_other_are_a_spectrum_each_with_its_title_and_potential(write):
    text = tabs(*sweep()) + "\nfilm 8\n" + tabs(*sweep(2.0, volt=3.7))
    first, second = read(write(text))
    assert_allclose(first.impedance, Z, rtol=1e-8)
    assert_allclose(second.impedance, 2 * Z, rtol=1e-8)
    assert [s.meta["bias_V"] for s in (first, second)] == [3.5, 3.7]
    assert (first.meta.get("title"), second.meta["title"]) == (None, "film 8")


def test_the_comma_separated_export_agrees_with_its_modulus_and_phase(write):
    rows = [
        ["0", str(k), *line[:-1], f"{abs(z):.7g}", f"{np.degrees(np.angle(z)):.7g}"]
        for k, (line, z) in enumerate(zip(sweep(), Z, strict=True))
    ]
    text = "\n".join(",".join(line) for line in [COMMAS, ["0", "0", *REST[0][:-1], "0", "0"], *rows]) + "\n"
    (spectrum,) = read(write(text))
    assert spectrum.meta["format"] == "parstat"
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(text.replace("|Z| (ohms)", "other").replace("Phase of Z (deg)", "|Z| (ohms)")))


def test_only_steps_at_rest_are_refused(write):
    with pytest.raises(UnreadableFile, match="every frequency is 0"):
        read(write(tabs(*REST)))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r\r\n"])
def test_powersuite_is_read_with_the_note_that_its_units_are_taken(write, newline):
    (spectrum,) = read(write(powersuite(), newline=newline))
    assert spectrum.meta["format"] == "powersuite"
    assert_allclose(spectrum.impedance, Z, rtol=1e-7)
    assert any("do not say all units" in note for note in spectrum.notes)


def test_powersuite_does_not_state_the_sign(write):
    path = write(powersuite(sign=-1))
    with pytest.raises(UnreadableFile, match="--imaginary"):
        read(path)
    (spectrum,) = read(path, imaginary="negated")
    assert_allclose(spectrum.impedance, Z, rtol=1e-7)


def test_gains_of_a_frequency_response_analyser_are_refused_with_the_reason(write):
    names = "% Frequency (Hz), Channel A Magnitude (dBm), Channel A Phase (deg), Math Magnitude (dB), Math Phase (deg)"
    rows = "\n".join(f"{f:.6e}, -6.86, -0.1, 3.4, 0.1" for f in F)
    with pytest.raises(UnreadableFile, match="gains of a frequency-response analyser, not an impedance"):
        read(write(f"% Moku:Go Frequency Response Analyzer\n{names}\n{rows}\n"))


def test_an_impedance_analyser_that_calls_its_columns_traces_is_read(write):
    rows = "\n".join(
        f"{f:.9g},{np.degrees(np.angle(z)):.9g},{abs(z):.9g},{z.real:.9g},{z.imag:.9g}"
        for f, z in zip(F, Z, strict=True)
    )
    names = "Frequency (Hz),Trace θ (deg),Trace |Z| (Ohm),Trace Rs (Ohm),Trace Xs (Ohm)"
    (spectrum,) = read(write(f"#Digilent WaveForms\n{names}\n{rows}\n"))
    assert_allclose(spectrum.impedance, Z, rtol=1e-8)


@pytest.mark.parametrize(
    "text", [tabs(*REST, *sweep(), *REST, *sweep(2.0)), tabs(*sweep()) + tabs(*sweep(2.0)), powersuite()]
)
def test_damage_gives_no_other_numbers(tmp_path, text):
    assert_cuts_hold_no_other_numbers(text.encode(), tmp_path)
    assert_mutations_raise_our_errors_only(text.encode(), tmp_path)
