"""The PDF: what stands in it, how many pages it has, and that no document can break it."""

import copy
import io
import json
import os
import stat

import documents
import pytest
from pypdf import PdfReader

from lipon_eis.errors import UnreadableFile
from lipon_eis.report import style, write_report
from lipon_eis.report.binder import bind


def texts(pdf: bytes, most: int | None = None) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages[:most]]


def titles(pdf: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf))

    def walk(outline):
        for item in outline:
            yield from walk(item) if isinstance(item, list) else [item.title]

    return list(walk(reader.outline))


def film(**changes) -> dict:
    made = documents.document(1)
    made["results"][0].update(changes)
    return made


def test_a_reader_finds_resistance_and_conductivity_with_their_rounded_errors():
    summary, page = texts(bind(documents.document(1)))
    assert "104.00 ± 0.28 Ω" in summary
    assert "104.00 ± 0.28 Ω" in page
    # 1.2 µm / (104 Ω · 0.5 cm²) = 2.3077e-6 S/cm; 0.27 % from the fit and 3.6 % from geometry make 0.083e-6
    assert "(2.31 ± 0.08) × 10⁻⁶ S/cm" in page
    assert "fit 0.27 %, geom. 3.6 %" in page


@pytest.fixture(scope="module")
def thirteen():
    made = documents.document(13, failures=2)
    return made, bind(made)


def test_each_spectrum_has_a_page_of_its_own_and_a_bookmark(thirteen):
    made, pdf = thirteen
    labels = [entry["label"] for entry in made["results"]]
    assert [title for title in titles(pdf) if title in labels] == labels
    pages = texts(pdf)
    first = next(k for k, text in enumerate(pages) if text.startswith(labels[0]))
    for k, (entry, label) in enumerate(zip(made["results"], labels, strict=True)):
        assert pages[first + k].startswith(label)
        assert entry["sha256"] in pages[first + k]


def test_methods_are_printed_once_whether_the_summary_leaves_room_or_not(thirteen):
    for pdf in (thirteen[1], bind(documents.document(1))):
        assert titles(pdf).count("Methods") == 1


def test_warnings_and_failures_stand_on_page_1(thirteen):
    first = texts(thirteen[1], most=1)[0]
    assert "arc-above-window" in first
    assert "residuals-structured" in first
    assert "broken_1.mpt" in first
    assert "line 57" in first
    assert "10 PASS, 2 CHECK, 1 FAIL. 2 not read or not fitted (listed below)" in first


def test_a_long_table_repeats_its_header_on_the_next_page(monkeypatch):
    monkeypatch.setattr("lipon_eis.report.spectrum_page.spectrum_figure", lambda _, height: style.sheet(180, height))
    made = documents.document(60, n=12)
    pages = texts(bind(made), most=3)
    rows = [k for k, text in enumerate(pages) if "spectrum T resistances" in text]
    assert rows == [0, 1]


def test_the_same_document_gives_the_same_bytes_and_its_own_date():
    made = documents.document(2, series=True)
    pdf = bind(made)
    assert bind(copy.deepcopy(made)) == pdf
    assert PdfReader(io.BytesIO(pdf)).metadata.creation_date.isoformat().startswith("2024-05-17T09:30:00")


def test_a_matplotlibrc_of_the_user_changes_nothing():
    import matplotlib

    made = documents.document(1)
    plain = bind(made)
    with matplotlib.rc_context({"font.size": 20, "axes.grid": True, "lines.linewidth": 9, "svg.fonttype": "path"}):
        assert bind(made) == plain


def test_every_font_is_embedded_and_none_is_the_machines():
    fonts = set()
    for page in PdfReader(io.BytesIO(bind(documents.document(2)))).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            fonts.add(font.get_object()["/BaseFont"].partition("+")[2].split("-")[0])
    assert fonts <= {"LibertinusSerif", "DejaVuSansMono", "NewCMMath"}


def test_failures_alone_and_nothing_at_all_are_reports_too():
    assert "broken_0.mpt" in texts(bind(documents.document(0, failures=1)))[0]
    assert "0 spectra fitted" in texts(bind(documents.document(0)))[0]


LONG = "film_" + "ä-very/long(label)" * 9
ODD = {
    "ten points": documents.result(documents.FILM, "ten", n=10),
    "four hundred points": documents.result(documents.POLY, "many", n=400),
    "mega-ohms": documents.result(documents.POLY, "large", scale=1e5),
    "milli-ohms": documents.result(documents.CELL, "small", scale=1e-4),
    "long label": documents.result(documents.FILM, LONG, source="a/" * 150 + "x" * 200 + ".mpt"),
    "markup in texts": documents.result(documents.FILM, "#panic() $x$ *b* @ref <a> \\ [red]x[/red]"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_spectrum_is_printed_on_one_page(name):
    made = documents.document(0)
    made["results"] = [ODD[name]]
    assert len(texts(bind(made))) == 2


def emptied(entry, *, values=True, data=True):
    """Return an entry with null wherever the contract allows it."""
    entry = copy.deepcopy(entry)
    for row in [*entry["parameters"], *entry["derived"]] if values else []:
        row |= {"value": None, "stderr": None, "interval": None}
    if data:
        entry["data"]["fit_re_ohm"] = entry["data"]["fit_im_ohm"] = []
        entry["data"]["z_re_ohm"][3] = None
    entry["sample"] = {"thickness_m": None, "area_m2": None, "temperature_K": None, "origin": {}}
    return entry | {"chi2": None, "degrees_of_freedom": 0, "metadata": {}, "covariance": None}


def odd_entries():
    whole = documents.result(documents.CELL, "cell")
    inductive = documents.result(documents.CELL, "coil")
    inductive["data"]["z_im_ohm"] = [abs(v) for v in inductive["data"]["z_im_ohm"]]
    constant = documents.result(documents.FILM, "constant")
    constant["data"] |= {name: [5.0] * 64 for name in ("z_re_ohm", "fit_re_ohm")}
    constant["data"] |= {name: [0.0] * 64 for name in ("z_im_ohm", "fit_im_ohm")}
    bare = documents.result(documents.FILM, "bare")
    for parameter in bare["parameters"]:
        parameter["role"] = None
    one_sided = documents.result(documents.FILM, "bounded")
    one_sided["parameters"][1] |= {"value": None, "stderr": None, "interval": [3210.0, None]}
    masked = documents.result(documents.FILM, "masked")
    masked["data"]["masked"] = [True] * 64
    yield from (emptied(whole), emptied(whole, values=False), emptied(whole, data=False), inductive, constant, bare)
    yield from (one_sided, masked, whole | {"circuit": {"name": None, "text": "not a circuit("}})
    yield from (whole | {"data": {}}, {"label": "nothing else"}, whole | {"parameters": [], "derived": []})
    yield documents.result(documents.FILM, "薄膜 №1 – Δσ 🔋")


@pytest.mark.parametrize("entry", list(odd_entries()))
def test_no_document_that_the_contract_allows_breaks_the_report(entry):
    made = documents.document(0)
    made["results"] = [entry]
    assert len(texts(bind(made))) >= 2


def test_a_value_bounded_from_one_side_is_printed_as_a_bound():
    entry = documents.result(documents.FILM, "bounded")
    entry["parameters"][1] |= {"value": None, "stderr": None, "interval": [3210.0, None]}
    made = documents.document(0)
    made["results"] = [entry]
    assert all("> 3.2 kΩ" in text for text in texts(bind(made)))


def test_a_report_is_made_from_a_dict_a_file_a_folder_or_a_batch(tmp_path):
    made = documents.document(1)
    (tmp_path / "results.json").write_text(json.dumps(made), encoding="utf-8")

    class Batch:
        def to_document(self):
            return made

    written = [
        write_report(source, tmp_path / f"out-{k}" / "report.pdf").read_bytes()
        for k, source in enumerate([made, tmp_path / "results.json", str(tmp_path), Batch()])
    ]
    assert len(set(written)) == 1


@pytest.mark.parametrize("content", [None, "{", "[]", '{"schema": "something/else"}'])
def test_a_file_without_results_is_refused_by_name(tmp_path, content):
    path = tmp_path / "results.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UnreadableFile, match=r"results\.json"):
        write_report(path, tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_a_report_that_cannot_be_made_leaves_the_old_one_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "report.pdf"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_report(documents.document(0), path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.pdf"]
    assert path.read_text() == "old"


def test_a_report_is_as_readable_as_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("")
    path = write_report(documents.document(0), tmp_path / "report.pdf")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
