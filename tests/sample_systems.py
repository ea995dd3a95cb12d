"""The cells of the sample spectra that a review of LiPON batteries knows besides the everyday ones.

Each function is one system: film, layers and electrodes in the words of the field. Interfaces are given
by area-specific resistance [ohm cm2] and capacitance [F/cm2], of one side where two are equal.
"""

from collections.abc import Callable
from dataclasses import replace

import layouts
import more_layouts
from sample_nouns import SIMULATED, Arc, Export, Film, Measurement, arc, sweep

from lipon_eis.spectrum import Spectrum

BATTERY = Film(thickness=1.4e-6, area=0.25e-4, sigma=2.0e-6)
FAST, BENCH, SLOW = sweep(7e6, 0.1), sweep(7e6, 0.01), sweep(7e6, 1e-3)
BLOCKING = "R0-p(R1,CPE1)-CPE2"
TWO_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)"
THREE_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)"
FOUR_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)"

RESISTANCE_OF_LEADS = 7.0


def layer(film: Film, asr: float, per_area: float, *, sides: int = 1) -> Arc:
    """One arc of an interface, or of two equal ones in series."""
    return arc(sides * asr / film.cm2, per_area * film.cm2 / sides, 0.93)


def diffusion(film: Film, resistance: float, time: float, *, sides: int = 1) -> tuple[float, float]:
    """Finite-space diffusion, R [ohm cm2] of one side and τ [s]; two equal ones add up to one of twice the R."""
    return sides * resistance / film.cm2, time


def cell(
    label: str,
    film: Film,
    circuit: str,
    text: str,
    *parts: tuple[float, ...],
    stack: str,
    group: str,
    seed: int,
    frequency=BENCH,
    asr: dict[str, float] | None = None,
    alarms: tuple[str, ...] = (),
    derived: dict[str, float] | None = None,
    celsius: float = 25,
    **sheet: object,
) -> Measurement:
    """A measurement of leads, film and the given parts, at 25 °C unless said otherwise."""
    values = (RESISTANCE_OF_LEADS, *film.bulk, *(value for part in parts for value in part))
    found = {"sigma_bulk": film.sigma, "eps_r_bulk": film.eps_r}
    found |= {f"asr_{role}": value for role, value in (asr or {}).items()}
    return Measurement(
        label=label,
        film=film,
        circuit=circuit,
        text=text,
        values=values,
        frequency=frequency,
        stack=stack,
        sheet={"group": group, "temperature_C": celsius, "preparation": "RF sputtering", **sheet},
        derived=found if derived is None else derived,
        seed=seed,
        alarms=alarms,
    )


def lisipon(seed: int) -> Measurement:
    """An amorphous derivative: as LiPON, one arc and a blocking tail."""
    film = Film(thickness=1.0e-6, area=0.1e-4, sigma=1.24e-5)
    electrode = (1.0e-6 * film.cm2, 0.93)
    return cell(
        "LiSiPON film", film, "lipon-blocking", BLOCKING, electrode,
        stack="Al/LiSiPON/Al", group="film-F", seed=seed, frequency=FAST, state="as-deposited",
    )  # fmt: skip


def lagpon(seed: int) -> Measurement:
    """A polycrystal whose contact carries a layer: grains, boundaries, layer, blocking tail."""
    film = Film(thickness=1.0e-6, area=0.1e-4, sigma=6e-6, eps_r=60.0)
    grain_over_boundary, sigma_boundary = 30, 6e-8
    boundary = Film(film.thickness / grain_over_boundary, film.area, sigma_boundary, film.eps_r)
    derived = {
        "sigma_bulk": film.sigma,
        "eps_r_bulk": film.eps_r,
        "sigma_grain_boundary": sigma_boundary,
        "sigma_total": film.sigma_through(film.resistance, boundary.resistance),
        "asr_interface_film": 800.0,
    }
    return cell(
        "LAGPON film with contact film", film, "polycrystalline-blocking-interface", f"{THREE_ARCS}-CPE4",
        arc(boundary.resistance, boundary.capacitance, 0.95), layer(film, 800, 4e-6), (4.0e-6, 0.93),
        stack="Pt/LAGPON/Pt", group="film-G", seed=seed, state="annealed", preparation="PLD", derived=derived,
    )  # fmt: skip


def alumina_at_cathode(seed: int) -> Measurement:
    """4 nm of Al2O3 (relative permittivity 9: 2 µF/cm2) between LiPON and LCO."""
    film = BATTERY
    return cell(
        "Li/LiPON/Al2O3/LCO", film, "li-lipon-lco-interlayer", f"{THREE_ARCS}-Wo1",
        layer(film, 40, 2e-6), layer(film, 150, 22e-6), diffusion(film, 200, 2.0),
        stack="Li/LiPON/Al2O3/LCO", group="cell-H", seed=seed, state="annealed",
        asr={"cathode_layer": 40.0, "charge_transfer": 150.0}, cathode_thickness_um=0.1,
    )  # fmt: skip


def cycled(celsius: float, thickness_nm: float, seed: int) -> Measurement:
    """A disordered layer of relative permittivity 20: R grows with its thickness, C falls."""
    film = BATTERY
    asr, per_area = 45.0 * thickness_nm, 8.854e-14 * 20 / (1e-7 * thickness_nm)
    return cell(
        f"Li/LiPON/LCO cycled at {celsius:g} °C", film, "li-lipon-lco-cycled", f"{FOUR_ARCS}-Wo1",
        layer(film, 25, 1e-6), layer(film, asr, per_area), layer(film, 1500, 18e-6), diffusion(film, 800, 40.0),
        stack="Li/LiPON/LCO", group="cell-I", seed=seed, state=f"cycled at {celsius:g} °C", cycle=50,
        asr={"anode_interface": 25.0, "cathode_layer": asr, "charge_transfer": 1500.0}, cathode_thickness_um=0.2,
    )  # fmt: skip


def cathode(name: str, asr: float, per_area: float, seed: int, *, stack: str = "") -> Measurement:
    """A cathode whose charge transfer dominates; the lithium side is lost beside it."""
    film = BATTERY
    return cell(
        f"Li/LiPON/{name}", film, "li-lipon-lco-two-arcs", f"{TWO_ARCS}-Wo1",
        layer(film, asr, per_area), diffusion(film, 300, 5.0),
        stack=stack or f"Li/LiPON/{name}", group="cell-J", seed=seed, asr={"charge_transfer": asr},
    )  # fmt: skip


def bare_lnm(seed: int) -> Measurement:
    """LNM without BaTiO3: 10⁴ times the resistance, and no diffusion to be seen behind it."""
    film = BATTERY
    return cell(
        "Li/LiPON/LNM", film, "li-lipon-lnm", TWO_ARCS, layer(film, 5e5, 1e-6),
        stack="Li/LiPON/LNM", group="cell-J", seed=seed, frequency=SLOW, asr={"charge_transfer": 5e5},
    )  # fmt: skip


def passivated_lithium(seed: int) -> Measurement:
    """Lithium behind 22 nm of reaction products on both sides."""
    film = Film(thickness=1.5e-6, area=0.2e-4, sigma=2.0e-6)
    return cell(
        "Li/LiPON/Li passivated", film, "li-lipon-li-layer", THREE_ARCS,
        layer(film, 60, 0.6e-6, sides=2), layer(film, 250, 6e-6, sides=2),
        stack="Li/LiPON/Li", group="cell-K", seed=seed, state="aged", frequency=FAST,
        asr={"anode_layer": 60.0, "anode_interface": 250.0},
    )  # fmt: skip


def lithium_on_alumina(seed: int) -> Measurement:
    """1 nm of Al2O3 between lithium and LiPON on both sides: no layer of reaction products, one arc."""
    film = Film(thickness=1.5e-6, area=0.2e-4, sigma=2.0e-6)
    return cell(
        "Li/Al2O3/LiPON/Al2O3/Li", film, "li-lipon-li", TWO_ARCS, layer(film, 12, 5e-6, sides=2),
        stack="Li/Al2O3/LiPON/Al2O3/Li", group="cell-K", seed=seed, state="aged", frequency=FAST,
        asr={"anode_interface": 12.0},
    )  # fmt: skip


def before_first_charge(seed: int) -> Measurement:
    """Cu/LiPON/LCO as made: copper blocks."""
    film = BATTERY
    return cell(
        "Cu/LiPON/LCO as made", film, "cu-lipon-lco", f"{TWO_ARCS}-CPE3",
        layer(film, 80, 4e-6), (12e-6 * film.cm2, 0.92),
        stack="Cu/LiPON/LCO", group="cell-L", seed=seed, state="as-deposited", asr={"charge_transfer": 80.0}, cycle=0,
    )  # fmt: skip


def after_plating(seed: int) -> Measurement:
    """The same cell with lithium plated on the copper: a full cell."""
    film = BATTERY
    return cell(
        "Cu/LiPON/LCO charged", film, "li-lipon-lco", f"{THREE_ARCS}-Wo1",
        layer(film, 25, 1.6e-6), layer(film, 400, 5e-6), diffusion(film, 250, 10.0),
        stack="Cu/LiPON/LCO", group="cell-L", seed=seed, state="charged", cycle=1, cathode_thickness_um=0.1,
        asr={"anode_interface": 25.0, "charge_transfer": 400.0},
    )  # fmt: skip


def rocking_chair(seed: int) -> Measurement:
    """V2O5/LiPON/LixV2O5: the lithiated side stands where lithium would."""
    film = BATTERY
    return cell(
        "V2O5/LiPON/LixV2O5", film, "li-lipon-lco", f"{THREE_ARCS}-Wo1",
        layer(film, 30, 1.3e-6), layer(film, 350, 6e-6), diffusion(film, 300, 15.0),
        stack="V2O5/LiPON/LixV2O5", group="cell-M", seed=seed,
        asr={"anode_interface": 30.0, "charge_transfer": 350.0},
    )  # fmt: skip


def two_cathodes(seed: int) -> Measurement:
    """LCO/LiPON/LCO: everything but the film twice."""
    film = BATTERY
    return cell(
        "LCO/LiPON/LCO", film, "lco-lipon-lco", f"{TWO_ARCS}-Wo1",
        layer(film, 180, 10e-6, sides=2), diffusion(film, 200, 4.0, sides=2),
        stack="LCO/LiPON/LCO", group="cell-N", seed=seed, asr={"charge_transfer": 180.0}, cathode_thickness_um=0.1,
    )  # fmt: skip


def leaky(seed: int) -> Measurement:
    """A thin film beside which 80 kΩ pass electrons."""
    film = Film(thickness=0.3e-6, area=0.01e-4, sigma=2.0e-6)
    leak = 80e3
    whole = cell(
        "LiPON dot with leak", film, "lipon-leaky", "R0-p(R2,p(R1,CPE1)-CPE2)", (5e-6 * film.cm2, 0.93),
        stack="Pt/LiPON/Pt", group="film-O", seed=seed, frequency=FAST, alarms=("electronic-leak",), device="dot 1",
    )  # fmt: skip
    lead, *rest = whole.values
    return replace(whole, values=(lead, leak, *rest))


def shorted(seed: int) -> Measurement:
    """A poor film, 1.4e-10 S/cm, with a pinhole of 20 kΩ: 14.6 MΩ of film beside it are not seen."""
    film = Film(thickness=40e-9, area=1.963e-7, sigma=1.4e-10)
    pinhole = arc(20e3, film.capacitance, 0.97)
    whole = cell(
        "Li3PO4 dot with pinhole", film, "lipon-shorted", "R0-p(R1,CPE1)",
        stack="TiN/Li3PO4/Au", group="film-O", seed=seed, frequency=FAST, alarms=("electronic-leak",), derived={},
        preparation="ALD", device="dot 2",
    )  # fmt: skip
    return replace(whole, values=(RESISTANCE_OF_LEADS, *pinhole))


def in_plane(seed: int) -> Measurement:
    """Two electrodes on a film of 0.5 µm, cell constant 8/cm, leads of 90 Ω, beside 8 pF of the glass below."""
    film = Film(thickness=0.5e-6, area=0.1e-4, sigma=2.0e-6)
    whole = cell(
        "LiPON in plane", film, "in-plane-blocking", BLOCKING,
        stack="Au/LiPON/Au", group="film-P", seed=seed, frequency=FAST, derived={"sigma_bulk": film.sigma},
        geometry="in-plane", cell_constant_per_cm=8,
    )  # fmt: skip
    resistance = 8 / film.sigma
    return replace(whole, values=(90.0, *arc(resistance, 8e-12, 0.98), 2e-8, 0.92))


def autolab(spectra: list[Spectrum]) -> bytes:
    return layouts.encoded(more_layouts.autolab(_pairs(spectra), comment=SIMULATED), "utf-8-sig", "\r\n")


def relaxis(spectra: list[Spectrum]) -> bytes:
    return layouts.encoded(more_layouts.relaxis(_pairs(spectra), comment=SIMULATED), "utf-8", "\r\n")


def squidstat(spectra: list[Spectrum]) -> bytes:
    return layouts.encoded(more_layouts.squidstat(_pairs(spectra), comment=SIMULATED))


def mpt(spectra: list[Spectrum]) -> bytes:
    return layouts.encoded(layouts.biologic_mpt(_pairs(spectra), comment=SIMULATED), "cp1252", "\r\n")


def single(write: Callable[..., str], encoding: str = "cp1252") -> Callable[[list[Spectrum]], bytes]:
    """A layout of one spectrum a file."""

    def written(spectra: list[Spectrum]) -> bytes:
        (s,) = spectra
        return layouts.encoded(write(s.frequency, s.impedance, comment=SIMULATED), encoding, "\r\n")

    return written


def _pairs(spectra: list[Spectrum]) -> list[tuple]:
    return [(s.frequency, s.impedance) for s in spectra]


REVIEW = "Dai et al., Materials Futures (2022)"
CHOSEN = "All values: chosen."

EXPORTS = (
    Export(
        "F1_lisipon.par", single(more_layouts.versastudio), (lisipon(13),),
        f"1.24e-5 S/cm of Li-Si-P-O-N: {REVIEW}, Table 2. Permittivity, contacts, leads: chosen.",
    ),
    Export(
        "G1_lagpon.txt", autolab, (lagpon(14),),
        "Grains and boundaries as described by Eckhardt et al., Adv. Mater. Interfaces, a layer at the contact as "
        f"by Put et al., J. Electrochem. Soc. 166, A1239 (2019). {CHOSEN}",
    ),
    Export("H1_li_lipon_al2o3_lco.z", single(layouts.zplot), (alumina_at_cathode(15),), f"Cell: {REVIEW}. {CHOSEN}"),
    Export(
        "I1_li_lipon_lco_cycled.mpt", mpt, (cycled(25, 5, 16), cycled(80, 20, 17)),
        f"A disordered layer at LCO that heat makes thicker: {REVIEW}. Resistance as the thickness, capacitance as its "
        f"reciprocal. {CHOSEN}",
    ),
    Export(
        "J1_lnm_and_batio3.txt", relaxis,
        (bare_lnm(18), cathode("BTO/LNM", 50, 4e-6, 19)),
        f"Four orders of magnitude between the two: {REVIEW}, on LiCr0.05Ni0.45Mn1.5O4-x. {CHOSEN}",
    ),
    Export(
        "J2_cathodes.csv", squidstat,
        (
            cathode("LNMO", 2000, 5e-6, 20),
            cathode("LiCoPO4", 8000, 4e-6, 21),
            cathode("V2O5", 400, 8e-6, 22),
            cathode("Prussian blue", 1200, 6e-6, 23),
        ),
        f"Cathodes: {REVIEW}. {CHOSEN}",
    ),
    Export(
        "K1_li_lipon_li_passivated.z", single(layouts.zplot), (passivated_lithium(24),),
        f"Layer: {REVIEW}. {CHOSEN}",
    ),
    Export(
        "K2_li_al2o3_lipon.par", single(more_layouts.versastudio), (lithium_on_alumina(25),),
        f"1 nm: {REVIEW}. {CHOSEN}",
    ),
    Export("L1_cu_lipon_lco.txt", relaxis, (before_first_charge(26), after_plating(27)), f"Cell: {REVIEW}. {CHOSEN}"),
    Export("M1_v2o5_lipon_lixv2o5.txt", single(more_layouts.thales), (rocking_chair(28),), f"Cell: {REVIEW}. {CHOSEN}"),
    Export("N1_lco_lipon_lco.DTA", single(layouts.gamry), (two_cathodes(29),), CHOSEN),
    Export("O1_lipon_leaky.DTA", single(layouts.gamry), (leaky(30),), CHOSEN),
    Export(
        "O2_li3po4_pinhole.z", single(layouts.zplot), (shorted(31),),
        "1.4e-10 S/cm, 40 nm, a dot of 500 um: Put et al., J. Electrochem. Soc. 166, A1239 (2019), "
        "doi 10.1149/2.1191906jes. Pinhole, permittivity: chosen.",
    ),
    Export("P1_lipon_in_plane.par", single(more_layouts.versastudio), (in_plane(32),), CHOSEN),
)  # fmt: skip
