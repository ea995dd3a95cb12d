"""Real instrument files equal what independent readers found in them, or are refused where they hold nothing."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from reader_cases import REAL, real_files, reference

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

MANIFEST = real_files()
pytestmark = pytest.mark.skipif(not MANIFEST, reason="the folder of real files is not at hand")

READ = {
    "autolab_txt",
    "biologic_mpr",
    "biologic_mpt",
    "chi_txt",
    "csv_generic",
    "eclab_p00",
    "gamry_dta",
    "ivium_idf",
    "ivium_ids",
    "novocontrol_txt",
    "palmsens_pssession",
    "parstat_txt",
    "powersuite_txt",
    "relaxis_txt",
    "versastudio_par",
    "zahner_csv",
    "zahner_ism",
    "zplot_z",
}
REFUSED = ("NEGATIVE", "AMBIGUOUS")
IN_PART = ("SUBSET", "FREE")  # the reference holds some of the spectra, or none


def agrees(spectra, expected):
    return len(spectra) == len(expected) and all(
        len(s) == len(f)
        and np.allclose(s.frequency, f, rtol=1e-6, atol=0)
        and np.all(np.abs(s.impedance - z) <= 1e-6 * np.abs(z))
        for s, (f, z) in zip(spectra, expected, strict=True)
    )


def files(wanted):
    return [pytest.param(row, id=row["file"]) for row in MANIFEST if wanted(row)]


@pytest.mark.parametrize(
    "row", files(lambda row: row["format"] in READ and not any(w in row["oddities"] for w in REFUSED + IN_PART))
)
def test_a_file_of_these_formats_equals_its_reference(row):
    spectra = read(REAL / row["file"])
    assert agrees(spectra, reference(row))
    assert all(s.meta["sha256"] == row["sha256"] for s in spectra)


@pytest.mark.parametrize("row", files(lambda row: row["format"] in READ and any(w in row["oddities"] for w in IN_PART)))
def test_each_spectrum_of_a_reference_in_part_is_among_those_read(row):
    spectra = read(REAL / row["file"])
    assert spectra
    assert all(any(agrees([s], [expected]) for s in spectra) for expected in reference(row))


@pytest.mark.parametrize("row", files(lambda row: any(w in row["oddities"] for w in REFUSED)))
def test_a_file_without_a_sure_spectrum_is_refused(row):
    with pytest.raises(UnreadableFile, match=r"freq|no reader|--imaginary|found the columns"):
        read(REAL / row["file"])


@pytest.mark.parametrize("row", files(lambda row: row["format"] not in READ))
def test_a_file_of_another_format_is_read_rightly_or_refused(row):
    try:
        spectra = read(REAL / row["file"])
    except UnreadableFile:
        return
    assert agrees(spectra, reference(row))


def test_the_ambiguous_file_is_read_once_the_user_says_the_sign():
    row = next(row for row in MANIFEST if "AMBIGUOUS" in row["oddities"])
    ((f, z),) = reference(row)
    for imaginary, sign in (("as-is", 1), ("negated", -1)):
        (spectrum,) = read(REAL / row["file"], imaginary=imaginary)
        assert_allclose(spectrum.frequency, f)
        assert_allclose(np.abs(spectrum.impedance.imag), np.abs(z.imag))
        assert np.all(np.sign(spectrum.impedance.imag) == sign)


def test_a_real_area_is_taken_and_a_placeholder_is_not():
    entered = read(REAL / "biologic_mpt/yadg__peis.issue_225.with_ece.mpt")[0].meta
    assert entered["area_m2"] == pytest.approx(1.131e-4)
    for name in ("biologic_mpt/impedance__exampleDataBioLogic.mpt", "gamry_dta/impedance__exampleDataGamry.DTA"):
        meta = read(REAL / name)[0].meta
        assert "area_m2" not in meta
        assert any("default" in what for what in meta["ignored"])
