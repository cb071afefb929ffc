"""The command `station`: runs what the command line says, and turns every failure into a sentence."""

from __future__ import annotations


def main() -> None:
    from station.cli import station
    from station.cli.failures import escape_what_no_output_holds, told

    escape_what_no_output_holds()
    with told():
        station(prog_name="station", standalone_mode=True)


if __name__ == "__main__":
    main()
