"""Putting a city's parts together: settings, plugins, database. Commands and the web application begin here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from col_core.accounts import tokens
from col_core.badges import hooks as badge_hooks
from col_core.badges.achievements.depicting import Depicting
from col_core.badges.achievements.motif import motif_of
from col_core.badges.achievements.pictures import BadgePictures
from col_core.badges.achievements.showing import Showcase
from col_core.badges.achievements.syncing import BadgeFiles
from col_core.badges.awards import ending
from col_core.badges.awards.exporting import Exporting
from col_core.badges.awards.office import Office, office
from col_core.badges.awards.own_documents import OwnDocuments
from col_core.badges.checking.documents import FetchedDocuments
from col_core.badges.checking.service import Checking
from col_core.badges.hooks import BadgeIssuer
from col_core.base import keys, migrate, state_folder
from col_core.base.clock import Clock, SystemClock
from col_core.base.config import FILE
from col_core.base.database import Database
from col_core.base.deletions import Deletable
from col_core.base.deletions_file import DeletionsWork
from col_core.base.errors import ConfigError, PluginError
from col_core.base.fetch import HttpClient
from col_core.base.files import open_store
from col_core.base.i18n import I18n
from col_core.base.jobs import Job, Periodic, Worker, forget_failed
from col_core.base.languages import Language
from col_core.base.mail import mailer
from col_core.base.ratelimit import RateLimiter, rate_limiter, read_limiter
from col_core.base.settings import CityConfig
from col_core.base.text import Analyser
from col_core.catalogue import hooks as catalogue_hooks
from col_core.catalogue.gathering.alert_mails import AlertMails
from col_core.catalogue.gathering.gathering import Gathering
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.publishing import withdrawals
from col_core.catalogue.publishing.offering import Offering
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.search.engine import CatalogueIndex
from col_core.content import feedback
from col_core.content.feedback import FeedbackWork
from col_core.content.library import Library
from col_core.content.pictures import Pictures
from col_core.federation import hooks as federation_hooks
from col_core.federation.federation import Federation, federation
from col_core.federation.ground import Ground
from col_core.federation.translating.asking import Translators
from col_core.hooks import hooks as common_hooks
from col_core.hooks import observing
from col_core.hooks.boot import LoadedPlugins
from col_core.hooks.hooks import Operations
from col_core.hooks.loader import USER_AGENT, CityLoader
from col_core.passport import forgetting, sharing
from col_core.web import hooks as web_hooks
from col_core.web.assets import badge_symbols
from col_core.web.hooks import WebParts
from col_core.web.house import House

# A writer waits so long for another, a statement may take so long, where somebody waits for the answer.
_VISITORS_PATIENCE_S = 4.0
_VISITORS_STATEMENT_S = 15.0
SPECIFICATIONS = (common_hooks, web_hooks, catalogue_hooks, badge_hooks, federation_hooks)


@dataclass(frozen=True, kw_only=True)
class OpenCity:
    """A city with all its parts, for one process."""

    house: House
    loaded: LoadedPlugins
    languages: Sequence[Language]
    index: SearchIndex
    catalogue: Catalogue
    gathering: Gathering
    offering: Offering
    library: Library
    badge_files: BadgeFiles
    badge_pictures: BadgePictures
    showcase: Showcase
    feedback: FeedbackWork
    alert_mails: AlertMails
    limiter: RateLimiter
    read_limiter: RateLimiter
    http: HttpClient
    web_parts: Sequence[tuple[str, WebParts]]
    operations: Sequence[Operations]
    office: Office
    exporting: Exporting
    checking: Checking
    federation: Federation

    def worker(self) -> Worker:
        """Return what does the city's background work: sources, pictures, keeping the house, and what plugins add."""
        house = self.house
        kept = DeletionsWork(config=house.config, database=house.database, clock=house.clock)
        jobs: list[Job] = [
            *kept.jobs(),
            *self.gathering.jobs(files=house.files, http=self.http),
            *self.feedback.jobs(),
            *self.alert_mails.jobs(),
            *self.office.jobs(),
            *(each for part in self.federation.parts for each in part.jobs()),
            *observing.jobs(
                house.plugins,
                listeners=[each for part in self.federation.parts for each in part.listeners()],
                database=house.database,
                clock=house.clock,
            ),
        ]
        periodics: list[Periodic] = [
            forget_failed(house.database, days=house.config.privacy.log_days, clock=house.clock),
            *kept.periodics(),
            *self.gathering.periodics(files=house.files),
            *self.feedback.periodics(),
            *self.badge_files.periodics(),
            *self.office.periodics(),
            *(each for part in self.federation.parts for each in part.periodics()),
            *forgetting.periodics(house.database, days=house.config.privacy.passport_days, clock=house.clock),
        ]
        for operations in self.operations:
            jobs += operations.jobs
            periodics += operations.periodics
        return Worker(
            house.database,
            jobs=jobs,
            periodics=periodics,
            clock=house.clock,
            troubles=lambda: [asdict(each) for each in house.plugins.faults()],
        )


def load_plugins(config: CityConfig, *, clock: Clock) -> LoadedPlugins:
    """Load the plugins that `config` enables, with their settings checked. Raises ConfigError, PluginError."""
    return _load_plugins(config, _http_client(config), clock)


@contextmanager
def open_city(
    config: CityConfig, *, clock: Clock | None = None, upgrade: bool = True, for_visitors: bool = False
) -> Iterator[OpenCity]:
    """Open a city for as long as the block lasts; its database is brought to the present form first.

    Without `upgrade` nothing is made or changed, and the database may be old or not be there. `for_visitors` says that
    people wait for its answers: what takes long is given up then. Raises ConfigError,
    PluginError, and Unavailable where the database cannot be had.
    """
    clock = clock or SystemClock()
    http = _http_client(config)
    loaded = _load_plugins(config, http, clock)
    languages = _languages(config, loaded)
    i18n = I18n(languages, config.default_language, _catalogue_folders(config))
    database = _database(config, for_visitors=for_visitors)
    try:
        if upgrade:
            state_folder.make(config.var)
            migrate.upgrade(database)
        index = _index(config, loaded, languages)
        secret = keys.secret_key(config) if upgrade else ""
        post = mailer(config.mail, clock=clock)
        house = House(
            config=config,
            database=database,
            clock=clock,
            i18n=i18n,
            files=open_store(config.files_url),
            plugins=loaded.plugins,
        )
        badge_files = BadgeFiles(config, database=database, store=house.files, clock=clock, symbols=badge_symbols)
        depicting = Depicting(symbols=badge_symbols, motif=motif_of(config.theme), store=house.files)
        gathering = Gathering(config, loaded=loaded, database=database, clock=clock, index=index)
        badges = office(
            config,
            i18n=i18n,
            database=database,
            clock=clock,
            secret=secret,
            back_ends=_badge_issuers(loaded),
            mailer=post,
        )
        exporting = Exporting(house, badges, depicting=depicting)
        opened = partial(sharing.shows, clock=clock)
        network = federation(
            Ground(
                config=config,
                database=database,
                clock=clock,
                i18n=i18n,
                http=http,
                index=index,
                keyring=badges.keyring,
                gathering=gathering,
            ),
            _translators(loaded),
        )
        yield OpenCity(
            house=house,
            loaded=loaded,
            languages=languages,
            index=index,
            catalogue=Catalogue(database=database, index=index, clock=clock, config=config),
            gathering=gathering,
            offering=Offering(config, database=database, clock=clock, index=index, reviewer=gathering.reviewer),
            library=Library(config, i18n=i18n, clock=clock, pictures=Pictures(config.content, house.files)),
            badge_files=badge_files,
            badge_pictures=BadgePictures(depicting, database=database, store=house.files),
            showcase=Showcase(database=database, badge_files=badge_files),
            feedback=FeedbackWork(config, database=database, i18n=i18n, clock=clock, mailer=post),
            alert_mails=AlertMails(config, i18n=i18n, mailer=post),
            limiter=rate_limiter(database, jobs_url=config.jobs_url, prefix=config.id, clock=clock, secret=secret),
            read_limiter=read_limiter(jobs_url=config.jobs_url, prefix=config.id, clock=clock, secret=secret),
            http=http,
            web_parts=_web_parts(loaded),
            operations=operations_of(loaded),
            office=badges,
            exporting=exporting,
            checking=_checking(network, OwnDocuments(badges, exporting, opened)),
            federation=network,
        )
    finally:
        database.dispose()


def search_index(config: CityConfig, *, clock: Clock) -> SearchIndex:
    """Return the search engine of the city, without opening its database. Raises ConfigError, PluginError."""
    loaded = load_plugins(config, clock=clock)
    return _index(config, loaded, _languages(config, loaded))


def deletables(index: SearchIndex, *, clock: Clock) -> list[Deletable]:
    """Return what each room takes away for good, and how it does so again after a backup was restored."""
    return [
        *tokens.deletables(),
        *withdrawals.deletables(index=index, clock=clock),
        *feedback.deletables(),
        *ending.deletables(clock),
        *forgetting.deletables(clock),
    ]


@contextmanager
def open_gathering(config: CityConfig) -> Iterator[Gathering]:
    """Open a city for its sources alone. Raises as `open_city` does."""
    with open_city(config) as city:
        yield city.gathering


def _database(config: CityConfig, *, for_visitors: bool) -> Database:
    if for_visitors:
        return Database(config.database_url, patience_s=_VISITORS_PATIENCE_S, statement_limit_s=_VISITORS_STATEMENT_S)
    return Database(config.database_url)


def _http_client(config: CityConfig) -> HttpClient:
    return HttpClient(allow_hosts=config.http_allow_hosts, user_agent=USER_AGENT)


def _load_plugins(config: CityConfig, http: HttpClient, clock: Clock) -> LoadedPlugins:
    loader = CityLoader(config.dir, http, config.limits)
    return LoadedPlugins(config, specifications=SPECIFICATIONS, loader=loader, clock=clock)


def _languages(config: CityConfig, loaded: LoadedPlugins) -> list[Language]:
    """Return the languages that the city names, in its order. Raises ConfigError for one that no plugin brings."""
    brought = {each.tag: each for _, made in loaded.plugins.must_call("col_languages") for each in made or ()}
    missing = [tag for tag in config.languages if tag not in brought]
    if missing:
        raise ConfigError(
            f"{config.dir / config.origins.get('city.languages', FILE)}: [city] languages names {', '.join(missing)}, "
            "and no enabled plugin brings it; "
            f"add its plugin to [plugins] enabled (such as lang_{missing[0]})."
        )
    return [brought[tag] for tag in config.languages]


def _catalogue_folders(config: CityConfig) -> list[Path]:
    own = [config.dir / "plugins" / name / "translations" for name in config.plugins.enabled]
    return [*own, config.dir / "translations"]


def _web_parts(loaded: LoadedPlugins) -> list[tuple[str, WebParts]]:
    """Return what plugins add to the site; the parts of one that fails are left out."""
    made = loaded.plugins.call_each("col_web_parts", loaded.arguments)
    return [(name, part) for name, part in made if isinstance(part, WebParts)]


def operations_of(loaded: LoadedPlugins) -> list[Operations]:
    """Return the commands, jobs and periodic jobs of a city's plugins. Raises PluginError."""
    return [made for _, made in loaded.plugins.must_call("col_operations", loaded.arguments)]


def _checking(network: Federation, own: OwnDocuments) -> Checking:
    ground = network.ground
    documents = FetchedDocuments(
        ground.http,
        clock=ground.clock,
        base_url=ground.config.base_url,
        local=own,
        copies=network.copies,
        plain_hosts=ground.config.http_allow_hosts,
    )
    return Checking(documents=documents, clock=ground.clock, recognised=network.recognised)


def _badge_issuers(loaded: LoadedPlugins) -> list[BadgeIssuer]:
    made = loaded.plugins.must_call("col_badge_issuers", loaded.arguments)
    return [issuer for _, issuers in made for issuer in issuers]


def _translators(loaded: LoadedPlugins) -> Translators:
    """Return who translates what partners offer; those of a plugin that fails are left out."""
    made = loaded.plugins.call_each("col_translators", loaded.arguments)
    given = [(name, each) for name, several in made if not isinstance(several, PluginError) for each in several]
    return Translators(loaded.plugins, given)


def _index(config: CityConfig, loaded: LoadedPlugins, languages: Sequence[Language]) -> SearchIndex:
    for _, index in loaded.plugins.must_call("col_search_index", loaded.arguments):
        if index is not None:
            chosen: SearchIndex = index
            return chosen
    # One analyser knows every language of the city: what is typed may be in any of them.
    analyser = Analyser(languages)
    analysers = {each.tag: analyser for each in languages}
    return CatalogueIndex(analysers=analysers, timezone=config.timezone, city_id=config.id)
