"""Every real file and every shipped sample, mutated in every way: never other numbers, never another exception.

A seeded choice of the mutations by default; all of them with LIPON_EIS_EXHAUSTIVE=1 in the environment.
"""

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

import layouts
import numpy as np
import pytest
from mutations import KINDS, Export
from reader_cases import LAYOUTS, REAL, real_files

from lipon_eis.errors import UnreadableFile
from lipon_eis.readers import read

EXHAUSTIVE = bool(os.environ.get("LIPON_EIS_EXHAUSTIVE"))
CHOSEN = 3  # mutants of a kind and file by default
SLOW = 100_000  # bytes: of a larger file one
SAMPLES = Path(str(files("lipon_eis.sample_spectra")))
NO_EXPORTS = ("samples.csv", "truth.json")

PATHS = {
    **{row["file"]: REAL / row["file"] for row in real_files()},
    **{path.name: path for path in sorted(SAMPLES.glob("*.*")) if path.suffix not in (".py", ".md", ".pyc")},
}
PATHS = {name: path for name, path in PATHS.items() if name not in NO_EXPORTS}
BYTES = {f"layout {name}": layouts.encoded(*content) for name, content in LAYOUTS.items()}


def content(name):
    return BYTES[name] if name in BYTES else PATHS[name].read_bytes()


@cache
def expected(name, folder):
    """Spectra of the file as it is, or None where it is refused."""
    path = folder / "whole.dat"
    path.write_bytes(content(name))
    try:
        return read(path)
    except UnreadableFile:
        return None


def among(got, whole):
    """Tell whether every point of a spectrum is one of another."""
    if len(got) == len(whole) and np.array_equal(got.frequency, whole.frequency):
        near = np.abs(got.impedance - whole.impedance) <= 1e-9 * np.abs(whole.impedance)
        if (near | ~np.isfinite(whole.impedance)).all():
            return True
    for f, z in zip(got.frequency, got.impedance, strict=True):
        near = whole.impedance[np.isclose(whole.frequency, f, rtol=1e-12, atol=0)]
        if not (np.abs(near - z) <= 1e-9 * np.abs(z)).any() and np.isfinite(z):
            return False
    return True


def problem(mutant, wanted, folder):
    """Say in what way the outcome of a mutant is wrong, or return an empty text."""
    path = folder / (mutant.name or "film.dat")
    path.write_bytes(mutant.data)
    try:
        spectra = read(path)
    except UnreadableFile as error:
        if mutant.read and wanted is not None:
            return f"refused: {error}"
        if mutant.line and error.line not in (None, mutant.line):
            return f"names the wrong line: {error}"
        return "" if str(path) in str(error) else f"does not name the file: {error}"
    except Exception as error:  # that nothing else comes is what is asked here
        return f"{type(error).__name__}: {error}"
    finally:
        path.unlink()
    if wanted is None:
        return f"read, though the whole file is refused: {sum(map(len, spectra))} points"
    if len(spectra) > len(wanted):
        return f"{len(spectra)} spectra of {len(wanted)}"
    for k, got in enumerate(spectra):
        if not among(got, wanted[k]) and not any(among(got, other) for other in wanted):
            return f"spectrum {k} holds other numbers"
    points, whole = sum(map(len, spectra)), sum(map(len, wanted))
    if points < whole and mutant.same:
        return f"{points} of {whole} points"
    if points < whole and mutant.said and not any("left out" in n or "not read" in n for s in spectra for n in s.notes):
        return f"{points} of {whole} points, and no note says so"
    return ""


def chosen(mutants, name, kind):
    """All of them, or a seeded few."""
    if EXHAUSTIVE:
        return mutants
    count = 1 if len(content(name)) > SLOW else CHOSEN * (1 + 3 * (kind == "cut"))
    if len(mutants) <= count:
        return mutants
    seed = sum(name.encode()) + sum(kind.encode())
    return [mutants[k] for k in np.random.default_rng(seed).choice(len(mutants), count, replace=False)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mutants")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*PATHS, *BYTES])
def test_a_mutated_file_holds_the_same_numbers_or_fewer_or_is_refused(name, kind, folder):
    wanted = expected(name, folder)
    mutants = list(KINDS[kind](Export(content(name))))
    if wanted is None and kind not in ("cut", "line ends and encodings", "wrong suffix"):
        pytest.skip("the file is refused as it is")
    found = {mutant.what: problem(mutant, wanted, folder) for mutant in chosen(mutants, name, kind)}
    assert not any(found.values()), {what: wrong for what, wrong in found.items() if wrong}
