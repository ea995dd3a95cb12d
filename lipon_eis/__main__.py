"""``python -m lipon_eis`` is the ``lipon-eis`` command."""

from lipon_eis.cli import main

if __name__ == "__main__":
    main(prog_name="lipon-eis")
