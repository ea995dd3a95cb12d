"""Make the folder `sample_spectra`: simulated exports, their sample sheet, their truth.

    python tests/make_sample_spectra.py

A film is described by what a material scientist would say of it (thickness, area, conductivity,
permittivity, …); circuit values follow from that by the formulas of `sample_nouns`. Here stand the cells
that a laboratory measures every day, in `sample_systems` the others. The noise has fixed seeds, and every
run makes the same bytes.
"""

import csv
import io
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lipon_eis.spectrum import Spectrum

sys.path += [str(Path(__file__).parent), str(Path(__file__).parent / "readers")]

import layouts
import sample_systems
from sample_nouns import BOLTZMANN, NOISE, SIMULATED, Export, Film, Measurement, arc, sweep

FOLDER = Path(__file__).parents[1] / "sample_spectra"


def blocking_film(celsius: float, seed: int, *, lead: float = 6.0, inductance: float = 0.0, label: str) -> Measurement:
    """Pt/LiPON/Pt, the same film at any temperature."""
    kelvin = celsius + 273.15
    sigma = 2.3e-6 * math.exp(-0.55 / BOLTZMANN * (1 / kelvin - 1 / 298.15))
    film = Film(thickness=1.2e-6, area=0.5e-4, sigma=sigma)
    leads = (inductance, lead) if inductance else (lead,)
    return Measurement(
        label=label,
        film=film,
        circuit="lipon-blocking",
        text="L0-R0-p(R1,CPE1)-CPE2" if inductance else "R0-p(R1,CPE1)-CPE2",
        values=(*leads, *film.bulk, 1.0e-6, 0.92),
        frequency=sweep(1e6, 0.1) if inductance else sweep(7e6, 1),
        stack="Pt/LiPON/Pt",
        sheet={"group": "film-A", "state": "as-deposited", "temperature_C": celsius},
        derived={"sigma_bulk": sigma, "eps_r_bulk": film.eps_r},
        seed=seed,
    )


def polycrystalline_film(seed: int) -> Measurement:
    """Pt/LATPON/Pt: grains of 60 nm, boundaries of 2 nm and equal permittivity (brick layers in series)."""
    film = Film(thickness=0.8e-6, area=0.1e-4, sigma=8e-6, eps_r=40.0)
    grain_over_boundary, sigma_boundary = 60 / 2, 9e-8
    boundary = Film(film.thickness / grain_over_boundary, film.area, sigma_boundary, film.eps_r)
    return Measurement(
        label="LATPON film",
        film=film,
        circuit="polycrystalline-blocking",
        text="R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
        values=(8.0, *film.bulk, *arc(boundary.resistance, boundary.capacitance, 0.92), 2.0e-6, 0.93),
        frequency=sweep(5e6, 0.1),
        stack="Pt/LATPON/Pt",
        sheet={"group": "film-B", "state": "annealed", "temperature_C": 25, "grain_size_nm": 60},
        derived={
            "sigma_bulk": film.sigma,
            "sigma_grain_boundary": sigma_boundary,
            "sigma_grain_boundary_apparent": film.sigma_through(boundary.resistance),
            "sigma_total": film.sigma_through(film.resistance, boundary.resistance),
            "eps_r_bulk": film.eps_r,
        },
        seed=seed,
    )


def contact_film(seed: int) -> Measurement:
    """A blocking cell whose contact carries a thin layer of its own, 48 ohm cm2 and 1.3 µF/cm2."""
    film = Film(thickness=0.6e-6, area=0.01e-4, sigma=1.0e-6)
    layer = arc(48 / film.cm2, 1.3e-6 * film.cm2, 0.93)
    return Measurement(
        label="LiPON dot with contact film",
        film=film,
        circuit="lipon-blocking-interface",
        text="R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
        values=(60.0, *film.bulk, *layer, 1.5e-7, 0.93),
        frequency=sweep(1e6, 0.1),
        stack="TiN/LiPON/Au",
        sheet={"group": "film-C", "state": "as-deposited", "temperature_C": 25, "device": "dot 3"},
        derived={
            "sigma_bulk": film.sigma,
            "sigma_with_film": film.sigma_through(film.resistance, layer[0]),
            "asr_interface_film": 48.0,
            "eps_r_bulk": film.eps_r,
        },
        seed=seed,
    )


def lithium_cell(seed: int) -> Measurement:
    """Li/LiPON/Li: 15 ohm cm2 and 4 µF/cm2 a side, two sides in series."""
    film = Film(thickness=1.5e-6, area=0.2e-4, sigma=2.0e-6)
    both_sides = arc(2 * 15 / film.cm2, 4e-6 * film.cm2 / 2, 0.90)
    return Measurement(
        label="Li/LiPON/Li",
        film=film,
        circuit="li-lipon-li",
        text="R0-p(R1,CPE1)-p(R2,CPE2)",
        values=(9.0, *film.bulk, *both_sides),
        frequency=sweep(7e6, 1),
        stack="Li/LiPON/Li",
        sheet={"group": "cell-D", "state": "as-deposited", "temperature_C": 25},
        derived={"sigma_bulk": film.sigma, "eps_r_bulk": film.eps_r, "asr_anode_interface": 15.0},
        seed=seed,
    )


def battery(asr: float, capacitance: float, highest: float, sheet: dict[str, object], seed: int) -> Measurement:
    """Li/LiPON/LCO: charge transfer of this ASR [ohm cm2] and capacitance [F/cm2]; all else stays as it was."""
    film = Film(thickness=1.4e-6, area=0.25e-4, sigma=2.0e-6)
    lithium = arc(25 / film.cm2, 1.6e-6 * film.cm2, 0.93)
    transfer = arc(asr / film.cm2, capacitance * film.cm2, 0.93)
    length, diffusivity = 0.1e-4, 5e-12  # cm, cm2/s
    time = length**2 / diffusivity
    return Measurement(
        label=f"Li/LiPON/LCO {sheet['state']}",
        film=film,
        circuit="li-lipon-lco",
        text="R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
        values=(7.0, *film.bulk, *lithium, *transfer, 200 / film.cm2, time),
        frequency=sweep(highest, 0.01),
        stack="Li/LiPON/LCO",
        sheet={"group": "cell-E", "temperature_C": 25, "cathode_thickness_um": 0.1, "voltage_V": 3.95, **sheet},
        derived={
            "sigma_bulk": film.sigma,
            "eps_r_bulk": film.eps_r,
            "asr_anode_interface": 25.0,
            "asr_charge_transfer": asr,
            "diffusion_time": time,
        },
        seed=seed,
    )


def mpt(spectra: list[Spectrum]) -> bytes:
    text = layouts.biologic_mpt([(s.frequency, s.impedance) for s in spectra], comment=SIMULATED)
    return layouts.encoded(text, "cp1252", "\r\n")


def dta(area_cm2: float) -> Callable[[list[Spectrum]], bytes]:
    def write(spectra: list[Spectrum]) -> bytes:
        (s,) = spectra
        text = layouts.gamry(s.frequency, s.impedance, area_cm2=area_cm2, comment=SIMULATED)
        return layouts.encoded(text, "cp1252", "\r\n")

    return write


def z(spectra: list[Spectrum]) -> bytes:
    (s,) = spectra
    return layouts.encoded(layouts.zplot(s.frequency, s.impedance, comment=SIMULATED), "cp1252", "\r\n")


def semicolon_csv(spectra: list[Spectrum]) -> bytes:
    """As a spreadsheet of a European locale writes it."""
    (s,) = spectra
    preamble = (SIMULATED, "Temperature: 25,0 °C", "Area: 1,00 mm²")
    text = layouts.delimited(s.frequency, s.impedance, form=".7g", preamble=preamble)
    return layouts.encoded(text, "cp1252", "\r\n")


def modulus_and_phase(spectra: list[Spectrum]) -> bytes:
    """Tab-separated, in kHz, kOhm and degrees."""
    (s,) = spectra
    degrees = np.degrees(np.angle(s.impedance))
    columns = (s.frequency / 1e3, np.abs(s.impedance) / 1e3, degrees)
    rows = ["\t".join(f"{value:.7g}" for value in row) for row in zip(*columns, strict=True)]
    lines = [f"# {SIMULATED}", "# Temperature: 25 °C", "Frequency (kHz)\t|Z| (kOhm)\tPhase (deg)", *rows]
    return layouts.encoded("\n".join(lines) + "\n", "utf-8")


REVIEW = "Dai et al., Materials Futures (2022)"
BATES = f"2.3e-6 S/cm and 0.55 eV: {REVIEW}, section on LiPON. Permittivity, contacts, leads: chosen."
FRESH = {"state": "as-deposited"}
ANNEALED = {"state": "annealed", "anneal_C": 200, "anneal_min": 30}

EXPORTS = (
    Export("A1_lipon_minus10C.mpt", mpt, (blocking_film(-10, 1, label="LiPON -10 °C"),), BATES),
    Export("A2_lipon_0C.mpt", mpt, (blocking_film(0, 2, label="LiPON 0 °C"),), BATES),
    Export("A3_lipon_10C.mpt", mpt, (blocking_film(10, 3, label="LiPON 10 °C"),), BATES),
    Export(
        "A4_lipon_25C.mpt",
        mpt,
        (blocking_film(25, 4, label="LiPON 25 °C, loop 1"), blocking_film(25, 5, label="LiPON 25 °C, loop 2")),
        BATES,
    ),
    Export("A5_lipon_40C.mpt", mpt, (blocking_film(40, 6, label="LiPON 40 °C"),), BATES),
    Export(
        "A6_lipon_25C_long_leads.DTA",
        dta(0.5),
        (blocking_film(25, 7, lead=7.0, inductance=0.4e-6, label="LiPON 25 °C, long leads"),),
        BATES,
    ),
    Export(
        "B1_latpon.z",
        z,
        (polycrystalline_film(8),),
        f"Total conductivity within the 1.22e-6 to 1.22e-5 S/cm of Li-Al-Ti-P-O-N: {REVIEW}, Table 2. Its share of "
        "grains and boundaries, grain size, permittivity, contacts: chosen.",
    ),
    Export(
        "C1_lipon_contact_film.csv",
        semicolon_csv,
        (contact_film(9),),
        "Circuit and layers as described by Put et al., J. Electrochem. Soc. 166, A1239 (2019), "
        "doi 10.1149/2.1191906jes. All values: chosen.",
    ),
    Export(
        "D1_li_lipon_li.txt",
        modulus_and_phase,
        (lithium_cell(10),),
        "Circuit as described by Vadhva et al., ChemElectroChem (2021). Conductivity about that of the review's "
        f"abstract, 2e-6 S/cm: {REVIEW}. Interface: chosen.",
    ),
    Export(
        "E1_li_lipon_lco_as_deposited.mpt",
        mpt,
        (battery(600, 3e-6, 7e6, FRESH, 11),),
        "Three arcs and their order as described by Vadhva et al., ChemElectroChem (2021). Interfaces and "
        "diffusion: chosen.",
    ),
    Export(
        "E2_li_lipon_lco_annealed.DTA",
        dta(0.25),
        (battery(100, 18e-6, 1e6, ANNEALED, 12),),
        "As before annealing, but for the charge transfer: heating to 473 K lowers its resistance and leaves its "
        "activation energy, Iriyama et al., Solid State Ionics 176, 2371 (2005), abstract. Read as more active area: "
        "the resistance falls and the capacitance grows by one factor, here 6, which is chosen.",
    ),
    *sample_systems.EXPORTS,
)

SHEET_COLUMNS = (
    "file", "spectrum", "label", "group", "stack", "state", "thickness_um", "thickness_stderr_um",
    "area_cm2", "area_stderr_cm2", "temperature_C", "cathode_thickness_um", "grain_size_nm", "anneal_C", "anneal_min",
    "voltage_V", "device", "preparation", "cycle", "geometry", "cell_constant_per_cm", "stray_capacitance_pF",
)  # fmt: skip


def sheet() -> str:
    """The sample sheet: thickness to 3 %, area to 2 %."""
    text = io.StringIO()
    writer = csv.DictWriter(text, SHEET_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for export in EXPORTS:
        for index, m in enumerate(export.measurements):
            geometry = {
                "thickness_um": f"{1e6 * m.film.thickness:g}",
                "thickness_stderr_um": f"{0.03e6 * m.film.thickness:g}",
                "area_cm2": f"{m.film.cm2:g}",
                "area_stderr_cm2": f"{0.02 * m.film.cm2:g}",
            }
            writer.writerow(
                {"file": export.name, "spectrum": index, "label": m.label, "stack": m.stack, **geometry, **m.sheet}
            )
    return text.getvalue()


def truth() -> str:
    """What went into each spectrum: values in SI; derived quantities in the units of results.json."""
    spectra = [
        {
            "file": export.name,
            "spectrum": index,
            "label": m.label,
            "circuit": {"name": m.circuit, "text": m.text},
            "values": m.truth,
            "derived": m.derived,
            **({"alarms": list(m.alarms)} if m.alarms else {}),
            "noise": {"standard_deviation": NOISE, "of": "|Z|, on each of Re and Im, normal", "seed": m.seed},
            "source": export.source,
        }
        for export in EXPORTS
        for index, m in enumerate(export.measurements)
    ]
    document = {"about": SIMULATED, "made_by": "tests/make_sample_spectra.py", "spectra": spectra}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def files() -> dict[str, bytes]:
    """Every file that is made, by name."""
    made = {export.name: export.write([m.spectrum for m in export.measurements]) for export in EXPORTS}
    return {**made, "samples.csv": sheet().encode("utf-8-sig"), "truth.json": truth().encode()}


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
        print(f"{len(content):7d}  {name}")
