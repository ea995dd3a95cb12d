"""Figures, tested by what they hold: limits, lines and panels."""

import documents
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lipon_eis.model.circuit import Circuit
from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import BOLTZMANN_EV, arrhenius_figure, lines
from lipon_eis.report.circuit_drawing import circuit_svg
from lipon_eis.report.curves import curves, zoom
from lipon_eis.report.figure import spectrum_figure
from lipon_eis.report.overview import overview_figure

KINDS = (documents.FILM, documents.POLY, documents.CELL)
OHMS = {"mΩ": 1e-3, "Ω": 1.0, "kΩ": 1e3, "MΩ": 1e6, "GΩ": 1e9}


def panels(entry, height=118.0):
    with style.settings():
        return spectrum_figure(curves(entry), height).axes


def is_nyquist(ax) -> bool:
    return ax.get_xlabel().startswith("Z′")


@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e6])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_ohm_is_equally_long_on_both_axes_of_a_nyquist_plot(kind, scale):
    axes = panels(documents.result(kind, "x", scale=scale))
    for ax in filter(is_nyquist, axes):
        box = ax.get_position()
        width, height = ax.figure.get_size_inches() * (box.width, box.height)
        assert_allclose(np.ptp(ax.get_xlim()) / width, np.ptp(ax.get_ylim()) / height, rtol=1e-6)
        assert ax.get_aspect() == 1.0
        assert ax.get_xlabel().split("/")[1] == ax.get_ylabel().split("/")[1]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_whole_spectrum_is_inside_one_panel_and_its_arcs_inside_another(kind):
    entry = documents.result(kind, "x")
    top, below = panels(entry)[:2]
    z = np.array(entry["data"]["z_re_ohm"]) + 1j * np.array(entry["data"]["z_im_ohm"])
    assert inside(below, z).all()
    bulk_end = kind.values["R0"] + kind.values["R1"]
    factor = OHMS[top.get_xlabel().split("/ ")[1]]
    assert top.get_xlim()[0] * factor < kind.values["R0"] < bulk_end < top.get_xlim()[1] * factor
    assert inside(top, z).sum() >= 5


def inside(ax, z):
    factor = OHMS[ax.get_xlabel().split("/ ")[1]]
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    x, y = z.real / factor, -z.imag / factor
    return (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)


def test_a_spectrum_that_needs_no_zoom_shows_its_imaginary_part_instead():
    entry = documents.result(documents.FILM, "x")
    keep = slice(0, 20)
    entry["data"] = {key: values[keep] for key, values in entry["data"].items()}
    assert zoom(curves(entry)) is None
    assert panels(entry)[1].get_xlabel() == "frequency / Hz"


def test_the_fitted_curve_is_the_circuits_and_denser_than_the_points():
    c = curves(documents.result(documents.POLY, "x", n=12))
    assert c.exact
    assert c.dense_f.size > 200
    expected = documents.impedance(documents.POLY.text, documents.POLY.values, c.dense_f)
    assert_allclose(c.dense_z, expected, rtol=1e-9)


def test_a_curve_that_contradicts_the_document_is_not_drawn():
    entry = documents.result(documents.FILM, "x")
    entry["parameters"][1]["value"] *= 2
    c = curves(entry)
    assert not c.exact
    assert_allclose(c.dense_z.real, entry["data"]["fit_re_ohm"])


def test_arcs_stand_one_behind_the_other_and_peak_where_theory_says():
    c = curves(documents.result(documents.POLY, "x"))
    v = documents.POLY.values
    assert [arc.role for arc in c.arcs] == ["bulk", "grain_boundary"]
    assert_allclose([arc.end for arc in c.arcs], np.cumsum([v["R0"] + v["R1"], v["R2"]]), rtol=1e-6)
    for k, arc in enumerate(c.arcs, 1):
        tau = (v[f"R{k}"] * v[f"CPE{k}_0"]) ** (1 / v[f"CPE{k}_1"])
        assert_allclose(arc.peak, 1 / (2 * np.pi * tau), rtol=0.05)


def test_masked_points_are_hollow_and_not_among_the_residuals():
    entry = documents.result(documents.FILM, "x", seed=1)
    assert entry["n_masked"] == 3
    axes = panels(entry)
    hollow = [line for line in axes[0].lines if line.get_markerfacecolor() == "white" and len(line.get_xdata()) == 3]
    assert len(hollow) == 1
    residual = next(ax for ax in axes if ax.get_ylabel() == "residual / %")
    for line in residual.lines[1:3]:
        assert np.isfinite(line.get_ydata()).sum() == 64 - 3


def test_residuals_are_percent_of_the_modulus():
    entry = documents.result(documents.FILM, "x")
    residual = next(ax for ax in panels(entry) if ax.get_ylabel() == "residual / %")
    z = np.array(entry["data"]["z_re_ohm"]) + 1j * np.array(entry["data"]["z_im_ohm"])
    fit = np.array(entry["data"]["fit_re_ohm"]) + 1j * np.array(entry["data"]["fit_im_ohm"])
    assert_allclose(residual.lines[1].get_ydata(), 100 * (z - fit).real / abs(z))
    assert_allclose(residual.lines[2].get_ydata(), 100 * (z - fit).imag / abs(z))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_label_of_a_nyquist_plot_lies_on_data_or_on_another(kind):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    entry = documents.result(kind, "x")
    with style.settings():
        figure = spectrum_figure(curves(entry), 118.0)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        for ax in filter(is_nyquist, figure.axes):
            boxes = [text.get_window_extent(renderer).shrunk(0.9, 0.6) for text in ax.texts]
            points = ax.transData.transform(np.column_stack([ax.lines[2].get_xdata(), ax.lines[2].get_ydata()]))
            assert not any(box.contains(x, y) for box in boxes for x, y in points)
            assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_the_arrhenius_line_is_the_documents_and_meets_its_points():
    made = documents.document(27, series=True)
    (line,) = lines(made)
    with style.settings():
        ax = arrhenius_figure([line]).axes[0]
    drawn = next(curve for curve in ax.lines if len(curve.get_xdata()) == 50)
    x, y = drawn.get_xdata(), np.log(drawn.get_ydata())
    slope = (y[-1] - y[0]) / (x[-1] - x[0])
    assert_allclose(-slope * 1000 * BOLTZMANN_EV, 0.55, rtol=1e-9)
    for t, sigma, _ in line.points:
        assert_allclose(np.interp(1000 / t, x, y), np.log(sigma), atol=0.01)


def test_three_temperatures_without_a_series_are_points_without_a_line():
    made = documents.document(27, series=True)
    made["series"] = []
    (line,) = lines(made)
    assert line.energy is None
    assert len({t for t, _, _ in line.points}) == 3


def test_two_temperatures_are_no_arrhenius_plot():
    made = documents.document(3, kinds=(documents.FILM,))
    made["results"][0]["sample"]["temperature_K"] = 310.0
    assert lines(made) == []


def test_the_overview_has_one_line_a_spectrum_and_needs_two():
    with style.settings():
        assert overview_figure(documents.document(1)) is None
        assert len(overview_figure(documents.document(5)).axes[0].lines) == 5


LADDER = "-".join(f"R{k}" for k in range(60))


@pytest.mark.parametrize("text", ["R0", "R0-p(R1,CPE1)-CPE2", "p(R1-Wo1,C1-p(L1,R2),CPE1)", LADDER])
def test_every_element_of_a_circuit_is_named_in_its_drawing(text):
    from xml.etree import ElementTree

    circuit = Circuit(text)
    svg, width, height = circuit_svg(circuit.tree, {})
    words = [node.text for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert set(circuit.elements) <= set(words)
    assert width > 0
    assert height > 0
