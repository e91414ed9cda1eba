"""`col sources list|preview|sync`: where the city's offers come from, and how that goes."""

import argparse
from datetime import datetime
from zoneinfo import ZoneInfo

from col_core.base.settings import CityConfig
from col_core.catalogue import runs
from col_core.catalogue.gathering import GatheredSource, Gathering
from col_core.catalogue.records import Rejected
from col_core.catalogue.runs import Outcome, Run
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse, city_of
from col_core.house import open_gathering

_SHOWN = 20


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("sources", help="list the sources of a city, look what one would bring, or run them")
    parser.add_argument("action", choices=["list", "preview", "sync"])
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
        print(f"{each.config.id}  ({each.config.plugin})  last good run: {good}  offers: {count}")
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
    seen = gathering.preview(gathering.find(name))
    print(
        f"{name}: {len(seen.new)} new, {len(seen.changed)} changed, {seen.unchanged} unchanged, "
        f"{seen.vanished} vanished, {len(seen.doubles)} probably there already, {len(seen.errors)} errors. "
        "Nothing was written."
    )
    language = config.default_language
    for draft in seen.new[:_SHOWN]:
        print(f"  + {draft.title.get(language) or next(iter(draft.title.values()))}")
    for draft in seen.changed[:_SHOWN]:
        print(f"  ~ {draft.title.get(language) or next(iter(draft.title.values()))}")
    for double in seen.doubles[:_SHOWN]:
        print(f"  = {double.first_id} is like {double.second_id} ({double.score:.0%}: {', '.join(double.reasons)})")
    for id_, finding in [each for each in seen.findings if each[1].holds][:_SHOWN]:
        print(f"  ? {id_}: {finding.message}")
    _print_errors(seen.errors)
    return DONE


def _sync(gathering: Gathering, each: GatheredSource, *, accept_fewer: bool) -> bool:
    done = gathering.sync(each, accept_fewer=accept_fewer)
    print_run(done)
    return done.outcome in (Outcome.DONE, Outcome.UNCHANGED)


def print_run(done: Run) -> None:
    """Print what came of a run, with the errors of single items."""
    counts = ", ".join(f"{number} {name}" for name, number in done.counts.items())
    print(f"{done.source_id}: {done.outcome} ({counts})")
    if done.message:
        print(f"  ! {done.message}")
    _print_errors(done.errors)


def _print_errors(errors: "list[Rejected] | tuple[Rejected, ...]") -> None:
    for error in errors[:_SHOWN]:
        print(f"  - {error.where or error.external_id or 'somewhere'}: {error.reason}")
    if len(errors) > _SHOWN:
        print(f"  - and {len(errors) - _SHOWN} more")


def _local(instant: datetime, config: CityConfig) -> str:
    return f"{instant.astimezone(ZoneInfo(config.timezone)):%Y-%m-%d %H:%M}"
