"""Logs: one JSON line an event on stdout, without personal data. On a terminal, lines for people."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# What could say who somebody is has no place in a log, whoever puts it there.
_PERSONAL = frozenset({"email", "name", "ip", "address", "user_agent", "birth", "phone", "token", "cookie", "query"})


# What exceptions and other people's messages bring along: mail addresses, network addresses, what was asked for.
_ADDRESSES = re.compile(
    r"[^\s<>\"'=,;:()\[\]/]+@[^\s<>\"'=,;:()\[\]/]+"
    r"|(?<![\w.])(?!127\.0\.0\.1|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}(?::|[0-9a-fA-F]{1,4})(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){1,6}:(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*)?(?![\w:])"
)
_QUERY = re.compile(r"(?<=\w)\?[^\s\"'<>]*=[^\s\"'<>]*")
_LEFT_OUT = "[left out]"


def set_up(*, city: str, level: str = "INFO", as_json: bool | None = None) -> None:
    """Send every log of this process, structlog's and the standard library's, through one chain. Call it once."""
    as_json = not sys.stdout.isatty() if as_json is None else as_json
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if as_json else structlog.processors.ExceptionPrettyPrinter(),
        _CityName(city),
        without_personal_data,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


# For a web server that sets its loggers up by itself: let them go the way of all others.
THROUGH_ROOT = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "level": "INFO", "propagate": True}},
}


def for_commands(*, debug: bool) -> None:
    """Let commands write what they note to stderr, a line each; tracebacks only where somebody asked for them.

    Left as it is, structlog prints tracebacks with the values of all variables, secrets among them.
    """
    if structlog.is_configured():
        return
    shown: list[structlog.types.Processor] = [structlog.processors.add_log_level]
    if not debug:
        shown.append(_without_traceback)
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[*shown, without_personal_data, renderer], logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )


def _without_traceback(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("exc_info", None)
    return event


def without_personal_data(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Strike out the values of keys that could name a person, and addresses and queries in all others."""
    for key, value in event.items():
        if key in _PERSONAL:
            event[key] = _LEFT_OUT
        elif isinstance(value, str) and key != "timestamp":
            event[key] = _struck(value)
    return event


def _struck(text: str) -> str:
    if "@" in text or "." in text or ":" in text:
        text = _ADDRESSES.sub(_LEFT_OUT, text)
    return _QUERY.sub("?" + _LEFT_OUT, text) if "?" in text else text


class _CityName:
    def __init__(self, city: str) -> None:
        self._city = city

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["city"] = self._city
        return event
