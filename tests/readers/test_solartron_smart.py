"""SMaRT exports: magnitude and phase or Re and Im, sweeps by their number, both kinds of separators."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from reader_cases import F, Z

from lipon_eis.readers import read

FIRST = ["Result Number", "Sweep Number", "Point Number", "Time", "Frequency (Hz)", "AC Level (V)", "DC Level (V)"]
FIRST += ["Set Point ('C)", "Temperature ('C)", "Control ('C)"]
POLAR = ["Impedance Magnitude (Ohms)", "Impedance Phase Degrees (')", "Admittance Magnitude (S)"]
PARTS = ["Impedance Real (Ohms)", "Impedance Imaginary (Ohms)"]


def smart(sweeps, names=POLAR, mark=",", decimal="."):
    rows = []
    for number, z_of_sweep in enumerate(sweeps, 1):
        for k, (f, z) in enumerate(zip(F, z_of_sweep, strict=True), 1):
            values = (abs(z), np.degrees(np.angle(z)), 1 / abs(z)) if names is POLAR else (z.real, z.imag)
            numbers = (f, 0.05, 0.1, 25.0, 24.5, 25.0, *values)
            cells = ["1", str(number), str(k), "10:02:11", *(f"{v:.9e}".replace(".", decimal) for v in numbers)]
            rows.append(mark.join(cells) + mark)
    head = ["film 7", "Experiment start time : 03/14/2024 09:26:53", ",".join([*FIRST, *names]) + ","]
    return "\n".join([*head, *rows]) + "\n"


@pytest.mark.parametrize(("mark", "decimal"), [(",", "."), (";", ",")])
@pytest.mark.parametrize("names", [POLAR, PARTS], ids=["polar", "parts"])
def test_each_sweep_is_a_spectrum_with_its_temperature_level_and_bias(names, mark, decimal, write):
    spectra = read(write(smart([Z, 2 * Z], names, mark, decimal)))
    assert len(spectra) == 2
    for k, spectrum in enumerate(spectra, 1):
        assert np.all(np.abs(spectrum.impedance - k * Z) <= 1e-8 * np.abs(k * Z))
        assert spectrum.temperature == 297.65
        meta = spectrum.meta
        assert (meta["format"], meta["amplitude_V"], meta["bias_V"]) == ("solartron-smart", 0.05, 0.1)
        assert (meta["title"], meta["date"]) == ("film 7", "03/14/2024 09:26:53")


def test_damage_gives_our_errors_and_no_other_numbers(tmp_path):
    assert_cuts_hold_no_other_numbers(smart([Z]).encode(), tmp_path, places=60)
    assert_mutations_raise_our_errors_only(smart([Z]).encode(), tmp_path)
