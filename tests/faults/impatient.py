"""warp-hub with little patience: sources have seconds where they have minutes; otherwise it is the same."""

from dataclasses import replace

from feeds import contract

contract.STANDARD_LIMITS = replace(
    contract.STANDARD_LIMITS, connect=1.0, read=0.8, page=1.5, tries=2, first_pause=0.1, longest_pause=0.2
)


def main() -> None:
    """Be warp-hub."""
    from warp_hub.cli import main as command

    command(prog_name="warp-hub")


if __name__ == "__main__":
    main()
