"""`col doctor`: everything that a city's manager should know, from every room, each with how to mend it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from col_core.badges.achievements.checks import BadgesCheck
from col_core.base import migrate
from col_core.base.checks import Check, Finding, Weight
from col_core.base.clock import Clock
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.errors import ColError, ConfigError, PluginError
from col_core.base.settings import CityConfig
from col_core.catalogue.gathering.checks import DistrictsCheck, SourcesCheck
from col_core.content.checks import ContentCheck
from col_core.federation.exchange.checks import ExchangeCheck
from col_core.federation.fediverse.checks import FediverseCheck
from col_core.federation.trust.checks import MembershipCheck
from col_core.hooks.checks import PluginsCheck
from col_core.house import OpenCity, open_city
from col_core.upkeep.checks import BoundsCheck, FetchingCheck, LanguagesCheck, MailCheck, TimeCheck
from col_core.upkeep.machine import (
    BackupCheck,
    DatabaseCheck,
    DiskCheck,
    FilesCheck,
    LimitsCheck,
    SecretCheck,
    WorkerCheck,
)
from col_core.web.checks import AddressCheck, LicenceCheck, OperatorCheck, ThemeCheck


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found, by area in the order in which a manager would go through it."""

    findings: Sequence[tuple[str, Finding]]

    @property
    def healthy(self) -> bool:
        """Tell whether nothing must be mended."""
        return not self.of(Weight.MEND)

    def of(self, weight: Weight) -> list[tuple[str, Finding]]:
        return [each for each in self.findings if each[1].weight is weight]


def examine(folder: Path, *, environ: Mapping[str, str], clock: Clock) -> Report:
    """Look at the city in `folder` from all sides. Nothing is changed, made or fetched."""
    try:
        config = load_city(folder, environ=environ)
    except ConfigError as error:
        return Report(findings=[("settings", each) for each in _of_settings(error)])
    found: list[tuple[str, Finding]] = []
    with ExitStack() as stack:
        try:
            city = stack.enter_context(open_city(config, clock=clock, upgrade=False))
        except (ConfigError, PluginError) as error:
            city = None
            kind = "plugins" if isinstance(error, PluginError) else "settings"
            found += [(kind, each) for each in _of_settings(error)]
        database = None
        if city is not None:
            try:
                database = _usable(config, city.house.database)
            except _Unusable as unusable:
                found.append(("database", unusable.finding))
        for check in _checks(config, city, database, clock):
            found += [(check.area, each) for each in _looked(check)]
    return Report(findings=found)


def _checks(config: CityConfig, city: OpenCity | None, database: Database | None, clock: Clock) -> Iterator[Check]:
    yield AddressCheck(config=config)
    yield OperatorCheck(config=config)
    yield LicenceCheck(config=config)
    if city is not None:
        yield PluginsCheck(loaded=city.loaded)
        yield SourcesCheck(gathering=city.gathering, database=database)
    yield BoundsCheck(config=config)
    yield DistrictsCheck(config=config)
    yield TimeCheck(config=config)
    if city is not None:
        yield LanguagesCheck(config=config, languages=city.languages)
        yield ContentCheck(config=config, library=city.library)
        yield BadgesCheck(config=config, badge_files=city.badge_files)
    yield ThemeCheck(config=config)
    yield MailCheck(config=config)
    yield FetchingCheck(config=config)
    yield SecretCheck(config=config)
    yield FilesCheck(config=config)
    yield DiskCheck(config=config)
    yield LimitsCheck(config=config)
    if database is not None:
        yield DatabaseCheck(database=database)
        yield MembershipCheck(config=config, database=database, clock=clock)
        yield FediverseCheck(config=config, database=database, clock=clock)
        yield WorkerCheck(config=config, database=database, clock=clock)
        yield ExchangeCheck(database=database, clock=clock)
    yield BackupCheck(config=config, clock=clock)


def _looked(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    # One check that fails must not hide what the others find.
    except Exception as error:
        return [
            Finding(
                weight=Weight.MEND,
                what=f"This could not be looked at: {type(error).__name__}: {error}",
                means="Something is wrong there, and nobody knows what.",
                mend="Mend the other things first, then ask again.",
            )
        ]


def _of_settings(error: ColError) -> list[Finding]:
    problems = (error.problems if isinstance(error, ConfigError) else ()) or (str(error),)
    return [
        Finding(
            weight=Weight.MEND,
            what=each,
            means="The city does not start.",
            mend="Correct it; docs/reference/settings.md has every setting.",
        )
        for each in problems
    ]


class _Unusable(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


def _usable(config: CityConfig, database: Database) -> Database:
    """Return `database` where it can be looked into; else raise what is to be said of it."""
    # To connect would make the file.
    if database.dialect == "sqlite" and not Path(database.url.database or "").exists():
        raise _Unusable(
            Finding(
                weight=Weight.HINT,
                what="The city has no database yet.",
                means="It has never been started here.",
                mend=f"Start it: `col --city {config.dir} serve` makes the database, and `worker` fills it.",
            )
        )
    try:
        missing = migrate.pending(database)
    except (SQLAlchemyError, ColError) as error:
        raise _Unusable(
            Finding(
                weight=Weight.MEND,
                what=f"The database cannot be opened: {str(error).splitlines()[0]}",
                means="The city does not start.",
                mend="Is its server running, and are address, user and password in [database] url right?",
            )
        ) from error
    if missing:
        raise _Unusable(
            Finding(
                weight=Weight.MEND,
                what=f"The database has the form of an older version; it lacks: {', '.join(missing)}.",
                means="This version of the program cannot work with it.",
                mend=f"Make a backup, then run `col --city {config.dir} db upgrade`.",
            )
        )
    return database
