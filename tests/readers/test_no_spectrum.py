"""Tables that look like a spectrum and are none: refused with what they are, whatever instrument wrote them."""

import layouts
import numpy as np
import pytest
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

ONE = np.full(F.size, 1e3)
VOLTS = np.linspace(0, 1, F.size)
DEGREES = np.degrees(np.angle(Z))
FACTORS = (3.0, 2.0, 1.0)


def table(names, columns, mark=",", form=".12g"):
    rows = (mark.join(format(v, form) for v in row) for row in zip(*columns, strict=True))
    return "\n".join([mark.join(names), *rows]) + "\n"


def by_frequency(quantity):
    """A table that goes through three values of a quantity at each frequency, with impedances 3:2:1."""
    points, conditions = zip(F, Z, strict=True), list(zip(quantity, FACTORS, strict=True))
    rows = [(f, q, k * z.real, k * z.imag) for f, z in points for q, k in conditions]
    return tuple(map(np.array, zip(*rows, strict=True)))


AT_ONE_FREQUENCY = {
    "a Mott-Schottky plot": table(["E (V)", "f/Hz", "Re/Ohm", "Im/Ohm"], (VOLTS, ONE, Z.real, Z.imag)),
    "impedance over time": table(["time/s", "f/Hz", "|Z|/Ohm", "phase/deg"], (VOLTS, ONE, np.abs(Z), DEGREES)),
    "Gamry's": layouts.gamry(ONE, Z),
    "EC-Lab's loops of a single frequency": layouts.biologic_mpt([(ONE[:1], Z[k : k + 1]) for k in range(9)]),
    "ZPlot's": layouts.zplot(ONE, Z),
    "two frequencies at each potential": table(
        ["E (V)", "f/Hz", "Re/Ohm", "Im/Ohm"],
        (VOLTS[:24], np.tile([1e4, 1e3], 12), Z.real[:24], Z.imag[:24]),
    ),
}


@pytest.mark.parametrize("what", AT_ONE_FREQUENCY)
def test_points_at_one_or_two_frequencies_are_no_spectrum(what, write):
    with pytest.raises(UnreadableFile, match=r"points were measured at .*1000 Hz, .*no spectrum"):
        read(write(AT_ONE_FREQUENCY[what]))


def test_a_file_cut_after_its_first_point_still_gives_that_point(write):
    (spectrum,) = read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (F[:1], Z.real[:1], Z.imag[:1]))))
    assert spectrum.frequency.size == 1


@pytest.mark.parametrize("name", ["E/V", "T/K", "note"])
def test_a_table_that_goes_through_another_quantity_at_each_frequency_is_refused(name, write):
    f, q, re, im = by_frequency((299.97, 320.02, 340.11))
    q = q + np.arange(q.size) * 1e-4  # as measured: no two alike
    with pytest.raises(UnreadableFile, match=r"each frequency stands 3 times or more, at .* sort its rows") as error:
        read(write(table(["f/Hz", name, "Re/Ohm", "Im/Ohm"], (f, q, re, im))))
    assert error.value.line == 2


@pytest.mark.parametrize(("name", "offset"), [("T/K", 0), ("Temperature (°C)", 273.15)])
def test_set_temperatures_at_each_frequency_become_a_spectrum_each(name, offset, write):
    f, kelvin, re, im = by_frequency((300.0, 320.0, 340.0))
    spectra = read(write(table(["f/Hz", name, "Re/Ohm", "Im/Ohm"], (f, kelvin - offset, re, im))))
    assert [s.temperature for s in spectra] == pytest.approx([300, 320, 340])
    for spectrum, factor in zip(spectra, FACTORS, strict=True):
        assert np.allclose(spectrum.impedance, factor * Z)


def test_a_frequency_measured_several_times_over_is_kept(write):
    f = np.repeat(F, 3)
    z = np.repeat(Z, 3) * np.tile([1, 1.002, 0.998], F.size)
    (spectrum,) = read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (f, z.real, z.imag))))
    assert spectrum.frequency.size == f.size


def test_a_logarithm_under_the_name_of_a_frequency_is_refused_at_its_first_negative(write):
    with pytest.raises(UnreadableFile, match=r"none is negative; does 'f/Hz' hold its logarithm") as error:
        read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (np.log10(F), Z.real, Z.imag))))
    assert error.value.line == 2 + int(np.argmax(F < 1))


def test_a_table_that_lost_all_decimal_marks_is_refused(write):
    text = table(["f/Hz", "Re/Ohm", "Im/Ohm"], (F, Z.real, Z.imag), form=".10g").replace(".", "")
    with pytest.raises(UnreadableFile, match=r"in no order .*did the numbers lose a decimal mark"):
        read(write(text))


@pytest.mark.parametrize("row", [4, 12, 20])
def test_a_row_that_lost_its_decimal_marks_is_refused_with_its_line(row, write):
    lines = table(["f/Hz", "Re/Ohm", "Im/Ohm"], (F, Z.real, Z.imag), form=".10g").splitlines(keepends=True)
    lines[row] = lines[row].replace(".", "")
    with pytest.raises(UnreadableFile, match=r"no number of this line has a decimal mark, while others have") as error:
        read(write("".join(lines)))
    assert error.value.line == row + 1


def test_a_glitch_of_the_measurement_is_kept(write):
    z = np.where(np.arange(F.size) == 12, 1e6 * Z, Z)
    (spectrum,) = read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (F, z.real, z.imag))))
    assert np.allclose(spectrum.impedance, z)


def test_a_frequency_out_of_order_is_kept_and_noted_with_its_line(write):
    f, z = F.copy(), Z.copy()
    f[[7, 8]], z[[7, 8]] = f[[8, 7]], z[[8, 7]]
    (spectrum,) = read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (f, z.real, z.imag))))
    assert np.allclose(spectrum.impedance, Z)
    assert "a frequency stands out of order (line 10): kept" in spectrum.notes


@pytest.mark.parametrize("mark", [",", "\t"])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_cell_lost_from_a_row_that_ends_in_a_separator_is_refused_with_its_line(column, mark, write):
    lines = table(["f/Hz", "Re/Ohm", "Im/Ohm", "I/A", ""], (F, Z.real, Z.imag, F, F), mark).splitlines()
    lines = [lines[0].rstrip(mark), *(line.rpartition(mark)[0] + mark for line in lines[1:])]
    cells = lines[9].split(mark)
    del cells[column]
    lines[9] = mark.join(cells)
    with pytest.raises(UnreadableFile, match="expected 4 values in a row, found 3") as error:
        read(write("\n".join(lines) + "\n"))
    assert error.value.line == 10


def test_whole_numbers_among_decimals_are_no_loss(write):
    z = np.where(np.arange(F.size) % 9 == 4, np.round(Z.real) + 1j * np.round(Z.imag), Z)
    (spectrum,) = read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (np.round(F, 1), z.real, z.imag))))
    assert spectrum.frequency.size == F.size


def test_a_phase_called_degrees_that_can_only_be_radians_is_refused(write):
    names = ["f/Hz", "|Z|/Ohm", "phase/deg"]
    with pytest.raises(UnreadableFile, match=r"'phase/deg' never exceeds 1.41, .* seem to be radians"):
        read(write(table(names, (F, np.abs(Z), np.angle(Z)))))


def test_a_resistor_has_a_small_phase_in_degrees(write):
    size = 100 * (F / 1e3) ** -0.002
    (spectrum,) = read(write(table(["f/Hz", "|Z|/Ohm", "phase/deg"], (F, size, np.full(F.size, -0.18)))))
    assert np.allclose(np.degrees(np.angle(spectrum.impedance)), -0.18)


def test_a_phase_called_radians_that_can_only_be_degrees_is_refused_with_its_line(write):
    with pytest.raises(UnreadableFile, match=r"more than two turns; check the unit of 'phase \(rad\)'") as error:
        read(write(table(["f/Hz", "|Z|/Ohm", "phase (rad)"], (F, np.abs(Z), DEGREES))))
    assert error.value.line == 2


def resistor_with_stray_capacitance(seed=3):
    """10 kΩ with 8 pF beside it, with noise: Im is near 0 at most frequencies and of either sign there."""
    f = np.geomspace(2e5, 100, 50)
    noise = np.random.default_rng(seed).normal(0, 1, (2, f.size))
    return f, 1 / (1e-4 + 2j * np.pi * f * 8e-12) + 3 * noise[0] + 25j * noise[1]


@pytest.mark.parametrize("names", [["f/Hz", "Zreal", "Zimag"], ["f/Hz", "Re/Ohm", "Im/Ohm"]])
def test_minus_im_under_the_name_of_im_is_refused_where_re_tells_that_it_is_a_capacitance(names, write):
    f, z = resistor_with_stray_capacitance()
    path = write(table(names, (f, z.real, -z.imag)))
    with pytest.raises(UnreadableFile, match=r"Re\(Z\) falls with the frequency, as it does beside a capacitance"):
        read(path)
    assert np.allclose(read(path, imaginary="negated")[0].impedance, z)
    assert np.allclose(read(write(table(names, (f, z.real, z.imag))))[0].impedance, z)


@pytest.mark.parametrize("seed", range(10))
def test_noise_of_a_resistor_tells_no_sign(seed, write):
    f, _ = resistor_with_stray_capacitance()
    noise = np.random.default_rng(seed).normal(0, 50, (2, f.size))
    (spectrum,) = read(write(table(["f/Hz", "Re/Ohm", "Im/Ohm"], (f, 1e4 + noise[0], noise[1]))))
    assert np.allclose(spectrum.impedance.imag, noise[1])
