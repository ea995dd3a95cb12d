"""``lipon-eis literature``: the table of published films, and where a fitted film stands in it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lipon_eis.cli import options
from lipon_eis.cli.parameters import Parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from lipon_eis.physics.literature import LiteratureRow
    from lipon_eis.report.fitted_films import Films

KINDS = ("film", "melt", "solid-state", "general")
IMAGES = (".svg", ".pdf", ".png")
WIDE = 110  # columns from which the method stands in the table too


def _conductivities(text: str) -> tuple[float | None, float | None]:
    """Return limits in S/cm; a bare number would be S/m, which nobody means."""
    from lipon_eis.errors import InvalidQuantity
    from lipon_eis.units import parse_range

    if "S" not in text:
        raise InvalidQuantity(f"{text!r} has no unit: write '1e-7S/cm..1e-5S/cm' or '1e-6S/cm..'")
    low, high = parse_range(text, "conductivity")
    return (None if low is None else low / 100, None if high is None else high / 100)


def _rows(function: Any) -> Any:
    """Add the options that choose rows."""
    chosen = [
        options.option("--family", metavar="WORD", default="", group="Rows", help="Of this family: Si-doped, metal, …"),
        options.option(
            "--element",
            "elements",
            metavar="SYMBOL",
            multiple=True,
            group="Rows",
            help="That contain this element (repeatable: all of them).",
        ),
        options.option("--method", metavar="WORD", default="", group="Rows", help="Made so: sputtering, melting, …"),
        options.option(
            "--kind",
            type=click.Choice(KINDS),
            group="Rows",
            help="Measured on a film, a melt-quenched glass, a powder or pellet, or said in general.",
        ),
        options.option(
            "--sigma",
            metavar="LOW..HIGH",
            type=Parsed("range", _conductivities),
            group="Rows",
            help="Of this conductivity: 1e-7S/cm..1e-5S/cm; 1e-6S/cm.. has an open end.",
        ),
        options.option(
            "--add",
            "own",
            metavar="FILE.toml",
            type=options.PATH,
            multiple=True,
            group="Rows",
            help="Rows of your own behind the built-in ones (repeatable; docs/literature.md).",
        ),
    ]
    for decorate in reversed(chosen):
        function = decorate(function)
    return function


@options.command("literature")
@click.argument("name", required=False, default="")
@options.option(
    "--results", metavar="RESULTS.json|DIR", type=options.PATH, help="Set the films of a fit beside the published ones."
)
@_rows
@options.option(
    "-o", "--output", metavar="FILE", type=options.PATH, help="Figure of σ against Ea: FILE.svg, .pdf or .png."
)
@options.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV and nothing else.")
@options.as_json
def command(
    name: str,
    results: Path | None,
    own: tuple[Path, ...],
    kind: str | None,
    sigma: tuple[float | None, float | None] | None,
    output: Path | None,
    as_csv: bool,
    as_json: bool,
    **conditions: Any,
) -> None:
    """List published films, and show where a fitted film stands among them.

    NAME is an element (Si), a formula (LiSiPON), a family, a method, an author or a reference ([66]); or a results.json
    or its folder, as with --results. The built-in table is that of the review by Dai et al. (2022). Without NAME all
    rows are listed; with it, references and notes too.

    Example:
        lipon-eis literature
        lipon-eis literature LiSiPON
        lipon-eis literature --element B --kind film --json
        lipon-eis literature --results lipon-eis-results -o films.svg
    """
    from lipon_eis.cli import terminal
    from lipon_eis.physics.literature import literature, search_literature

    if not results and _holds_results(name):
        name, results = "", Path(name)
    _refuse(results, own, output, as_csv and as_json)
    rows = search_literature(name, rows=literature(*own), kind=kind or "", sigma=sigma or (None, None), **conditions)
    films = _films(results)
    if output:
        _write_figure(output, rows, films)
    if as_csv:
        from lipon_eis.report.literature_text import literature_csv

        click.echo(literature_csv(rows), nl=False)
    elif as_json:
        terminal.print_json(_plain(rows, films))
    else:
        with terminal.page() as screen:
            if films is None or name:
                _print_rows(screen, rows, in_full=bool(name))
            if films is not None:
                _print_films(screen, rows, films)
    if not rows:
        terminal.note("no row of the table is so")
    if output:
        terminal.note(f"figure: {output.as_posix()}")


def _holds_results(name: str) -> bool:
    """Return whether NAME is a place of results and no word to look for."""
    path = Path(name)
    return bool(name) and (path.suffix.lower() == ".json" or (path / "results.json").is_file())


def _refuse(results: Path | None, own: tuple[Path, ...], output: Path | None, both: bool) -> None:
    """Refuse what cannot be done before anything is."""
    from lipon_eis.cli.output import refuse_unwritable_file
    from lipon_eis.errors import InvalidOption

    if both:
        raise InvalidOption("--csv and --json: choose one")
    for path in (*own, *([results] if results else [])):
        if not path.exists():
            raise InvalidOption(f"PATH does not exist: {path}")
    if output:
        if output.suffix.lower() not in IMAGES:
            raise InvalidOption(f"-o {output}: expected a figure that ends in {', '.join(IMAGES)}")
        refuse_unwritable_file(output)


def _films(results: Path | None) -> Films | None:
    from lipon_eis.report.document import load
    from lipon_eis.report.fitted_films import fitted_films

    return None if results is None else fitted_films(load(results))


def _write_figure(path: Path, rows: Sequence[LiteratureRow], films: Films | None) -> None:
    from lipon_eis.report import style
    from lipon_eis.report.image import image
    from lipon_eis.report.literature_plot import literature_figure
    from lipon_eis.report.whole_file import write_whole

    with style.settings():
        figure = literature_figure(rows, films.found if films else ())
        write_whole(path, image(figure, path.suffix.lower().removeprefix(".")))


def _plain(rows: Sequence[LiteratureRow], films: Films | None) -> dict[str, Any]:
    from lipon_eis.physics.literature import CAUTION
    from lipon_eis.physics.standing import standing
    from lipon_eis.report.literature_text import plain_film, plain_row

    document: dict[str, Any] = {"rows": [plain_row(row) for row in rows]}
    if films is not None:
        document["films"] = [plain_film(film, standing(film.sigma, film.interval, rows)) for film in films.found]
        document["left_out"] = [{"label": label, "why": why} for label, why in films.left_out]
        document["caution"] = CAUTION
    return document


def _print_rows(screen: Console, rows: Sequence[LiteratureRow], in_full: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from lipon_eis.physics.literature import CAUTION
    from lipon_eis.report.literature_text import energy_text, sigma_text

    wide = screen.width >= WIDE
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for header in ("formula", "σ / S cm⁻¹", "Ea / eV", "measured on", *(["method"] if wide else []), "ref."):
        table.add_column(header, overflow="fold")  # a narrow screen breaks texts, and never cuts a number
    for family, members in groupby(rows, key=lambda row: row.family):
        table.add_row(Text(family or "no family named", style="bold"))
        for row in members:
            cells = (row.formula, sigma_text(row), energy_text(row), row.kind, *([row.method] if wide else []))
            table.add_row(*map(Text, (*cells, row.reference.key)), style="" if row.is_film else "dim")
    screen.print(table)
    if in_full:
        for reference, members in groupby(rows, key=lambda row: row.reference):
            screen.print()
            screen.print(Text(str(reference)))
            notes = dict.fromkeys((row.formula, row.note) for row in members if row.note)
            for formula, note in notes:
                screen.print(Padding(Text(f"{formula}: {note}"), (0, 0, 0, 4)))
    screen.print()
    screen.print(Text(CAUTION))


def _print_films(screen: Console, rows: Sequence[LiteratureRow], films: Films) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from lipon_eis.physics.literature import CAUTION
    from lipon_eis.physics.standing import standing
    from lipon_eis.report.literature_text import film_text, standing_text

    for film in films.found:
        screen.print(Text.assemble((film.label, "bold"), f": {film_text(film)}"))
        place = standing(film.sigma, film.interval, rows)
        screen.print(Padding(Text(standing_text(place)), (0, 0, 0, 4)))
    for label, why in films.left_out:
        screen.print(Text(f"{label}: not compared, {why}", style="dim"))
    if not films.found:
        screen.print(Text("no film of these results can be compared"))
    screen.print()
    screen.print(Text(CAUTION))
