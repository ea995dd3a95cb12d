"""What the tests of the readers share: a spectrum, a file in every layout, the real files if they are at hand."""

import csv
import os
from pathlib import Path

import layouts
import numpy as np

SHARED = Path(os.environ.get("LIPON_EIS_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
REAL = SHARED / "real_exports"


def film(n=25, top=1e6, bottom=0.1, r=1234.5):
    """A film between blocking electrodes: one arc, then a rising line, a little lead inductance."""
    f = np.geomspace(top, bottom, n)
    s = 2j * np.pi * f
    return f, 12.3 + r / (1 + r * (s * 3e-9) ** 0.93) + 1 / (2e-6 * s**0.9) + 1e-7 * s


F, Z = film()

LAYOUTS = {
    "gamry": (layouts.gamry(F, Z), "cp1252", "\n"),
    "gamry-aborted": (layouts.gamry(F, Z, aborted=True, decimal=","), "cp1252", "\r\n"),
    "biologic": (layouts.biologic_mpt([(F, Z)]), "cp1252", "\r\n"),
    "biologic-loops": (layouts.biologic_mpt([(F, Z), (F, 2 * Z)], decimal=","), "cp1252", "\r\n"),
    "zplot": (layouts.zplot(F, Z), "utf-8", "\r\n"),
    "zplot-old": (layouts.zplot(F, Z, old=True), "utf-8", "\r\n"),
    "semicolon": (layouts.delimited(F, Z), "cp1252", "\r\n"),
    "comma": (
        layouts.delimited(F, Z, names=("frequency_hz", "z_re_ohm", "z_im_ohm"), mark=",", decimal=".", form=".17g"),
        "utf-8",
        "\n",
    ),
    "tab": (layouts.delimited(F, Z, mark="\t", decimal=".", form=".5E"), "utf-8", "\n"),
}


def real_files():
    """Rows of the manifest of real files; empty where they are not at hand."""
    if not (REAL / "manifest.csv").exists():
        return []
    with open(REAL / "manifest.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def reference(row):
    """Spectra of the reference as (frequency, impedance) by falling frequency."""
    path = REAL / "reference" / (row["file"] + ".csv")
    if not path.exists():
        return []
    by_spectrum = {}
    with open(path, encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            by_spectrum.setdefault(line["spectrum"], []).append(
                [float(line[k]) for k in ("frequency_hz", "z_re_ohm", "z_im_ohm")]
            )
    made = []
    for points in by_spectrum.values():
        f, re, im = np.array(points).T
        order = np.argsort(-f, kind="stable")
        made.append((f[order], (re + 1j * im)[order]))
    return made
