"""Damage done to a file, and what may come of it: fewer points, or our own error; never other numbers."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read


def spectra_or_our_error(path):
    """Read a damaged file; where it is refused, the error must be ours and name the file."""
    try:
        return read(path)
    except UnreadableFile as error:
        message = str(error)
    assert str(path) in message
    return []


def assert_only_points_of(path, expected):
    """Read a damaged file: an error of ours, or points that are all among those expected."""
    spectra = spectra_or_our_error(path)
    for f, z in (point for s in spectra for point in zip(s.frequency, s.impedance, strict=True)):
        same = [abs(s.impedance[s.frequency == f] - z) <= 1e-9 * abs(z) for s in expected]
        assert np.concatenate(same).any(), f"{f} Hz, {z} Ω is in no row of the file"
    assert len(spectra) <= len(expected)


def assert_cuts_hold_no_other_numbers(data, folder, places=80):
    """Cut a file at many places."""
    whole = folder / "whole.dat"
    whole.write_bytes(data)
    expected = read(whole)
    cut = folder / "cut.dat"
    random = np.random.default_rng(2)
    late = random.integers(len(data) // 2, len(data), places // 2)
    for place in {*np.linspace(0, len(data) - 1, places // 2).astype(int).tolist(), *late.tolist()}:
        cut.write_bytes(data[:place])
        assert_only_points_of(cut, expected)


def assert_mutations_raise_our_errors_only(data, folder, examples=60):
    """Overwrite, insert and delete bytes anywhere."""

    @settings(max_examples=examples, deadline=2000, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.integers(0, len(data)), st.integers(0, 40), st.binary(max_size=12) | st.sampled_from(EVIL))
    def mutate(at, gone, new):
        path = folder / "mutated.dat"
        path.write_bytes(data[:at] + new + data[at + gone :])
        spectra_or_our_error(path)

    mutate()


EVIL = [
    b"\n\n",
    b";;;;",
    b"1e999",
    b"nan",
    b"-",
    b"<Segment1>\n",
    b"Definition=\n",
    b"\t",
    b'"',
    b",",
    b"=",
    b"\xff\xfe",
]
