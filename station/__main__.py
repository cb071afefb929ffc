"""The command `station`: runs what the command line says, and turns every failure into a sentence."""

from __future__ import annotations


def main() -> None:
    from station.cli import station
    from station.cli.failures import escape_what_no_output_holds, take_what_is_typed, told

    escape_what_no_output_holds()
    take_what_is_typed()
    with told():
        station(prog_name="station", standalone_mode=True)


if __name__ == "__main__":
    main()
