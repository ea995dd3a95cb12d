"""Activation energies in words: the line in the terminal, the block in the report, the excluded points in the plot."""

import io

import documents
import pytest
from pypdf import PdfReader

from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.quantity_series import Axis, Curve, Point, Quantity, QuantitySeries, SeriesFigure
from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import arrhenius_figure, lines
from lipon_eis.report.binder import bind
from lipon_eis.report.series import left_out, series_lines
from lipon_eis.report.series_plot import series_figure


@pytest.fixture
def film_a():
    """A document with one series of nine temperatures; the last spectrum was left out of it."""
    made = documents.document(9, kinds=(documents.FILM,), series=True)
    (series,) = made["series"]
    label = series["members"].pop()
    series["excluded"] = [{"label": label, "why": "judged FAIL"}]
    return made


def test_a_series_is_one_line_where_it_fits_and_says_what_was_left_out(film_a):
    assert list(series_lines(film_a, 200)) == [
        "film A: Ea(σ) = 0.550 ± 0.004 eV, Ea(σT) = 0.577 ± 0.004 eV, "
        "σ(25 °C) = (2.308 ± 0.030) × 10⁻⁶ S/cm, interpolated; 8 spectra",
        "    left out: lipon-09 (judged FAIL)",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_quantity_is_never_torn_apart(film_a, width):
    shown = list(series_lines(film_a, width))
    assert max(map(len, shown)) <= width
    for piece in ("Ea(σ) = 0.550 ± 0.004 eV", "σ(25 °C) = (2.308 ± 0.030) × 10⁻⁶ S/cm, interpolated"):
        assert any(piece in line for line in shown)


def test_an_extrapolation_a_doubt_and_the_total_are_said(film_a):
    (series,) = film_a["series"]
    series["sigma_25C_S_per_cm"]["extrapolated"] = True
    series |= {"role": "total", "excluded": [], "reasons": [{"code": "few-temperatures", "level": "check"}]}
    (line,) = series_lines(film_a, 300)
    assert line.startswith("film A, total: ")
    assert "extrapolated; 8 spectra; CHECK: few-temperatures" in line


def test_what_was_left_out_for_one_reason_is_counted():
    excluded = [{"label": f"A{k}", "why": "judged FAIL"} for k in range(9)] + [{"label": "B", "why": "no thickness"}]
    assert left_out({"excluded": excluded}) == "A0, A1, A2, A3, A4, A5 and 3 more (judged FAIL); B (no thickness)"


def test_an_excluded_point_is_hollow_named_and_where_it_was_measured(film_a):
    (line,) = lines(film_a)
    ((label, (t, sigma, _)),) = line.excluded
    assert label == "lipon-09"
    with style.settings():
        ax = arrhenius_figure([line]).axes[0]
    (hollow,) = (one for one in ax.lines if one.get_markerfacecolor() == "white")
    assert (float(hollow.get_xdata()[0]), float(hollow.get_ydata()[0])) == pytest.approx((1000 / t, sigma))
    assert "lipon-09" in [text.get_text() for text in ax.texts]


def test_an_excluded_point_that_is_far_off_is_an_arrow_and_squashes_nothing(film_a):
    alone = lines(film_a)[0]
    film_a["results"][8]["derived"][0]["value"] *= 1e4
    (line,) = lines(film_a)
    with style.settings():
        ax = arrhenius_figure([line]).axes[0]
        highest = max(s for _, s, _ in alone.points)
    assert ax.get_ylim()[1] < 3 * highest
    (arrow,) = (one for one in ax.lines if one.get_markerfacecolor() == "white")
    assert arrow.get_marker() == "^"


def test_spectra_of_equal_labels_are_told_apart_by_their_group():
    made = documents.document(6, kinds=(documents.FILM,), series=True)
    for k, entry in enumerate(made["results"]):
        entry["label"] = f"T{k % 3}"
        entry["sample"]["group"] = "film A" if k >= 3 else "film B"
    made["series"][0] |= {"members": ["T0", "T1", "T2"]}
    (line,) = lines(made)
    expected = sorted(entry["sample"]["temperature_K"] for entry in made["results"][3:])
    assert [t for t, _, _ in line.points] == pytest.approx(expected)


@pytest.fixture
def joint(film_a):
    """The same film fitted jointly: points of its own, what is shared, and the result of two steps."""
    (series,) = film_a["series"]
    two = {key: series[key] for key in ("members", "activation_energy_eV", "sigma_25C_S_per_cm")}
    points = [
        {"label": f"T{k}", "temperature_K": t, "sigma_S_per_cm": {"value": s, "stderr": 0.01 * s, "interval": [s, s]}}
        for k, (t, s) in enumerate([(273.15, 3e-7), (298.15, 2.3e-6), (353.15, 6.5e-5)])
    ]
    lead = {"name": "R0", "role": None, "quantity": "lead", "value": 6.0, "stderr": 0.1, "interval": [5.8, 6.2]}
    bulk = {"name": "CPE1_1", "role": "bulk", "quantity": "exponent", "value": 0.96, "stderr": 0.001, "interval": None}
    series |= {"method": "joint", "points": points, "shared": [lead, bulk], "two_step": two, "excluded": []}
    return film_a


def test_a_joint_series_shows_what_is_shared_and_two_steps_beside_it(joint):
    shown = list(series_lines(joint, 300))
    assert shown[1] == "    shared: R0 = 6.00 ± 0.10 Ω, n(bulk) = 0.9600 ± 0.0010"
    assert shown[2].startswith("    in two steps, 8 spectra: Ea(σ) = 0.550 ± 0.004 eV, Ea(σT) = ")
    assert len(shown) == 3


def test_a_joint_series_is_plotted_with_its_own_points(joint):
    (line,) = lines(joint)
    assert [(t, s) for t, s, _ in line.points] == [(273.15, 3e-7), (298.15, 2.3e-6), (353.15, 6.5e-5)]


def test_an_interface_has_a_resistance_at_room_temperature(film_a):
    (series,) = film_a["series"]
    series["asr_25C_ohm_cm2"] = {"value": 200.0, "stderr": 4.0, "interval": [192, 208], "extrapolated": False}
    del series["sigma_25C_S_per_cm"]
    series["role"] = "charge_transfer"
    (line, *_) = series_lines(film_a, 300)
    assert "ASR(25 °C) = 200 ± 4 Ω cm², interpolated" in line


@pytest.fixture
def thicknesses():
    """A document with a series over thickness, one spectrum left out of it."""
    made = documents.document(4, kinds=(documents.FILM,))
    labels = [entry["label"] for entry in made["results"]]
    figure = SeriesFigure(
        Axis("thickness d", "m"),
        Axis("R A", "ohm cm2"),
        (
            *(Point(label, (k + 1) * 4e-7, 20.0 * (k + 1) + 8.6, 1e-8, 0.5) for k, label in enumerate(labels[:3])),
            Point(labels[3], 1.6e-6, 300.0, used=False),
        ),
        (Curve("", (0.0, 1.6e-6), (8.6, 88.6)),),
    )
    sigma = Quantity(Estimate(2e-6, 4e-8, (1.9e-6, 2.1e-6)), "S/cm", "σ")
    asr = Quantity(Estimate(4.3, 0.4, (3.4, 5.2)), "ohm cm2", "ASR(interface)")
    series = QuantitySeries(
        "thickness", "wafer", "bulk", tuple(labels[:3]), ((labels[3], "judged FAIL"),),
        {"sigma_S_per_cm": sigma, "asr_interface_ohm_cm2": asr}, figure=figure, method="errors in variables",
    )  # fmt: skip
    return made | {"series": [series.to_dict()]}


def test_a_series_over_thickness_says_its_quantities_with_units(thicknesses):
    shown = list(series_lines(thicknesses, 200))
    assert shown[0] == "wafer: σ = (2.00 ± 0.04) × 10⁻⁶ S/cm, ASR(interface) = 4.3 ± 0.4 Ω cm²; 3 spectra"
    assert shown[1].strip().startswith("left out: ")


def test_its_figure_holds_every_point_in_prefixed_units(thicknesses):
    (series,) = thicknesses["series"]
    with style.settings():
        ax = series_figure(series["figure"]).axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("thickness d / µm", "R A / Ω cm²")
    drawn = {(round(float(line.get_xdata()[0]), 9), float(line.get_ydata()[0])) for line in ax.lines}
    assert {(0.4, 28.6), (0.8, 48.6), (1.2, 68.6), (1.6, 300.0)} <= drawn
    low, high = ax.get_xlim()
    assert low < 0 < 1.6 < high
    assert [text.get_text() for text in ax.texts] == [series["excluded"][0]["label"]]


def test_a_report_prints_it_beside_its_figure(thicknesses):
    text = PdfReader(io.BytesIO(bind(thicknesses))).pages[0].extract_text()
    assert "thickness d / µm" in text
    assert "ASR(interface)" in text
    assert "Activation" not in text


@pytest.fixture
def categories(thicknesses):
    """The same document, its points at places that have names, with remarks."""
    (series,) = thicknesses["series"]
    series["figure"]["x"] = {"words": "", "unit": "", "categories": ["σ", "ε_r", "ASR\nLi/LiPON"]}
    for place, point in enumerate(series["figure"]["points"]):
        point["x"] = place % 3
    series["findings"] = ["cell 3: Li/LiPON at 12 kHz, LiPON/LCO at 40 Hz, told apart by cell 2 only"]
    return thicknesses


def test_an_axis_of_categories_has_their_names_and_room_beside_them(categories):
    (series,) = categories["series"]
    with style.settings():
        ax = series_figure(series["figure"]).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["σ", r"$ε_\mathrm{r}$", "ASR\nLi/LiPON"]
    assert list(ax.get_xticks()) == [0, 1, 2]
    assert ax.get_xlim() == (-0.6, 2.6)


def test_remarks_stand_below_a_series_in_terminal_and_report(categories):
    assert any("told apart by cell 2 only" in line for line in series_lines(categories, 200))
    text = PdfReader(io.BytesIO(bind(categories))).pages[0].extract_text()
    assert "Li/LiPON at 12 kHz" in text
