"""What the documentation says is so: examples run, outputs are real, options exist, links lead somewhere.

``python tests/test_docs.py`` writes the outputs of the tutorial's commands anew.
"""

import csv
import doctest
import os
import re
import shlex
import shutil
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from lipon_eis.batch import fit_batch
from lipon_eis.cli import main
from lipon_eis.readers import Failure, read
from lipon_eis.sample import KEYS as SAMPLE_KEYS
from lipon_eis.sample import RULES
from lipon_eis.settings import KEYS, read_settings
from lipon_eis.sheet import read_sheet

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs" / "tutorial.md"
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "circuits/README.md", ROOT / "sample_spectra/README.md"]
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def text_of(page):
    return page.read_text(encoding="utf-8")


def blocks(page, language):
    return [body for name, body in BLOCK.findall(text_of(page)) if name == language]


def code_spans(text):
    return [span for line in BLOCK.sub("", text).splitlines() for span in re.findall(r"`([^`]+)`", line)]


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """A current folder with the sample spectra in it, as after `lipon-eis demo`."""
    copy_samples(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "lipon-eis-demo"


def copy_samples(folder):
    shutil.copytree(ROOT / "sample_spectra", folder / "lipon-eis-demo", ignore=shutil.ignore_patterns("*.py", "__*"))


# Links and places


def anchors(page):
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(BLOCK.sub("", text_of(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_leads_to_every_page_of_the_folder():
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text_of(index))}
    assert {page for page in PAGES if page.is_relative_to(index.parent)} - {index} <= linked


@each_page
def test_no_page_names_a_place_on_somebodys_machine(page):
    assert not re.search(r"(?<![\w.])/(work|home|Users|tmp|root)/|[A-Z]:\\", text_of(page))


# Commands


def command_lines(page):
    """Yield the words of every command in blocks for the shell."""
    for language in ("sh", "console"):
        for body in blocks(page, language):
            for line in body.splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True) if "lipon-eis " in line else []
                if words[:1] == ["lipon-eis"]:
                    yield words[1:]


@each_page
def test_every_command_in_a_block_is_one_that_is_understood(page):
    for name, *words in command_lines(page):
        command = main.commands[name]
        command.make_context(name, words, obj="")  # parses every option and its value, and runs nothing


@each_page
def test_every_option_and_command_that_is_named_exists(page):
    known = {name for command in main.commands.values() for p in command.params for name in p.opts} | {"--help"}
    for span in code_spans(text_of(page)):
        if option := re.match(r"--?[a-z][a-z-]*", span):
            assert option.group() in known, span
        if name := re.match(r"lipon-eis ([a-z]+)", span):
            assert name.group(1) in main.commands, span


# The tutorial


def with_real_outputs(text, folder):
    """Return the tutorial with its commands run in a folder and their outputs in place of those that stand there."""

    def written(found):
        language, body = found.groups()
        if language == "csv" and (name := re.search(r"`(\S+)`:\n\n$", text[: found.start()])):
            (folder / name.group(1)).write_text(body, encoding="utf-8")
        if language != "console":
            return found.group()
        (command,) = (line for line in body.splitlines() if line.startswith("$ "))
        result = CliRunner().invoke(main, shlex.split(command)[2:])
        assert result.exception is None or isinstance(result.exception, SystemExit), command
        return f"```console\n{command}\n{result.output}```"

    with chdir(folder), patch.dict(os.environ, {"COLUMNS": "80", "NO_COLOR": "1"}):
        return BLOCK.sub(written, text)


def test_the_tutorial_shows_what_its_commands_print_and_its_python_runs_on_what_they_wrote(tmp_path, monkeypatch):
    copy_samples(tmp_path)
    assert with_real_outputs(text_of(TUTORIAL), tmp_path) == text_of(TUTORIAL), "run python tests/test_docs.py"
    monkeypatch.chdir(tmp_path)
    run_examples(TUTORIAL)


def rewrite_tutorial():
    with TemporaryDirectory() as folder:
        copy_samples(Path(folder))
        TUTORIAL.write_text(with_real_outputs(text_of(TUTORIAL), Path(folder)), encoding="utf-8")


# Python


def run_examples(page):
    """Run the examples of a page as one session."""
    source = "\n".join(blocks(page, "python"))
    test = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    assert test.examples
    report = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_examples_give_what_they_say(name, demo):
    run_examples(ROOT / name)


def test_every_public_error_is_in_the_table():
    import lipon_eis as le

    public = {name: getattr(le, name) for name in le.__all__}
    errors = {name for name, kind in public.items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert errors <= set(re.findall(r"`(?:le\.)?(\w+)`", text_of(ROOT / "docs/python.md")))


# Sample sheets and settings


def documented_columns():
    """Return every header that docs/samples.md lists, those with their unit written out."""
    tables = text_of(ROOT / "docs/samples.md").partition("## Columns")[2].partition("## Stacks")[0]
    for row in re.findall(r"^\| (`.*)\|.*\|$", tables, re.MULTILINE):
        names, units = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[:2])
        for name in names:
            yield name.replace("…", "x")
            yield from (name + unit if unit.startswith("_") else unit for unit in units)


def test_every_documented_column_is_understood(tmp_path):
    for header in set(documented_columns()) - {"file"}:
        sheet = tmp_path / "sheet.csv"
        sheet.write_text(f"file,{header}\na.csv,\n", encoding="utf-8")
        assert read_sheet(sheet).rows


def test_every_property_of_a_sample_is_documented():
    assert set(RULES) <= set(documented_columns())


def test_the_sheet_and_the_settings_that_are_shown_can_be_read(tmp_path):
    page = ROOT / "docs/samples.md"
    (sheet,), (settings,) = blocks(page, "csv"), blocks(page, "toml")
    (tmp_path / "samples.csv").write_text(sheet, encoding="utf-8")
    (tmp_path / "lipon-eis.toml").write_text(settings, encoding="utf-8")
    cold = read_sheet(tmp_path / "samples.csv").sample_for(tmp_path / "day1" / "cold.DTA")
    assert (cold.label, cold.thickness, cold.temperature) == ("cold", 1.2e-6, 263.15)
    assert read_settings(tmp_path / "lipon-eis.toml").bounds == {"CPE1_1": "0.7..1"}


def test_every_key_of_the_settings_that_is_an_option_is_documented_and_no_other():
    table = text_of(ROOT / "docs/samples.md").partition("## Settings")[2]
    rows = re.findall(r"^\| (`.*?)\|", table, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    options = {name.removeprefix("--") for p in main.commands["fit"].params for name in p.opts}
    assert documented == set(KEYS) & options


# Results

FREE = ("metadata", "settings", "values", "sides")
"""Objects whose keys are names of data, not fields."""


def fields(value):
    """Yield the name of every field of a document."""
    if isinstance(value, list):
        for item in value:
            yield from fields(item)
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            if key not in FREE:
                yield from fields(item)


@pytest.fixture(scope="module")
def batch():
    """A temperature series, a film with grains, a cell, one that fails."""
    folder = ROOT / "sample_spectra"
    files = [*folder.glob("A[1245]*"), *folder.glob("B1*"), *folder.glob("D1*"), *folder.glob("E1*")]
    spectra = [spectrum for file in files for spectrum in read(file)]
    return fit_batch(spectra, samples=folder / "samples.csv", failures=[Failure("x.mpt", None, "UnreadableFile", "…")])


def test_every_field_of_results_json_is_documented(batch):
    named = set(re.findall(r"`(\w+)`", text_of(ROOT / "docs/results.md")))
    of_the_film = set(SAMPLE_KEYS.values())  # docs/samples.md has them
    assert set(fields(batch.to_document())) - of_the_film <= named


def test_every_derived_quantity_and_column_is_documented(batch):
    page = text_of(ROOT / "docs/results.md")
    for result in batch.results:
        for name, quantity in result.derived.items():
            family = re.match(r"asr|capacitance_per_area|capacitance|peak_frequency", name)
            assert f"`{family.group()}_<role>`" in page if family else f"`{name}`" in page
            assert quantity.unit in page
    for column in list(batch.to_rows()[0])[:11]:
        assert f"`{column}`" in page


def test_the_shown_sheet_of_the_tutorial_is_a_table_without_gaps():
    for body in blocks(TUTORIAL, "csv"):
        assert len({len(row) for row in csv.reader(body.splitlines())}) == 1


if __name__ == "__main__":
    rewrite_tutorial()
