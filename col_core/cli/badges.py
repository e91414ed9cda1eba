"""`col badges`: issue badges, look after them and the keys that sign them, check those of anybody."""

from col_core.cli import awards, badge_check, badge_keys
from col_core.cli.frame import Subcommands


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("badges", help="issue badges, change how they stand, look after keys, check any badge")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    awards.register(actions)
    badge_keys.register(actions)
    badge_check.register(actions)
