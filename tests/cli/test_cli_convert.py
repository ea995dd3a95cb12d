"""lipon-eis convert: exports to tidy CSV, one name a spectrum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipon_eis.cli.convert import file_names
from lipon_eis.readers import read


def test_numbers_come_back_bit_by_bit(run, sample):
    for name, index, to in (
        ("A4_lipon_25C.mpt", 1, "tidy/A4_lipon_25C-1.csv"),
        ("B1_latpon.z", 0, "tidy/B1_latpon.csv"),
        ("E2_li_lipon_lco_annealed.DTA", 0, "tidy/E2_li_lipon_lco_annealed.csv"),
    ):
        before = read(sample(name))[index]
        result = run("convert", name, "-o", "tidy")
        assert result.exit_code == 0
        assert to in result.stdout.split()
        (after,) = read(to)
        np.testing.assert_array_equal(after.frequency, before.frequency)
        np.testing.assert_array_equal(after.impedance, before.impedance)


def test_rows_fall_in_frequency_and_masked_points_are_there(run, here):
    (here / "gap.csv").write_text("frequency_hz,z_re_ohm,z_im_ohm\n1,30,-3\n10,nan,nan\n100,20,-2\n1000,10,-1\n")
    run("convert", "gap.csv", "-o", "tidy")
    assert (here / "tidy" / "gap.csv").read_text().splitlines() == [
        "frequency_hz,z_re_ohm,z_im_ohm",
        "1000.0,10.0,-1.0",
        "100.0,20.0,-2.0",
        "10.0,nan,nan",
        "1.0,30.0,-3.0",
    ]


def test_equal_stems_take_the_folder_and_nothing_is_written_twice(run, film, here):
    film("a/film.csv", seed=1)
    film("b/film.csv", seed=2)
    result = run("convert", "a", "b", "-o", "tidy")
    assert result.stdout.split() == ["tidy/a-film.csv", "tidy/b-film.csv"]
    assert (here / "tidy" / "a-film.csv").read_text() == (here / "a" / "film.csv").read_text()
    assert (here / "tidy" / "b-film.csv").read_text() == (here / "b" / "film.csv").read_text()


def test_a_second_run_does_not_convert_its_own_output(run, film, here):
    film("exports/film.csv")
    run("convert", "exports", "-o", "exports/tidy")
    result = run("convert", "exports", "-o", "exports/tidy")
    assert result.stdout.split() == ["exports/tidy/film.csv"]
    assert "1 already in exports/tidy: not converted again" in result.stderr
    assert [path.name for path in (here / "exports" / "tidy").iterdir()] == ["film.csv"]


def test_a_broken_file_is_named_and_the_rest_is_converted(run, film, here):
    film("exports/film.csv")
    (here / "exports" / "ocv.DTA").write_text("EXPLAIN\nOCVCURVE\n")
    result = run("convert", "exports", "-o", "tidy")
    assert (result.exit_code, result.stdout) == (1, "tidy/film.csv\n")
    assert result.stderr.startswith("Error: exports/ocv.DTA: ")


def test_nothing_to_convert_is_exit_code_3_and_makes_no_folder(run, here):
    (here / "exports").mkdir()
    assert run("convert", "exports", "-o", "tidy").exit_code == 3
    assert not (here / "tidy").exists()


@pytest.mark.parametrize(
    ("origins", "names"),
    [
        ([("x/a.mpt", 0), ("x/a.mpt", 1)], ["a-0.csv", "a-1.csv"]),
        ([("x/a.mpt", 0), ("x/a.DTA", 0)], ["x-a.mpt.csv", "x-a.DTA.csv"]),
        ([("x/1/a.z", 0), ("y/1/a.z", 0), ("y/2/b.z", 0)], ["x-1-a.csv", "y-1-a.csv", "b.csv"]),
        ([("x/Film.z", 0), ("y/film.z", 0)], ["x-Film.csv", "y-film.csv"]),
        ([("a.mpt", 0), ("a.mpt", 1), ("a-0.z", 0)], ["a.mpt-0.csv", "a.mpt-1.csv", "a-0.z.csv"]),
    ],
)
def test_names_are_as_short_as_they_may_be(origins, names):
    assert file_names(origins) == names


PART = st.sampled_from(["a", "A", "b", "a-b", "a-0"])
SOURCE = st.builds(
    lambda root, folders, stem, suffix: root + "/".join([*folders, stem + suffix]),
    st.sampled_from(["", "/", "../"]),
    st.lists(PART, max_size=2),
    PART,
    st.sampled_from([".z", ".csv", ""]),
)


@given(st.lists(st.tuples(SOURCE, st.integers(0, 2)), unique=True, max_size=12))
def test_no_two_spectra_ever_share_a_name(origins):
    names = file_names(origins)
    assert len({name.casefold() for name in names}) == len(origins)
    assert not any("/" in name for name in names)
