"""`col doctor`: what is missing or risky in a city, what that means, and how to mend it."""

import argparse
import json
import os

from col_core.base.checks import Finding, Weight
from col_core.base.clock import SystemClock
from col_core.cli.frame import DONE, FAILED, Subcommands, folder_of
from col_core.upkeep.doctor import Report, examine

_TITLES = {
    Weight.MEND: "To mend before visitors come",
    Weight.RISK: "Risks",
    Weight.HINT: "What would make it better",
}


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("doctor", help="say what is missing or risky in a city, and how to mend it")
    parser.add_argument("--json", action="store_true", help="for programs, one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the report; fail where something must be mended."""
    folder = folder_of(arguments)
    report = examine(folder, environ=os.environ, clock=SystemClock())
    if arguments.json:
        print(json.dumps(_plain(report), ensure_ascii=False, indent=2))
    else:
        for weight, title in _TITLES.items():
            _print(title, report.of(weight))
        print(_sum(report))
    return DONE if report.healthy else FAILED


def _print(title: str, found: list[tuple[str, Finding]]) -> None:
    if not found:
        return
    print(f"{title}\n")
    for area, each in found:
        print(f"  [{area}] {each.what}\n      {each.means}\n      -> {each.mend}\n")


def _sum(report: Report) -> str:
    mend, risks, hints = (len(report.of(each)) for each in _TITLES)
    if not report.findings:
        return "The city is well: nothing is missing."
    return f"{mend} to mend, {risks} {'risk' if risks == 1 else 'risks'}, {hints} {'hint' if hints == 1 else 'hints'}."


def _plain(report: Report) -> dict[str, object]:
    return {
        "healthy": report.healthy,
        "findings": [
            {"area": area, "weight": each.weight.value, "what": each.what, "means": each.means, "mend": each.mend}
            for area, each in report.findings
        ],
    }
