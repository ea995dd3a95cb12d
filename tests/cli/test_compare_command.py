"""lipon-eis compare."""

import json

ONE, TWO = "lipon-blocking", "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"


def test_says_which_circuit_the_data_support_and_shows_every_one(run, film):
    result = run("compare", film(), "--circuit", ONE, "--circuit", TWO)
    assert result.exit_code == 0
    assert f"{ONE} is enough: {TWO} adds nothing that the data ask for" in " ".join(result.stdout.split())
    assert f"→ {ONE}" in result.stdout
    assert "R_b" in result.stdout


def test_json_is_one_object_with_every_fit(run, film, here):
    result = run("compare", film(), "--circuit", ONE, "--circuit", TWO, "--json")
    document = json.loads(result.stdout)
    assert document["schema"] == "lipon-eis/compare/1"
    (one,) = document["results"]
    assert one["chosen"] == ONE
    assert [c["circuit"]["name"] for c in one["circuits"]] == [ONE, TWO]
    assert [c["free_parameters"] for c in one["circuits"]] == [6, 9]
    assert one["circuits"][0]["parameters"][1]["role"] == "bulk.resistance"
    assert not (here / "lipon-eis-results").exists()


def test_a_wish_holds_for_the_circuits_that_have_the_parameter(run, film):
    words = ("compare", film(), "--circuit", ONE, "--circuit", TWO, "--json")
    document = json.loads(run(*words, "--fix", "R2=100").stdout)
    fixed = {
        c["circuit"]["name"]: [p["name"] for p in c["parameters"] if p["fixed"]]
        for c in document["results"][0]["circuits"]
    }
    assert fixed == {ONE: [], TWO: ["R2"]}
    wrong = run(*words, "--fix", "R7=100")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "R7: none of these circuits has it" in wrong.stderr


def test_one_circuit_alone_is_wrong_usage(run, film):
    result = run("compare", film(), "--circuit", ONE)
    assert result.exit_code == 2
    assert "two circuits or more" in result.stderr


def test_settings_may_name_a_circuit_and_wishes_for_it(run, film, here):
    (here / "lipon-eis.toml").write_text('circuit = "auto"\n[guess]\nR2 = "1k"\n')
    assert run("compare", film(), "--circuit", ONE, "--circuit", TWO).exit_code == 0


def test_a_file_that_cannot_be_read_costs_no_other(run, film, here):
    (here / "broken.DTA").write_text("EXPLAIN\n")
    result = run("compare", film(), here / "broken.DTA", "--circuit", ONE, "--circuit", TWO)
    assert result.exit_code == 1
    assert "broken.DTA" in result.stderr
    assert f"→ {ONE}" in result.stdout
