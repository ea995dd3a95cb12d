"""docs/commands.md says what the commands say of themselves."""

from click.testing import CliRunner
from command_reference import TARGET, reference

from lipon_eis.cli import main


def test_the_page_is_what_the_commands_say():
    written = TARGET.read_text(encoding="utf-8")
    assert written.split() == reference().split(), "run python tests/cli/command_reference.py"


def test_every_command_shows_an_example_of_itself():
    for name, command in main.commands.items():
        assert f"    lipon-eis {name}" in command.help


def test_the_formats_in_the_help_exist_and_a_wrong_name_lists_all(tmp_path):
    from lipon_eis.readers import formats

    (option,) = (p for p in main.commands["show"].params if p.name == "format")
    named = option.help.partition("such as ")[2].partition(";")[0]
    assert set(named.replace(" or ", ", ").split(", ")) <= set(formats())
    (tmp_path / "film.csv").write_text("")
    result = CliRunner().invoke(main, ["show", str(tmp_path / "film.csv"), "--format", "all"])
    assert result.exit_code == 2
    assert all(name in result.stderr for name in formats())


def test_every_weighting_can_be_chosen():
    from lipon_eis.fitting.weights import WEIGHTINGS

    (option,) = (p for p in main.commands["fit"].params if p.name == "weighting")
    assert tuple(option.type.choices) == WEIGHTINGS
