"""results.csv: the columns that scripts rely on, all digits, and no cell that a spreadsheet would run."""

import csv

import documents

from lipon_eis.report import results_rows, write_csv
from lipon_eis.report.csv_table import FIXED


def read(path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_film_has_exactly_these_columns():
    (row,) = results_rows(documents.document(1))
    expected = [*FIXED]
    for role in ("lead", "bulk"):
        expected += [f"{role}_resistance{part}_ohm" for part in ("", "_stderr", "_lower", "_upper")]
    for name, unit in (
        ("sigma_bulk", "_S_per_cm"),
        ("sigma_total", "_S_per_cm"),
        ("eps_r_bulk", ""),
        ("capacitance_bulk", "_F"),
        ("peak_frequency_bulk", "_Hz"),
    ):
        expected += [f"{name}{part}{unit}" for part in ("", "_stderr", "_lower", "_upper")]
    assert list(row) == expected


def test_golden_cells_of_a_film(tmp_path):
    made = documents.document(1)
    entry = made["results"][0]
    entry["reasons"] = [
        {"code": "one", "level": "check", "message": ""},
        {"code": "two", "level": "note", "message": ""},
    ]
    entry |= {"chi2": 0.25, "degrees_of_freedom": 100, "verdict": "check"}
    (row,) = read(write_csv(made, tmp_path / "results.csv"))
    golden = {
        "source": "measured/2024-05/lipon-01.DTA",
        "spectrum": "0",
        "label": "lipon-01",
        "temperature_K": "298.15",
        "thickness_m": "1.2e-06",
        "area_m2": "5e-05",
        "circuit": "lipon-blocking",
        "verdict": "check",
        "reasons": "one;two",
        "n_points": "64",
        "chi2_reduced": "0.0025",
        "bulk_resistance_ohm": "104.0",
        "lead_resistance_ohm": "6.0",
    }
    assert {key: row[key] for key in golden} == golden


def test_numbers_come_back_to_the_last_bit(tmp_path):
    made = documents.document(9, series=True)
    cells = read(write_csv(made, tmp_path / "results.csv"))
    for row, cell in zip(results_rows(made), cells, strict=True):
        for name, value in row.items():
            if isinstance(value, float):
                assert float(cell[name]) == value
            elif value is None:
                assert cell[name] == ""


def test_columns_are_the_same_for_all_rows_and_follow_the_current_through_the_cell():
    rows = results_rows(documents.document(3))
    assert len({tuple(row) for row in rows}) == 1
    roles = [name.removesuffix("_resistance_ohm") for name in rows[0] if name.endswith("_resistance_ohm")]
    assert roles == ["lead", "bulk", "grain_boundary", "anode_interface", "charge_transfer", "diffusion"]
    assert rows[0]["charge_transfer_resistance_ohm"] is None


def test_a_repeated_role_is_numbered_from_its_second():
    made = documents.document(2)
    for parameter in made["results"][1]["parameters"]:
        if parameter["name"] == "R2":
            parameter["role"] = "bulk.resistance"
    row = results_rows(made)[1]
    assert (row["bulk_resistance_ohm"], row["bulk_2_resistance_ohm"]) == (1900.0, 5600.0)


def test_a_one_sided_bound_leaves_value_and_one_end_empty():
    made = documents.document(1)
    made["results"][0]["parameters"][1] |= {"value": None, "stderr": None, "interval": [3210.0, None]}
    row = results_rows(made)[0]
    assert [row[f"bulk_resistance{part}_ohm"] for part in ("", "_stderr", "_lower", "_upper")] == [
        None,
        None,
        3210.0,
        None,
    ]


def test_text_that_a_spreadsheet_would_run_is_disarmed_and_negative_numbers_are_not(tmp_path):
    made = documents.document(1)
    for label in ("=1+1", "+A1", "-2", "@SUM(A1)", "\tx", "＝1"):
        made["results"][0]["label"] = label
        made["results"][0]["parameters"][1]["value"] = -104.0
        (row,) = read(write_csv(made, tmp_path / "results.csv"))
        assert row["label"] == "'" + label
        assert row["bulk_resistance_ohm"] == "-104.0"


def test_no_results_leave_the_header(tmp_path):
    path = write_csv(documents.document(0, failures=1), tmp_path / "results.csv")
    assert path.read_text() == ",".join(FIXED) + "\n"
