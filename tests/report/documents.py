"""Complete result documents, simulated: what the report room is tested on.

Nothing here fits anything. A spectrum is the impedance of a known circuit with noise; its "fit" is
the noise-free impedance, and the error bars are of the size that such noise gives.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

CREATED = "2024-05-17T09:30:00+00:00"
EPS0 = 8.8541878128e-12
BOLTZMANN_EV = 8.617333262e-5


@dataclass(frozen=True)
class Kind:
    """A measured thing: circuit, roles, values at 25 °C, window and geometry."""

    name: str
    text: str
    roles: dict
    values: dict
    answers: tuple
    window: tuple = (1e-1, 7e6)
    thickness: float | None = 1.2e-6
    area: float | None = 5e-5
    activated: dict = field(default_factory=dict)


FILM = Kind(
    "lipon-blocking",
    "R0-p(R1,CPE1)-CPE2",
    {"R0": "lead.resistance", "R1": "bulk.resistance", "CPE1": "bulk.capacitance", "CPE2": "electrode.capacitance"},
    {"R0": 6.0, "R1": 104.0, "CPE1_0": 1.05e-8, "CPE1_1": 0.975, "CPE2_0": 1.3e-6, "CPE2_1": 0.91},
    ("bulk",),
    activated={"R1": 0.55},
)
POLY = Kind(
    "polycrystalline-blocking",
    "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    {
        "R0": "lead.resistance",
        "R1": "bulk.resistance",
        "CPE1": "bulk.capacitance",
        "R2": "grain_boundary.resistance",
        "CPE2": "grain_boundary.capacitance",
        "CPE3": "electrode.capacitance",
    },
    {
        "R0": 12.0,
        "R1": 1.9e3,
        "CPE1_0": 2.2e-10,
        "CPE1_1": 0.97,
        "R2": 5.6e3,
        "CPE2_0": 4.5e-8,
        "CPE2_1": 0.87,
        "CPE3_0": 6e-6,
        "CPE3_1": 0.88,
    },
    ("bulk", "grain_boundary"),
    thickness=3.1e-6,
    area=7.85e-7,
)
CELL = Kind(
    "li-lipon-lco",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo1",
    {
        "L0": "lead.inductance",
        "R0": "lead.resistance",
        "R1": "bulk.resistance",
        "CPE1": "bulk.capacitance",
        "R2": "anode_interface.resistance",
        "CPE2": "anode_interface.capacitance",
        "R3": "charge_transfer.resistance",
        "CPE3": "charge_transfer.capacitance",
        "Wo1_0": "diffusion.resistance",
        "Wo1_1": "diffusion.time",
    },
    {
        "L0": 4e-7,
        "R0": 9.0,
        "R1": 95.0,
        "CPE1_0": 1.6e-8,
        "CPE1_1": 0.96,
        "R2": 28.0,
        "CPE2_0": 2.1e-6,
        "CPE2_1": 0.9,
        "R3": 310.0,
        "CPE3_0": 1.4e-5,
        "CPE3_1": 0.84,
        "Wo1_0": 140.0,
        "Wo1_1": 42.0,
    },
    ("bulk", "anode_interface", "charge_transfer"),
    window=(1e-2, 1e6),
    area=1e-4,
)
UNITS = {"R": "ohm", "L": "H", "C": "F"}


def parameter_unit(name: str) -> str:
    if name.startswith("CPE"):
        return "ohm^-1 s^n" if name.endswith("_0") else ""
    if name.startswith("Wo"):
        return "ohm" if name.endswith("_0") else "s"
    return UNITS[name[0]]


def impedance(text: str, values: dict, f: np.ndarray) -> np.ndarray:
    """Impedance of a chain of R, L, C, CPE, Wo and p(R, CPE); a witness apart from the package's own."""
    s = 2j * np.pi * f

    def element(name):
        if name.startswith("CPE"):
            return 1 / (values[name + "_0"] * s ** values[name + "_1"])
        if name.startswith("Wo"):
            root = np.sqrt(s * values[name + "_1"])
            return values[name + "_0"] / (root * np.tanh(root))
        return {"R": values[name], "L": values[name] * s, "C": 1 / (s * values[name])}[name[0]] + 0 * s

    total = 0 * s
    for part in text.replace("-p(", "|p(").replace(")-", ")|").split("|"):
        if part.startswith("p("):
            total = total + 1 / sum(1 / element(name) for name in part[2:-1].split(","))
        else:
            total = total + sum(element(name) for name in part.split("-"))
    return total


def result(kind: Kind, label: str, *, kelvin=298.15, n=64, noise=0.003, seed=0, scale=1.0, source=None) -> dict:
    """One entry of ``results``; ``scale`` multiplies every impedance."""
    values = {}
    for name, value in kind.values.items():
        energy = kind.activated.get(name, 0.0)
        value = value * np.exp(energy / BOLTZMANN_EV * (1 / kelvin - 1 / 298.15))
        element = name.split("_")[0]
        if element[0] in "RL" or name in ("Wo1_0",):
            value *= scale
        elif name.endswith("_0"):
            value /= scale
        values[name] = float(value)
    f = np.geomspace(kind.window[1], kind.window[0], n)
    fit = impedance(kind.text, values, f)
    rng = np.random.default_rng(seed)
    z = fit + noise * abs(fit) * (rng.standard_normal(n) + 1j * rng.standard_normal(n))
    masked = [bool(k in (0, 1, n // 2)) and seed % 3 == 1 for k in range(n)]
    used = ~np.array(masked)
    chi2 = float((abs(z - fit)[used] ** 2 / abs(z[used]) ** 2).sum())
    stderr = {name: value * noise * (1.5 if name.endswith("_1") else 0.9) for name, value in values.items()}
    stderr |= {
        name: 0.001 * (1 + 0.4 * k) for k, name in enumerate(values) if name.startswith("CPE") and name[-1] == "1"
    }
    parameters = []
    for name, value in values.items():
        role = kind.roles.get(name) or kind.roles.get(name.split("_")[0])
        parameters.append(
            {
                "name": name,
                "role": role,
                "unit": parameter_unit(name),
                "value": value,
                "stderr": stderr[name],
                "interval": [value - 1.98 * stderr[name], value + 1.98 * stderr[name]],
                "interval_method": "covariance",
                "fixed": False,
                "at_bound": False,
            }
        )
    return {
        "source": source or f"measured/2024-05/{label}.DTA",
        "sha256": hashlib.sha256(label.encode()).hexdigest(),
        "spectrum": 0,
        "label": label,
        "format": "gamry",
        "metadata": {"amplitude_V": 0.01, "instrument": "Reference 600+"},
        "sample": {
            "thickness_m": kind.thickness,
            "thickness_stderr_m": 0.03 * kind.thickness if kind.thickness else None,
            "area_m2": kind.area,
            "area_stderr_m2": 0.02 * kind.area if kind.area else None,
            "temperature_K": kelvin,
            "origin": {"thickness_m": "option", "area_m2": "sample sheet", "temperature_K": "file header"},
        },
        "circuit": {"name": kind.name, "text": kind.text},
        "data": {
            "frequency_hz": f.tolist(),
            "z_re_ohm": z.real.tolist(),
            "z_im_ohm": z.imag.tolist(),
            "fit_re_ohm": fit.real.tolist(),
            "fit_im_ohm": fit.imag.tolist(),
            "masked": masked,
        },
        "weighting": "modulus",
        "n_points": n,
        "n_masked": int(sum(masked)),
        "chi2": chi2,
        "degrees_of_freedom": 2 * int(used.sum()) - len(values),
        "starts": 5,
        "starts_agreeing": 4,
        "verdict": "pass",
        "reasons": [],
        "parameters": parameters,
        "covariance": np.diag([stderr[name] ** 2 for name in values]).tolist(),
        "derived": derived(kind, values, stderr),
    }


def quantity(name: str, unit: str, value, fit_part=None, geometry_part=None) -> dict:
    if value is None:
        return dict.fromkeys(("value", "stderr", "stderr_fit", "stderr_geometry", "interval")) | {
            "name": name,
            "unit": unit,
        }
    total = float(np.hypot(fit_part, geometry_part or 0.0))
    interval = [value - 1.98 * total, value + 1.98 * total]
    return {
        "name": name,
        "unit": unit,
        "value": float(value),
        "stderr": total,
        "stderr_fit": float(fit_part),
        "stderr_geometry": geometry_part,
        "interval": interval,
    }


def derived(kind: Kind, values: dict, stderr: dict) -> list[dict]:
    d, area = kind.thickness, kind.area
    rows = []
    by_role = {role: name for name, role in kind.roles.items()}
    total = sum(values[by_role[f"{role}.resistance"]] for role in kind.answers if role in ("bulk", "grain_boundary"))
    for name, resistance in (("sigma_bulk", values["R1"]), ("sigma_total", total)):
        if not (d and area):
            rows.append(quantity(name, "S/cm", None))
            continue
        sigma = d / (resistance * area) / 100
        rows.append(quantity(name, "S/cm", sigma, sigma * stderr["R1"] / values["R1"], sigma * 0.036))
    for role in kind.answers:
        resistance = values[by_role[f"{role}.resistance"]]
        cpe = by_role[f"{role}.capacitance"]
        q, n = values[cpe + "_0"], values[cpe + "_1"]
        c = q ** (1 / n) * resistance ** ((1 - n) / n)
        if role == "bulk" and d and area:
            eps = c * d / (EPS0 * area)
            rows.append(quantity("eps_r_bulk", "", eps, 0.01 * eps, 0.036 * eps))
        if role in ("anode_interface", "charge_transfer") and area:
            asr = resistance * area * 1e4
            rows.append(quantity(f"asr_{role}", "ohm cm2", asr, 0.003 * asr, 0.02 * asr))
            rows.append(quantity(f"capacitance_per_area_{role}", "F/cm2", c / area / 1e4, 0.01 * c / area / 1e4))
        rows.append(quantity(f"capacitance_{role}", "F", c, 0.01 * c))
        peak = 1 / (2 * np.pi * resistance * c)
        rows.append(quantity(f"peak_frequency_{role}", "Hz", peak, 0.012 * peak))
    return rows


def document(
    n_spectra: int = 3, *, failures: int = 0, series: bool = False, kinds=(FILM, POLY, CELL), n: int = 64
) -> dict:
    """Return a results document with every verdict in it where there are enough spectra."""
    results = []
    for k in range(n_spectra):
        kind = kinds[k % len(kinds)]
        kelvin = 263.15 + 10.0 * (k % 9) if kind is FILM and series else 298.15
        entry = result(kind, f"{kind.name.split('-')[0]}-{k + 1:02d}", kelvin=kelvin, seed=k, n=n)
        if k % 7 == 2:
            judge(
                entry,
                "check",
                "arc-above-window",
                "the bulk arc peaks at 12 MHz, above the highest frequency of 7 MHz; measure colder",
            )
        if k % 11 == 5:
            judge(
                entry,
                "fail",
                "residuals-structured",
                "the residuals are 4.1 times the noise and follow a trend at low frequency",
            )
        if k % 5 == 3:
            judge(entry, "note", "inductance-added", "a lead inductance of 0.4 µH was added: AICc falls by 58")
        results.append(entry)
    made = {
        "schema": "lipon-eis/results/1",
        "provenance": {
            "version": "0.1.0",
            "command": "lipon-eis fit measured/2024-05 --thickness '1.2 um ± 3 %' --area '0.5 cm2 ± 2 %'",
            "created": CREATED,
            "python": "3.11.9",
            "numpy": "2.4.6",
            "scipy": "1.17.1",
            "settings": {"circuit": "auto", "weighting": "modulus", "seed": 0, "range": None},
        },
        "results": results,
        "series": [],
        "failures": [failure(k) for k in range(failures)],
    }
    if series:
        made["series"] = [temperature_series([r for r in results if r["circuit"]["name"] == FILM.name])]
    return made


def judge(entry: dict, level: str, code: str, message: str) -> None:
    """Add a reason and let the verdict follow the worst one."""
    entry["reasons"].append({"code": code, "level": level, "message": message})
    levels = [reason["level"] for reason in entry["reasons"]]
    entry["verdict"] = "fail" if "fail" in levels else "check" if "check" in levels else "pass"


def failure(k: int = 0) -> dict:
    source = f"measured/2024-05/broken_{k}.mpt"
    return {
        "source": source,
        "spectrum": None,
        "error": "UnreadableFile",
        "message": f"{source}:57: expected 12 numbers, found '1.0e5 …'; was the export cut off?",
    }


def energy(value: float, stderr: float) -> dict:
    return {"value": value, "stderr": stderr, "interval": [value - 2.3 * stderr, value + 2.3 * stderr]}


def temperature_series(members: list[dict]) -> dict:
    return {
        "kind": "temperature",
        "label": "film A",
        "role": "bulk",
        "method": "two-step",
        "members": [m["label"] for m in members],
        "excluded": [],
        "activation_energy_eV": {"sigma": energy(0.55, 0.004), "sigma_T": energy(0.577, 0.004)},
        "sigma_25C_S_per_cm": {
            "value": 2.3077e-6,
            "stderr": 3e-8,
            "interval": [2.24e-6, 2.37e-6],
            "extrapolated": False,
        },
    }
