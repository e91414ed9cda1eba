"""`col sources list|preview|sync|errors`: where the city's offers come from, and how that goes."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from col_core.base.errors import FetchError
from col_core.base.html import visible
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.gathering import GatheredSource, Gathering
from col_core.catalogue.gathering.runs import Outcome, Run
from col_core.catalogue.records import Rejected
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse, city_of
from col_core.house import open_gathering

_SHOWN = 20


def register(sub: Subcommands) -> None:
    parser = sub.add_parser(
        "sources", help="list the sources of a city, look what one would bring, run them, or see what could not be read"
    )
    parser.add_argument("action", choices=["list", "preview", "sync", "errors"])
    parser.add_argument("name", nargs="?", help="the id of one source; `sync` without it runs all")
    parser.add_argument(
        "--accept-fewer", action="store_true", help="sync: believe a source that brings much less than before"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what `arguments.action` says; fail where a source failed."""
    config = city_of(arguments)
    with open_gathering(config) as gathering:
        if arguments.action == "list":
            return _list(gathering, config)
        if arguments.action == "preview":
            return _preview(gathering, config, arguments.name)
        if arguments.action == "errors":
            return _errors(gathering, config, arguments.name)
        chosen = [gathering.find(arguments.name)] if arguments.name else gathering.sources
        outcomes = [_sync(gathering, each, accept_fewer=arguments.accept_fewer) for each in chosen]
    return DONE if all(outcomes) else FAILED


def _list(gathering: Gathering, config: CityConfig) -> int:
    with gathering.database.read() as session:
        states = runs.states(session)
    for each in gathering.sources:
        state = states.get(each.config.id)
        good = _local(state.last_good, config) if state is not None and state.last_good is not None else "never"
        count = state.last_count if state is not None and state.last_count is not None else "–"
        print(f"{each.config.id}  ({each.config.plugin})  last good run: {good}  items: {count}")
        if each.fault is not None:
            print(f"  ! {each.fault}")
        if state is not None and state.alert is not None:
            since = f" (in alert since {_local(state.alert_since, config)})" if state.alert_since is not None else ""
            print(f"  ! {state.alert}{since}")
    if not gathering.sources:
        print("The city has no sources; city.toml takes them as [[sources]].")
    return DONE


def _preview(gathering: Gathering, config: CityConfig, name: str | None) -> int:
    if name is None:
        raise WrongUse("Which source? Write `col --city DIR sources preview NAME`.")
    source = gathering.find(name)
    try:
        seen = gathering.preview(source)
    except FetchError as error:
        raise FetchError(f"{name}: {error}") from error
    print(
        f"{name}: {len(seen.new)} new, {len(seen.changed)} changed, {seen.unchanged} unchanged, "
        f"{seen.vanished} vanished, {len(seen.doubles)} probably there already, {len(seen.errors)} with errors. "
        "Nothing was written."
    )
    language = config.default_language
    for draft in seen.new[:_SHOWN]:
        print(f"  + {text_in(draft.title, language)}")
    for draft in seen.changed[:_SHOWN]:
        print(f"  ~ {text_in(draft.title, language)}")
    for double in seen.doubles[:_SHOWN]:
        print(f"  = {double.first_id} is like {double.second_id} ({double.score:.0%}: {', '.join(double.reasons)})")
    for id_, finding in [each for each in seen.findings if each[1].holds][:_SHOWN]:
        print(f"  ? {visible(id_)}: {visible(finding.message)}")
    _print_errors(seen.errors, number=len(seen.errors))
    return DONE


def _errors(gathering: Gathering, config: CityConfig, name: str | None) -> int:
    """Say what the last run could not read; where it failed, also what the last one that read something could not."""
    if name is None:
        raise WrongUse("Which source? Write `col --city DIR sources errors NAME`.")
    source = gathering.find(name)
    with gathering.database.read() as session:
        last = runs.latest(session, source.config.id)
        found = runs.latest(session, source.config.id, outcomes=runs.READ)
    if last is None:
        print(f"{name} has not run yet.")
    elif found is None or last.started > found.started:
        _print_past(last, config)
    if found is not None:
        _print_past(found, config)
        _print_errors(found.errors, shown=len(found.errors), number=found.rejected)
        if not found.rejected:
            print("Nothing was rejected.")
    return DONE


def _print_past(run: Run, config: CityConfig) -> None:
    print(f"{run.source_id}, {_local(run.started, config)}: {_outcome(run)}")
    if run.message:
        print(f"  ! {run.message}")


def _sync(gathering: Gathering, each: GatheredSource, *, accept_fewer: bool) -> bool:
    done = gathering.sync(each, accept_fewer=accept_fewer)
    print_run(done)
    return done.outcome in (Outcome.DONE, Outcome.UNCHANGED)


def print_run(done: Run) -> None:
    """Print what came of a run, with the errors of single items."""
    print(f"{done.source_id}: {_outcome(done)}")
    if done.message:
        print(f"  ! {done.message}")
    _print_errors(done.errors, number=done.rejected)


def _outcome(run: Run) -> str:
    return f"{run.outcome} ({', '.join(f'{number} {name}' for name, number in run.counts.items())})"


def _print_errors(errors: Sequence[Rejected], *, number: int, shown: int = _SHOWN) -> None:
    for error in errors[:shown]:
        print(f"  - {error.where or error.external_id or 'somewhere'}: {error.reason}")
    if number > shown:
        print(f"  - and {number - shown} more")


def _local(instant: datetime, config: CityConfig) -> str:
    return f"{instant.astimezone(ZoneInfo(config.timezone)):%Y-%m-%d %H:%M}"
