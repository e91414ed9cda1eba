"""`col restore FILE`: the city becomes what a backup holds."""

import argparse
from pathlib import Path

from col_core.base.clock import SystemClock
from col_core.cli.frame import DONE, Subcommands, city_of
from col_core.cli.progress import Bar
from col_core.upkeep.restore import restore


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("restore", help="put a backup in the place of the city's data")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--force", action="store_true", help="replace what is there; it is lost")
    parser.add_argument(
        "--run-pending",
        action="store_true",
        help="also run what waited when the backup was made (mail, pushes): only where it surely did not run since",
    )
    parser.add_argument(
        "--deletions",
        type=Path,
        metavar="FILE",
        help="a copy of deletions.jsonl from elsewhere: what it names is deleted again too",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restore, and say what is there now and what still needs a decision."""
    config = city_of(arguments)
    done = restore(
        config,
        arguments.file,
        clock=SystemClock(),
        force=arguments.force,
        run_pending=arguments.run_pending,
        deletions_file=arguments.deletions,
        progress=Bar(),
    )
    manifest = done.manifest
    print(
        f"{config.id} is what it was at {manifest.made[:16].replace('T', ' ')} UTC: {done.rows} rows, "
        f"{done.offers} offers, {done.files} files. Start `col serve` and `col worker` again."
    )
    print(f"Deleted after the backup was made, and therefore deleted again: {done.deleted_again}.")
    for note in done.notes:
        print(note)
    if done.parked:
        print(
            f"{done.parked} jobs waited when the backup was made and may have run since, so they do not run by "
            "themselves: `col jobs list` shows them, `col jobs release` runs them, `col jobs drop` forgets them."
        )
    return DONE
