"""`col badges verify`: checking a badge of anybody, without a city."""

import argparse
import json
import sys
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from col_core.badges.checking import wire
from col_core.badges.checking.documents import FetchedDocuments
from col_core.badges.checking.service import Checking
from col_core.badges.checking.showing import seen
from col_core.badges.credentials import input as given_input
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Verdict, Verification
from col_core.badges.reason_words import aspect_word, sentence, verdict_word
from col_core.base.clock import SystemClock
from col_core.base.fetch import HttpClient
from col_core.base.i18n import I18n, Translator
from col_core.base.languages import Language
from col_core.cli.frame import DONE, FAILED, Subcommands

CANNOT_TELL = 3
_ENGLISH = Language(tag="en", name="English", plural_forms="nplurals=2; plural=(n != 1);")


def register(actions: Subcommands) -> None:
    checking = actions.add_parser("verify", help="check a badge; ends with 0 valid, 1 not valid, 3 cannot tell")
    checking.add_argument("given", metavar="FILE|URL", help="a badge as JSON, JWT, PNG or SVG; - reads it from stdin")
    checking.add_argument("--json", action="store_true", help="print the answer as the API gives it")
    checking.add_argument("--email", help="ask whether it was given to this address")
    checking.set_defaults(run=verify)


def verify(arguments: argparse.Namespace) -> int:
    """Check one badge and print what came of it."""
    http = HttpClient(user_agent=f"CityOfLearning/{version('city-of-learning')}")
    clock = SystemClock()
    checking = Checking(documents=FetchedDocuments(http, clock=clock), clock=clock)
    verification = checking.check(_given(arguments.given), email=arguments.email)
    words = I18n([_ENGLISH], "en").translator("en")
    if arguments.json:
        print(json.dumps(wire.answer(verification, {"en": words}, zone=UTC), ensure_ascii=False, indent=2))
    else:
        _print(verification, words)
    if verification.verdict == Verdict.VALID:
        return DONE
    return CANNOT_TELL if verification.verdict == Verdict.UNKNOWN else FAILED


def _given(named: str) -> bytes | str:
    if named.startswith(("https://", "http://")):
        return named
    # One byte more than may be tells that it is too long.
    most = given_input.MAX_BYTES + 1
    if named == "-":
        return sys.stdin.buffer.read(most)
    with Path(named).open("rb") as file:
        return file.read(most)


def _print(verification: Verification, words: Translator) -> None:
    told = seen(verification.told)
    print(f"{verdict_word(verification.verdict, verification.reason, words)}. {sentence(verification.reason, words)}")
    if told is not None:
        print(f"\n{told.name}\n{told.issuer_name} ({told.issuer_id})")
    print()
    for aspect, check in verification.checks.items():
        if check.reason != Reason.NOT_CHECKED:
            print(f"  {check.outcome.value:8} {aspect_word(aspect, words)}: {sentence(check.reason, words)}")
