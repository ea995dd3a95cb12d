"""Writes docs/commands.md from the help texts: ``python tests/cli/command_reference.py``."""

from pathlib import Path

from click.testing import CliRunner

from lipon_eis.cli import main

TARGET = Path(__file__).parents[2] / "docs" / "commands.md"
PREFACE = """\
# Commands

This page is generated from `lipon-eis COMMAND --help` by `python tests/cli/command_reference.py`; a test keeps it true.
`python -m lipon_eis` is the same as `lipon-eis`.

Results go to stdout; progress (on a terminal only), warnings and errors go to stderr, one line each. With `--json`
stdout carries one JSON object and nothing else. `NO_COLOR` is honoured, and nothing opens a window.

`lipon-eis.toml` in the current folder may hold the options of `fit` under their own names (`show`, `samples` and
`convert` take `format`, `imaginary` and `temperature-from` from it); `simulate`, `circuits`, `report` and `demo` do not
read it. Starts, fixed values, bounds and roles given as options are added to those of the file, parameter by parameter.
A circuit given as an option has precedence over the column `circuit` of the sample sheet, that over the file's.

Completion of options, circuits and file names in the shell: `eval "$(_LIPON_EIS_COMPLETE=bash_source lipon-eis)"`, or
with `zsh_source`, `fish_source`.
"""
JSON = """
## JSON of other commands

`lipon-eis fit --json` prints results.json. `lipon-eis show --json` prints `{"files": […], "failures": […]}`: a file has
`source`, `format` and `spectra`, each of these `label`, `n_points`, `n_masked`, `frequency_min_hz`,
`frequency_max_hz`, `z_abs_min_ohm`, `z_abs_max_ohm` (of the points that are used), `metadata` (quantities carry their
unit in the name; `origin` says where each was found, `ignored` names what was not used) and `notes`.
`lipon-eis circuits --json` prints `{"schema": "lipon-eis/circuits/1", "circuits": […]}`: a circuit has `name`, `title`,
`text`, `use_when`, `kinds`, `family`, `parameters` (`name`, `unit`, `role`, `bounds` with null for an open end,
`answer`, `sides`) and `references` (`cite`, `doi`, `note`). What is not known is null.
"""


def reference():
    """Return the whole page."""
    sections = [PREFACE, _section("lipon-eis", [])]
    sections += [_section(f"lipon-eis {name}", [name]) for name in main.commands]
    return "\n".join([*sections, JSON.lstrip("\n")])


def _section(title, words):
    result = CliRunner().invoke(main, [*words, "--help"], prog_name="lipon-eis", terminal_width=100)
    assert result.exit_code == 0, result.output
    return f"## {title}\n\n```text\n{result.stdout.rstrip()}\n```\n"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
