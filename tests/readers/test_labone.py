"""LabOne sweeps: a table on its side, filled up with NaN, phases in radians."""

import numpy as np
import pytest
from damage import assert_cuts_hold_no_other_numbers, assert_mutations_raise_our_errors_only
from numpy.testing import assert_allclose
from reader_cases import F, Z

from lipon_eis.errors import UnreadableFile, UnrecognisedFile
from lipon_eis.readers import read

ALL = ("absz", "frequency", "grid", "imagz", "param0", "phasez", "realz", "realzstddev")


def fields(f, z):
    return {
        "absz": np.abs(z),
        "frequency": f,
        "grid": f,
        "imagz": z.imag,
        "param0": np.ones(f.size),
        "phasez": np.angle(z),
        "realz": z.real,
        "realzstddev": 0.01 * np.abs(z),
    }


def labone(*sweeps, names=ALL, width=None, mark=";"):
    width = width or max(f.size for f, _ in sweeps)
    lines = [mark.join(["chunk", "timestamp", "size", "fieldname", *([""] * width)])]
    for chunk, (f, z) in enumerate(sweeps):
        for name in names:
            values = [f"{v:.15g}" for v in fields(f, z)[name]] + ["nan"] * (width - f.size)
            lines.append(mark.join([str(chunk), "11257490332120", str(f.size), name, *values]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("mark", [";", ","])
def test_each_chunk_is_a_spectrum(write, mark):
    spectra = read(write(labone((F, Z), (F[:20], 2 * Z[:20]), mark=mark)))
    assert [len(s) for s in spectra] == [25, 20]
    assert_allclose(spectra[0].impedance, Z, rtol=1e-12)
    assert_allclose(spectra[1].impedance, 2 * Z[:20], rtol=1e-12)
    assert [s.meta["loop"] for s in spectra] == [0, 1]
    assert spectra[0].meta["format"] == "labone"
    assert {"field grid", "field realzstddev"} <= set(spectra[0].meta["ignored"])


def test_modulus_and_phase_in_radians_say_the_same(write):
    (spectrum,) = read(write(labone((F, Z), names=("absz", "frequency", "phasez"))))
    assert_allclose(spectrum.impedance, Z, rtol=1e-12)


def test_fields_that_contradict_are_refused(write):
    text = labone((F, Z)).replace(";phasez;", ";x;").replace(";param0;", ";phasez;")
    with pytest.raises(UnreadableFile, match="contradict each other"):
        read(write(text))


def test_points_not_reached_are_not_there(write):
    f, z = F.copy(), Z.copy()
    f[20:] = np.nan
    z[20:] = complex(np.nan, np.nan)
    (spectrum,) = read(write(labone((f, z))))
    assert len(spectrum) == 20
    assert spectrum.notes == ()


def test_a_sweep_up_and_down_is_two_spectra(write):
    spectra = read(write(labone((np.r_[F, F[::-1]], np.r_[Z, 2 * Z[::-1]]))))
    assert [len(s) for s in spectra] == [25, 25]


def test_a_sweep_without_a_frequency_is_refused(write):
    with pytest.raises(UnreadableFile, match="expected the fields frequency"):
        read(write(labone((F, Z), names=("grid", "imagz", "realz"))))


def test_a_demodulators_sweep_is_not_ours(write):
    with pytest.raises(UnrecognisedFile):
        read(write(labone((F, Z), names=("frequency",)).replace(";frequency;", ";r;")))


def test_damage_gives_no_other_numbers(tmp_path):
    data = labone((F, Z), (F, 2 * Z)).encode()
    assert_cuts_hold_no_other_numbers(data, tmp_path)
    assert_mutations_raise_our_errors_only(data, tmp_path)
