"""`col`: the command line of a city. Each noun is a file beside this one."""

import argparse
import sys
from collections.abc import Sequence

from col_core.base import logs
from col_core.base.errors import ColError
from col_core.cli import (
    api_token,
    backup,
    bench,
    city,
    config,
    content,
    db,
    demo,
    doctor,
    feedback,
    i18n,
    jobs,
    opportunities,
    plugin,
    plugin_commands,
    plugins,
    restore,
    serve,
    sources,
    worker,
)
from col_core.cli.frame import FAILED, WRONG_USE, WrongUse

_NOUNS = (
    api_token,
    backup,
    bench,
    city,
    config,
    content,
    db,
    demo,
    doctor,
    feedback,
    i18n,
    jobs,
    opportunities,
    plugin,
    plugins,
    restore,
    serve,
    sources,
    worker,
)
INTERRUPTED = 130


def parser(asked: argparse.Namespace | None = None) -> argparse.ArgumentParser:
    """Return the parser with every command; where `asked` names another, with those of its city's plugins."""
    root = argparse.ArgumentParser(prog="col", description="Run and look after a City of Learning.")
    root.add_argument("--city", metavar="DIR", help="folder of the city (or set COL_CITY)")
    root.add_argument("--debug", action="store_true", help="show the traceback of an error")
    sub = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for noun in _NOUNS:
        noun.register(sub)
    if asked is not None and asked.city and asked.command not in (None, *sub.choices):
        plugin_commands.register(sub, asked, taken=tuple(sub.choices))
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 failed, 2 wrong use."""
    arguments = plugin_commands.asked_for(argv)
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
