"""Handing the city's own offers on as one file: what is on offer or cancelled, in any format that there is."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from col_core.base.database import Database
from col_core.base.errors import NotFound, PluginError
from col_core.catalogue import store
from col_core.catalogue.exchange.feeds import Formats
from col_core.catalogue.records import Opportunity
from col_core.catalogue.vocabulary import Status
from col_core.hooks.registry import Plugins

# What is closed is public for those who kept its address; not every format can say that it is over.
_OFFERED = (Status.PUBLISHED, Status.CANCELLED)


def export(
    database: Database, plugins: Plugins, formats: Formats, *, extension: str, language: str, slug: str | None = None
) -> bytes:
    """Return what is on offer or cancelled, written in the format `extension`; only of the organisation at `slug`.

    Raises NotFound for a format that there is not, PluginError where the plugin that writes it fails.
    """
    if extension not in formats:
        raise NotFound(f"There is no format {extension!r}; there are: {', '.join(formats)}.")
    owner, format_ = formats[extension]
    with database.read() as session:
        offered = _offered(session, slug)
        if owner is None:
            return format_.write(offered, language=language)
        body = plugins.guard(owner, f"format {extension}", lambda: format_.write(offered, language=language))
    if not isinstance(body, bytes):
        raise PluginError(f"Plugin {owner!r} wrote {type(body).__name__} instead of bytes.")
    return body


def _offered(session: Session, slug: str | None) -> Iterator[Opportunity]:
    after = 0
    while batch := store.all_of(session, after_pk=after):
        after = batch[-1][0]
        for _, each in batch:
            is_wanted = slug is None or (each.organiser is not None and each.organiser.slug == slug)
            if each.status in _OFFERED and each.origin is None and is_wanted:
                yield each
