"""`col`: the command line of a city. Each noun is the file of its name beside this one."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from col_core.base import logs
from col_core.base.errors import ColError
from col_core.cli.frame import FAILED, WRONG_USE, WrongUse

_NOUNS = (
    "achievements",
    "api-token",
    "backup",
    "badges",
    "bench",
    "city",
    "config",
    "content",
    "db",
    "demo",
    "doctor",
    "feedback",
    "i18n",
    "jobs",
    "mirrors",
    "network",
    "opportunities",
    "organisations",
    "peers",
    "plugin",
    "plugins",
    "restore",
    "serve",
    "skills",
    "sources",
    "translations",
    "worker",
)
INTERRUPTED = 130


def parser(asked: argparse.Namespace | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command that `asked` names; of all, plugins' included, where it is none of ours."""
    root = argparse.ArgumentParser(prog="col", description="Run and look after a City of Learning.")
    root.add_argument("--city", metavar="DIR", help="folder of the city (or set COL_CITY)")
    root.add_argument("--debug", action="store_true", help="show the traceback of an error")
    root.add_argument(
        "--version", action="version", version=f"col {version('city-of-learning')}", help="say which it is"
    )
    sub = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for noun in (asked.command,) if asked is not None and asked.command in _NOUNS else _NOUNS:
        # Imported when asked for: each needs another part of the house, and the whole of it takes seconds.
        import_module(f"col_core.cli.{noun.replace('-', '_')}").register(sub)
    if asked is not None and asked.city and asked.command not in (None, *_NOUNS):
        import_module("col_core.cli.plugin_commands").register(sub, asked, taken=_NOUNS)
    return root


def _asked_for(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the city and the command that `argv` names, without judging the rest."""
    said = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    said.add_argument("--city", default=os.environ.get("COL_CITY"))
    said.add_argument("--debug", action="store_true")
    said.add_argument("command", nargs="?")
    try:
        return said.parse_known_args(argv)[0]
    except argparse.ArgumentError:
        # The parser of every command says what is wrong.
        return argparse.Namespace(city=None, command=None, debug=False)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 failed, 2 wrong use."""
    arguments = _asked_for(argv)
    logs.for_commands(debug=arguments.debug)
    try:
        arguments = parser(arguments).parse_args(argv)
        code: int = arguments.run(arguments)
    except ColError as error:
        if arguments.debug:
            raise
        print(error, file=sys.stderr)
        return WRONG_USE if isinstance(error, WrongUse) else FAILED
    except BrokenPipeError:
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if arguments.debug or error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
        return FAILED
    return code
