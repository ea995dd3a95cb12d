"""The ``lipon-eis`` command: it parses, calls the package, and prints.

One module a command, each with a function `command`; `group` turns errors into one line and an
exit code. Everything heavy is imported by the functions that need it, so that ``--help`` is instant.
"""

import click

from lipon_eis import __version__
from lipon_eis.cli import (
    arrhenius,
    check,
    circuits,
    compare,
    convert,
    demo,
    drt,
    fit,
    literature,
    plan,
    report,
    samples,
    series,
    show,
    simulate,
)
from lipon_eis.cli.exits import Exit
from lipon_eis.cli.group import Group

__all__ = ["main"]


@click.group(
    "lipon-eis", cls=Group, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="lipon-eis")
@click.pass_context
def main(context: click.Context) -> None:
    """Fit impedance spectra of LiPON films and Li/LiPON/LCO cells.

    Exports of some twenty instruments and programs are read as they are; no start values are needed.

    Begin with:
        lipon-eis demo
        lipon-eis show exports/
        lipon-eis fit exports/ --thickness 1.2um --area 0.5cm2

    Exit codes:
        0    every spectrum was read and fitted, none is judged FAIL
        1    some file or spectrum failed, or some fit is FAIL; the rest is done
        2    wrong usage: nothing was read or written
        3    nothing could be read
        130  interrupted
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(Exit.USAGE)


COMMANDS = (
    demo,
    show,
    fit,
    check,
    compare,
    drt,
    series,
    arrhenius,
    literature,
    circuits,
    simulate,
    plan,
    convert,
    samples,
    report,
)
for module in COMMANDS:
    main.add_command(module.command)
