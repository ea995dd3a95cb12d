"""The sample sheet: what spreadsheets write, what is matched, and what is refused where."""

import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lipon_eis.errors import InvalidOption, InvalidSheet
from lipon_eis.sample import RULES, Sample
from lipon_eis.sheet import read_sheet, write_template
from lipon_eis.spectrum import Spectrum


@pytest.fixture
def sheet(tmp_path):
    def write(text, encoding="utf-8", name="samples.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return read_sheet(path)

    return write


def refusal(sheet, text, **kwargs):
    with pytest.raises(InvalidSheet) as caught:
        sheet(text, **kwargs)
    assert "\n" not in str(caught.value)
    return caught.value


def test_every_header_of_the_documentation_is_understood(sheet):
    table = {
        "file": "a.DTA", "spectrum": "1", "label": "A", "group": "G", "circuit": "lipon-blocking",
        "stack": "Pt/LiPON/Pt", "state": "annealed", "thickness_um": "1.2", "thickness_stderr_um": "0.06",
        "area_cm2": "0.5", "area_stderr_cm2": "0.01", "temperature_C": "25", "temperature_stderr_K": "0.3",
        "temperature_offset_stderr_K": "0.5", "preparation": "RF sputtering", "electrodes": "dots",
        "geometry": "in-plane", "cell_constant_per_cm": "0.4", "gap_um": "10", "width_mm": "2", "fingers": "20",
        "roughness_factor": "1.1", "cathode_thickness_um": "0.3", "cathode_thickness_stderr_um": "0.015",
        "grain_size_nm": "50", "grain_boundary_width_nm": "1",
        "thickness_method": "SEM", "area_method": "mask", "soak_min": "30", "direction": "heating",
        "atmosphere": "Ar", "anneal_C": "200", "anneal_min": "60", "time_h": "2", "cycle": "5", "voltage_V": "3.9",
        "soc": "0.5", "amplitude_mV": "10", "bias_V": "0", "lead_resistance_ohm": "12 ± 0.5",
        "stray_capacitance_pF": "3", "thickness_scale_stderr": "2 %", "open_file": "open.DTA",
            "short_file": "short.DTA", "device": "D1",
        "position_x": "1.5", "position_y": "-2", "note_operator": "B",
    }  # fmt: skip
    read = sheet(",".join(table) + "\n" + ",".join(table.values()) + "\n")
    (row,) = read.rows
    film = row.sample
    assert (row.line, row.pattern, row.spectrum) == (2, "a.DTA", 1)
    expected = {
        "thickness": 1.2e-6, "thickness_stderr": 6e-8, "area": 5e-5, "area_stderr": 1e-6, "temperature": 298.15,
        "temperature_stderr": 0.3, "cell_constant": 40.0, "gap": 1e-5, "width": 2e-3, "fingers": 20,
        "cathode_thickness": 3e-7, "cathode_thickness_stderr": 1.5e-8,
        "grain_size": 5e-8, "soak": 1800.0, "anneal_temperature": 473.15,
        "anneal_time": 3600.0, "time": 7200.0, "cycle": 5, "voltage": 3.9, "amplitude": 0.01, "bias": 0.0,
        "lead_resistance": 12.0, "lead_resistance_stderr": 0.5, "stray_capacitance": 3e-12, "position_y": -2.0,
        "geometry": "in-plane", "label": "A", "state": "annealed",
    }  # fmt: skip
    assert {name: getattr(film, name) for name in expected} == expected
    assert [name for name in RULES if getattr(film, name) is None] == []
    assert film.notes == {"operator": "B"}
    assert film.origin["thickness"] == "sheet row 2"
    assert film.open_file == (read.path.parent / "open.DTA").as_posix()


@pytest.mark.parametrize(
    "text",
    [
        "file,thickness,area,temperature\na.DTA,1.2 um ± 5 %,0.5 cm2,25 degC\n",
        "file;thickness;area;temperature\na.DTA;1,2 µm ± 5 %;0,5 cm²;25 °C\n",
        "file;thickness;area;temperature\na.DTA;1.2 um ± 5 %;0.5 cm2;298.15 K\n",
        "sep=;\nfile;thickness_um;area_cm2;temperature_C\na.DTA;1,2 ± 5 %;0,5;25\n",
        "file\tthickness_um\tarea_mm2\ttemperature_K\na.DTA\t1,2 ± 5 %\t50\t298,15\n",
        'file,thickness_nm,area_m2,temperature_C,,\n"a.DTA","1200 ± 60",5e-5,25,,\n,,,,,\n',
        "File,Thickness_um,Thickness_stderr_um,Area_cm2,Temperature_c\na.DTA,1.2,0.06,0.5,25\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_spreadsheets_dialect_changes_nothing(sheet, text, encoding, newline):
    film = sheet(text.replace("\n", newline), encoding).rows[0].sample
    assert (film.thickness, film.area, film.temperature) == (1.2e-6, 5e-5, 298.15)
    assert film.thickness_stderr == pytest.approx(6e-8)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("file,thicknes_um\na,1\n", 1, ["column 'thicknes_um' is not known", "did you mean thickness_um"]),
        ("file,thickness_km\na,1\n", 1, ["'thickness_km' is not known"]),
        ("file,area_um\na,1\n", 1, ["'area_um' is not known"]),
        ("file,lead_resistance_MOHM\na,1\n", 1, ["did you mean lead_resistance_Mohm or lead_resistance_mohm"]),
        ("name,area_cm2\na,1\n", 1, ["column 'name' is not known"]),
        ("label,area_cm2\na,1\n", 1, ["has no column 'file'; found label, area_cm2"]),
        ("file,label,label\na,1,2\n", 1, ["column 'label' twice"]),
        ("file,thickness_um,thickness_nm\na,1,2\n", 1, ["'thickness_um' and 'thickness_nm' say the same"]),
        ("file,thickness\n\na,1.2\n", 3, ["column 'thickness': '1.2' has no unit"]),
        ("file,thickness_um\na,-1\n", 2, ["column 'thickness_um'", "'-1'", "a length has to be positive"]),
        ("file,temperature_C\na,-300\n", 2, ["column 'temperature_C'", "absolute zero"]),
        ("file,temperature_K\na,25\n", 2, ["column 'temperature_K'", "write '25 degC'"]),
        ("file,thickness_um\na,1.2 nm\n", 2, ["'1.2 nm' stands in a column in um"]),
        ('file,thickness_um\na,"1,2"\n', 2, ["'1,2' has a decimal comma: write 1.2"]),
        ("file,thickness_um\na,1,2\n", 2, ["'2' stands under no header", "separate by semicolons"]),
        ("file;thickness_um;area_cm2\na;1.234;0,5\n", 2, ["can be 1,234 or 1234"]),
        ("file,geometry\na,round\n", 2, ["geometry has to be cross-plane or in-plane, found 'round'"]),
        ("file,cycle\na,many\n", 2, ["cycle has to be a whole number"]),
        ("file,spectrum\na,-1\n", 2, ["column 'spectrum': expected a number from 0, found '-1'"]),
        ("file,thickness_stderr_um\na,1\n", 2, ["thickness has an error but no value"]),
        ("file,label\n,x\n", 2, ["column 'file' is empty"]),
        ("file,label\na,x\na,y\n", 3, ["rows 2 and 3 are both for 'a'"]),
        ("file,label\na,x\n./a,y\n", 3, ["rows 2 and 3"]),
        ('file,label\na,"x"y\n', 2, ["no well-formed CSV"]),
        ("file,label\n", None, ["no rows"]),
        ("", None, ["is empty"]),
        (b"PK\x03\x04rest", None, ["save it as CSV"]),
        (b"file,\x00\x01\x02\xff", None, ["is no text"]),
        (b"\xff\xfea", None, ["is no text"]),
    ],
)
def test_a_bad_sheet_is_refused_with_its_place_and_what_to_do(sheet, text, line, words):
    error = refusal(sheet, text)
    assert error.line == line
    assert str(error).startswith(str(error.path))
    assert all(word in str(error) for word in words), str(error)


def test_a_line_number_counts_the_lines_inside_a_quoted_cell(sheet):
    assert refusal(sheet, 'file,note_a,thickness_um\na,"two\nlines",1\nb,,x\n').line == 4


def test_a_missing_sheet_is_our_own_error(tmp_path):
    with pytest.raises(InvalidSheet, match="cannot be opened"):
        read_sheet(tmp_path / "none.csv")


MATCHING = """file,spectrum,label,thickness_um
**/*.DTA,,any,1
*.DTA,0,first,
film.DTA,,film,2
film.DTA,1,film one,
sub/b.DTA,,sub,
odd[1].DTA,,odd,
"""


@pytest.mark.parametrize(
    ("source", "spectrum", "label", "thickness"),
    [
        ("film.DTA", 1, "film one", 2e-6),
        ("film.DTA", 0, "film", 2e-6),
        ("other.DTA", 0, "first", 1e-6),
        ("other.DTA", 3, "any", 1e-6),
        ("sub/b.DTA", 0, "sub", 1e-6),
        ("sub/deep/c.DTA", 0, "any", 1e-6),
        ("odd[1].DTA", 5, "odd", 1e-6),
    ],
)
def test_the_more_exact_row_comes_first_and_others_fill_in(sheet, source, spectrum, label, thickness):
    read = sheet(MATCHING)
    film = read.sample_for(read.path.parent / source, spectrum)
    assert (film.label, film.thickness) == (label, thickness)


def test_names_are_relative_to_the_sheet_and_not_to_the_current_folder(sheet, tmp_path, monkeypatch):
    read = sheet("file,label\nfilm.DTA,x\n")
    assert read.sample_for(tmp_path / "sub" / ".." / "film.DTA").label == "x"
    assert read.sample_for("film.DTA") is None
    assert read.sample_for(tmp_path / "sub" / "film.DTA") is None
    monkeypatch.chdir(tmp_path)
    assert read_sheet("samples.csv").sample_for("film.DTA").label == "x"
    assert read_sheet("samples.csv").sample_for(tmp_path / "film.DTA").label == "x"


def test_a_folder_reached_by_a_link_is_the_same_folder(tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    (real / "samples.csv").write_text("file,label\nfilm.DTA,x\n")
    link = tmp_path / "link"
    try:
        link.symlink_to(real, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    assert read_sheet(real / "samples.csv").sample_for(link / "film.DTA").label == "x"


def test_windows_separators_and_decomposed_accents_are_the_same_name(sheet):
    read = sheet("file,label\nsub\\caf\u00e9.DTA,x\n")
    assert read.sample_for(read.path.parent / "sub" / "cafe\u0301.DTA").label == "x"


def test_two_equally_exact_rows_are_refused_naming_both(sheet):
    read = sheet("file,label\na*.DTA,x\n*b.DTA,y\n")
    assert read.sample_for(read.path.parent / "a.DTA").label == "x"
    with pytest.raises(InvalidSheet, match=r"rows 2 and 3 both fit spectrum 0 of .*ab.DTA"):
        read.sample_for(read.path.parent / "ab.DTA")


def test_rows_that_fit_nothing_are_told(sheet):
    read = sheet("file,spectrum,label\na.DTA,0,x\na.DTA,7,y\nb*.DTA,,z\nc*.DTA,,w\n")
    folder = read.path.parent
    assert [row.line for row in read.unused([(folder / "a.DTA", 0), (folder / "c1.DTA", 0)])] == [3, 4]


def spectrum(**kwargs):
    return Spectrum(frequency=[10.0, 1.0], impedance=[1 - 1j, 1 - 2j], **kwargs)


def test_a_template_reads_back_as_what_the_files_say(tmp_path):
    known = spectrum(temperature=298.15, meta={"area_m2": 5e-5})
    sources = [(tmp_path / "two.DTA", 0, known), (tmp_path / "two.DTA", 1, spectrum()), (tmp_path / "=x.DTA", 0, known)]
    write_template(sources, tmp_path / "new" / "samples.csv")
    text = (tmp_path / "new" / "samples.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith("file,spectrum,label,group,stack,state,thickness_um")
    assert not re.search(r"^[=+@-]", text, re.MULTILINE)
    read = read_sheet(tmp_path / "new" / "samples.csv")
    assert [row.spectrum for row in read.rows] == [0, 1, None]
    film = read.sample_for(tmp_path / "=x.DTA")
    assert (film.area, film.temperature, film.thickness) == (5e-5, 298.15, None)
    assert read.sample_for(tmp_path / "two.DTA", 1) == Sample()
    assert read.unused([(source, index) for source, index, _ in sources]) == []


def test_a_template_goes_to_a_stream_and_never_over_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stream = io.StringIO()
    write_template([("a.DTA", 0, spectrum())], stream)
    assert stream.getvalue().splitlines()[1].startswith("a.DTA,,")
    (tmp_path / "samples.csv").write_text("filled in")
    with pytest.raises(InvalidOption, match="exists"):
        write_template([("a.DTA", 0, spectrum())], tmp_path / "samples.csv")
    assert (tmp_path / "samples.csv").read_text() == "filled in"


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from(["file,thickness\n", "file;area_cm2\n", ""]))
@example("[z-a]*,1 um\n", "file,thickness\n")
@example("a\x00", "")
def test_any_text_is_a_sheet_or_our_error(tmp_path_factory, text, header):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes((header + text).encode())
    try:
        read = read_sheet(path)
        read.sample_for(path.parent / "a.DTA")
    except InvalidSheet:
        return
    assert all(row.pattern for row in read.rows)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_sheet_or_our_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(data)
    try:
        read = read_sheet(path)
    except InvalidSheet:
        return
    assert all(row.pattern for row in read.rows)
