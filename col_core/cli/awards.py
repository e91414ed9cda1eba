"""`col badges issue|revoke|…`: what an organisation or the city does with its badges, from the command line."""

import argparse
import csv
import json
import sys
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from col_core.badges.awards import ending, funnel, links, recipients, store
from col_core.badges.awards.codes import written
from col_core.badges.awards.exporting import MEDIA_TYPES
from col_core.badges.awards.issuing import CITY, issuable
from col_core.badges.awards.making import address
from col_core.badges.awards.records import ClaimLink, Given, LinkKind, Order, Recipient
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.settings import CityConfig
from col_core.cli.frame import DONE, Subcommands, WrongUse, city_of
from col_core.cli.progress import Bar
from col_core.house import OpenCity, open_city

_RESULT = ("recipient", "credential_id", "url", "claim_url", "status")
_MOST_CODES = 1000


def register(actions: Subcommands) -> None:
    """Add what is done with awards to `col badges`."""
    issuing = actions.add_parser("issue", help="issue a badge to everybody on a list; the same list gives none twice")
    issuing.add_argument("--achievement", required=True, metavar="ID", help="which badge (`col achievements list`)")
    issuing.add_argument(
        "--recipients", required=True, type=Path, metavar="FILE.csv", help=f"columns {', '.join(recipients.COLUMNS)}"
    )
    issuing.add_argument("--occasion", metavar="TEXT", help="what it was for: each person once for each occasion")
    _add_language(issuing)
    issuing.add_argument("--mail", action="store_true", help="send claim links to those who have an e-mail address")
    issuing.add_argument("--result", type=Path, metavar="FILE.csv", help="write what came of each row to a file, too")
    issuing.set_defaults(run=run_issue)

    sheet = actions.add_parser("sheet", help="issue badges for people without e-mail: a sheet of codes to cut (PDF)")
    sheet.add_argument("--achievement", required=True, metavar="ID")
    sheet.add_argument("--count", required=True, type=int, metavar="N", help=f"how many codes, 1 to {_MOST_CODES}")
    sheet.add_argument("--occasion", required=True, metavar="TEXT", help="what it is for; the same one prints the same")
    sheet.add_argument("--output", required=True, type=Path, metavar="FILE.pdf")
    _add_language(sheet)
    sheet.set_defaults(run=run_sheet)

    link = actions.add_parser("link", help="make, list or close a link by which several claim a badge")
    link.add_argument("--achievement", metavar="ID", help="which badge")
    link.add_argument("--most", type=int, metavar="N", help="how many people may claim")
    link.add_argument("--hours", type=float, metavar="H", help="how long it is good; 24 if left out")
    link.add_argument(
        "--screen", action="store_true", help="a page to show in the room, whose code changes all the time"
    )
    link.add_argument("--narrative", metavar="TEXT", help="what they did, for each of the badges")
    link.add_argument("--list", action="store_true", help="list the links instead")
    link.add_argument("--close", metavar="ID", help="close a link instead")
    _add_language(link)
    link.set_defaults(run=run_link)

    for name, help_ in (
        ("revoke", "say that a badge does not hold any more"),
        ("undo", "take back a badge that nobody has claimed yet"),
        ("recall", "call back a badge that went to the wrong person; nothing personal of it stays"),
        ("suspend", "say that a badge does not hold for now"),
        ("reinstate", "say that a suspended badge holds again"),
    ):
        parser = actions.add_parser(name, help=help_)
        parser.add_argument("id", metavar="ID", help="the badge: its id or its address")
        if name == "revoke":
            parser.add_argument("--reason", required=True, metavar="TEXT", help="kept for the organisation alone")
        parser.set_defaults(run=run_ending)

    showing = actions.add_parser("export", help="write one badge to a file or to the screen")
    showing.add_argument("id", metavar="ID", help="the badge: its id or its address")
    showing.add_argument("--format", required=True, choices=sorted(MEDIA_TYPES), help="in which form")
    showing.add_argument("--output", type=Path, metavar="FILE", help="where to; standard output if left out")
    showing.set_defaults(run=run_export)

    figures = actions.add_parser("funnel", help="how many badges were issued, claimed, shared")
    figures.add_argument("--achievement", metavar="ID", help="of one badge; of all if left out")
    figures.add_argument("--json", action="store_true", help="as JSON")
    figures.set_defaults(run=run_funnel)


def run_issue(arguments: argparse.Namespace) -> int:
    """Issue to everybody on the list; print a line of JSON for each, and write the result file."""
    config = city_of(arguments)
    try:
        body = arguments.recipients.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{arguments.recipients} cannot be read: {error.strerror}.") from error
    try:
        named = recipients.read_csv(body, languages=config.languages)
    except InvalidInput as error:
        raise InvalidInput(f"{arguments.recipients}: {error}", fields=error.fields) from error
    if arguments.mail and not config.mail.url:
        raise WrongUse("--mail: this city has no mail server; set [mail] url, or leave --mail out and print the codes.")
    order = Order(
        achievement_id=arguments.achievement,
        recipients=named,
        language=_language(arguments, config),
        occasion=arguments.occasion,
        mails=arguments.mail,
    )
    counts = {"issued": 0, "already-issued": 0}
    with open_city(config) as city:
        _read_files(city)
        issuing = city.office.issuing
        run = issuing.order(order)
        progress, told = Bar(), 0
        rows: list[dict[str, Any]] = []
        while told < run.total:
            run = issuing.advance(run.id)
            for given in issuing.given(run.id, first=told + 1, last=run.done):
                row = _told(config, replace(given, recipient=named[given.row - 1]))
                rows.append(row)
                counts[row["status"]] += 1
                print(json.dumps(row, ensure_ascii=False))
            sys.stdout.flush()
            told = run.done
            progress("issuing", told, run.total)
    if arguments.result is not None:
        _write_result(arguments.result, rows)
    print(f"{counts['issued']} issued, {counts['already-issued']} had it already.", file=sys.stderr)
    return DONE


def run_sheet(arguments: argparse.Namespace) -> int:
    """Issue as many badges as asked for, and print their codes as a PDF."""
    config = city_of(arguments)
    if not 1 <= arguments.count <= _MOST_CODES:
        raise WrongUse(f"--count: 1 to {_MOST_CODES} codes.")
    language = _language(arguments, config)
    people = [Recipient(name=f"{number}") for number in range(1, arguments.count + 1)]
    with open_city(config) as city:
        _read_files(city)
        office = city.office
        run = office.issuing.order(
            Order(
                achievement_id=arguments.achievement, recipients=people, language=language, occasion=arguments.occasion
            )
        )
        while run.finished is None:
            run = office.issuing.advance(run.id)
        given = office.issuing.given(run.id)
        base = f"{config.base_url}/{language}/claim"
        codes = [(written(each.code), f"{base}/{written(each.code)}") for each in given if each.code is not None]
        pdf = city.exporting.sheet(arguments.achievement, codes=codes, language=language)
    arguments.output.write_bytes(pdf)
    used = len(given) - len(codes)
    print(f"{arguments.output}: {len(codes)} codes{f', {used} were claimed already' if used else ''}.", file=sys.stderr)
    return DONE


def run_link(arguments: argparse.Namespace) -> int:
    """Make a link and print its address, or list, or close."""
    config = city_of(arguments)
    with open_city(config) as city:
        _read_files(city)
        return _link(city, arguments)


def _link(city: OpenCity, arguments: argparse.Namespace) -> int:
    config = city.house.config
    with city.house.database.write() as session:
        clock, known = city.house.clock, city.office.codes
        if arguments.close:
            closed = links.close(session, arguments.close, clock=clock)
            print(f"{closed.id} is closed; {closed.used} claimed by it.")
            return DONE
        if arguments.list:
            for each in links.listing(session):
                state = "good" if each.is_good(clock.now()) else "over"
                opens = _link_address(config, each, known.of_link(each.id))
                print(
                    f"{each.id}  {each.kind}  {each.achievement_id}  {each.used} of {each.most}, "
                    f"until {each.expires:%Y-%m-%d %H:%M} UTC, {state}  {opens}"
                )
            return DONE
        if not arguments.achievement or not arguments.most:
            raise WrongUse("A new link needs --achievement ID and --most N; or write --list or --close ID.")
        achievement = issuable(session, arguments.achievement, issuer=None)
        made = links.make(
            session,
            achievement,
            kind=LinkKind.SCREEN if arguments.screen else LinkKind.OPEN,
            issuer=achievement.content.organiser_id or CITY,
            language=_language(arguments, config),
            most=arguments.most,
            expires=clock.now() + timedelta(hours=arguments.hours or 24),
            narrative=arguments.narrative,
            known=known,
            clock=clock,
        )
    print(_link_address(config, made, known.of_link(made.id)))
    print(f"Link {made.id}, for {made.most}, until {made.expires:%Y-%m-%d %H:%M} UTC.", file=sys.stderr)
    return DONE


def run_ending(arguments: argparse.Namespace) -> int:
    """Change how one badge stands."""
    config = city_of(arguments)
    id_ = _id(arguments.id)
    with open_city(config) as city, city.house.database.write() as session:
        clock = city.house.clock
        match arguments.action:
            case "revoke":
                ending.revoke(session, id_, reason=arguments.reason, clock=clock)
            case "undo":
                ending.undo(session, id_, clock=clock)
            case "recall":
                ending.recall(session, id_, clock=clock)
            case _:
                ending.suspend(session, id_, suspended=arguments.action == "suspend", clock=clock)
    done = {"revoke": "revoked", "undo": "taken back", "recall": "called back", "suspend": "suspended"}
    print(f"{id_} is {done.get(arguments.action, 'good again')}.")
    return DONE


def run_export(arguments: argparse.Namespace) -> int:
    """Write one badge in one form."""
    config = city_of(arguments)
    with open_city(config) as city:
        with city.house.database.read() as session:
            award = store.get(session, _id(arguments.id))
        if award is None:
            raise NotFound(f"There is no badge {_id(arguments.id)!r}.")
        body = city.exporting.exported(award, arguments.format).body
    if arguments.output is None:
        sys.stdout.buffer.write(body)
    else:
        arguments.output.write_bytes(body)
    return DONE


def run_funnel(arguments: argparse.Namespace) -> int:
    """Print what became of the badges."""
    config = city_of(arguments)
    with open_city(config) as city, city.house.database.read() as session:
        found = funnel.funnels(session, achievement_id=arguments.achievement)
    if arguments.json:
        print(json.dumps([asdict(each) for each in found], indent=1))
        return DONE
    for each in found:
        print(
            f"{each.achievement_id}: {each.issued} issued, {each.claimed} claimed, {each.shared} shared, "
            f"{each.revoked} revoked"
        )
    if not found:
        print("No badge was issued yet.", file=sys.stderr)
    return DONE


def _told(config: CityConfig, given: Given) -> dict[str, Any]:
    award = given.award
    language = award.language if award is not None else config.default_language
    return {
        "recipient": given.recipient.email or given.recipient.name or f"row {given.row}",
        "credential_id": award.id if award is not None else None,
        "url": address(config.base_url, award.id) if award is not None else None,
        "claim_url": f"{config.base_url}/{language}/claim/{written(given.code)}" if given.code else None,
        "status": given.status.value,
    }


def _write_result(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, _RESULT)
        table.writeheader()
        # A spreadsheet would take what begins so for a formula.
        table.writerows(
            {key: f"'{value}" if str(value)[:1] in tuple("=+-@\t") else value for key, value in row.items()}
            for row in rows
        )


def _link_address(config: CityConfig, link: ClaimLink, code: str) -> str:
    page = "screen" if link.kind is LinkKind.SCREEN else "claim"
    return f"{config.base_url}/{link.language}/{page}/{written(code)}"


def _language(arguments: argparse.Namespace, config: CityConfig) -> str:
    language: str = arguments.language or config.default_language
    if language not in config.languages:
        raise WrongUse(f"--language {language!r}: {config.id} speaks {', '.join(config.languages)}.")
    return language


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", metavar="TAG", help="language of the badges; the city's if left out")


def _id(said: str) -> str:
    return said.rstrip("/").rpartition("/")[2].partition(".")[0]


def _read_files(city: OpenCity) -> None:
    """Bring the city's files of badges in first: one that was just written can be issued at once."""
    for fault in city.badge_files.sync().faults:
        print(fault, file=sys.stderr)
