"""A temperature in a file's name is taken where the user says how, and never guessed."""

import layouts
import pytest
from reader_cases import F, Z

from lipon_eis.errors import InvalidOption
from lipon_eis.readers import gather, read, read_many

PLAIN = layouts.delimited(F, Z).encode("cp1252")
WARM = layouts.delimited(F, Z, preamble=["# Temperature: 30 °C"]).encode("cp1252")


@pytest.mark.parametrize(
    ("name", "regex", "kelvin"),
    [
        ("film_25C.csv", r"_(\d+)C", 298.15),
        ("film_25.csv", r"_(\d+)", 298.15),
        ("film_298K.csv", r"_(\d+)K", 298),
        ("film_298K.csv", r"_(\d+K)", 298),
        ("film_298K.csv", r"_(\d+)", 571.15),  # the unit is not in the match
        ("film_25degC_run2.csv", r"_([0-9]+)degC", 298.15),
        ("film_-10C.csv", r"_(-?\d+)C", 263.15),
        ("film_minus10C.csv", r"_((?:minus)?\d+)C", 263.15),
        ("film_m10C.csv", r"_(m?\d+)C", 263.15),
        ("film_25,5C.csv", r"_([\d,]+)C", 298.65),
        ("film_25.5 °C.csv", r"_([\d.]+) °C", 298.65),
        ("T=60C film_25C.csv", r"film_(?:at)?(\d+)C", 298.15),
        ("run7 60C.csv", r"run\d (\d+)C", 333.15),
    ],
)
def test_the_group_of_the_expression_holds_the_temperature(name, regex, kelvin, write):
    (spectrum,) = read(write(PLAIN, name), temperature_from=regex)
    assert spectrum.temperature == pytest.approx(kelvin, abs=1e-9)
    assert spectrum.meta["temperature_K"] == spectrum.temperature
    assert spectrum.meta["origin"]["temperature_K"] == "file name"
    assert not any("temperature" in note or "file name" in note for note in spectrum.notes)


@pytest.mark.parametrize(
    ("name", "regex", "said"),
    [
        ("film.csv", r"_(\d+)C", "the file name does not match '_(\\\\d+)C': no temperature taken from it"),
        ("film_C.csv", r"_(\d+)?C", "does not match"),
        ("film_77F.csv", r"_(\d+)F", "'77F' in the file name is no temperature in °C or K: not taken"),
        ("film_5mm.csv", r"_(\d+)mm", "no temperature in °C or K"),
        ("film_RT.csv", r"_(RT)", "no temperature in °C or K"),
        ("film_x_25C.csv", r"_(x)_25C", "no temperature in °C or K"),
        ("film_-300C.csv", r"_(-\d+)C", "below absolute zero"),
        ("film_0K.csv", r"_(\d+)K", "below absolute zero"),
        ("film_-20C.csv", r"(\d+)C", "follows a minus"),
    ],
)
def test_what_is_no_temperature_is_not_taken_and_a_note_says_so(name, regex, said, write):
    (spectrum,) = read(write(PLAIN, name), temperature_from=regex)
    assert spectrum.temperature is None
    assert any(said in note for note in spectrum.notes), spectrum.notes


def test_the_name_has_precedence_over_the_header_which_is_kept_without_a_match(write):
    path = write(WARM, "film_60C.csv")
    (spectrum,) = read(path, temperature_from="_([0-9]+)C")
    assert spectrum.temperature == pytest.approx(333.15)
    assert any("from the file name; the header line 1 says 303.15 K" in note for note in spectrum.notes)
    (spectrum,) = read(path, temperature_from="T=([0-9]+)C")
    assert spectrum.temperature == pytest.approx(303.15)
    assert spectrum.meta["origin"]["temperature_K"] == "header line 1"
    (spectrum,) = read(write(WARM, "film_30C.csv"), temperature_from="_([0-9]+)C")
    assert not any("temperature" in note for note in spectrum.notes)


def test_a_file_that_has_several_temperatures_keeps_them(write):
    names = ("f/Hz", "Re/Ohm", "-Im/Ohm", "Temperature/°C")
    rows = [f"{f:.6f};{z.real:.6f};{-z.imag:.6f};{t}" for t in (20, 40) for f, z in zip(F, Z, strict=True)]
    path = write("\n".join([";".join(names), *rows]) + "\n", "film_60C.csv")
    spectra = read(path, temperature_from="_([0-9]+)C")
    assert [s.temperature for s in spectra] == pytest.approx([293.15, 313.15])
    assert all(any("of their own" in note for note in s.notes) for s in spectra)


@pytest.mark.parametrize("regex", ["", "C", r"(\d+", r"(\d+)(C)", "*", r"(?:\d+)C"])
def test_an_expression_that_cannot_be_meant_is_refused_before_any_file_is_read(regex, tmp_path):
    for function in (read, read_many, gather):
        with pytest.raises(InvalidOption, match=r"group|regular expression"):
            function(tmp_path / "film.csv", temperature_from=regex)


def test_many_files_have_each_their_own(tmp_path):
    for celsius in (0, 25, 60):
        (tmp_path / f"film_{celsius}C.csv").write_bytes(PLAIN)
    spectra, failures = read_many(tmp_path, temperature_from="_([0-9]+)C")
    assert [s.temperature for s in spectra] == pytest.approx([273.15, 298.15, 333.15])
    assert failures == []
