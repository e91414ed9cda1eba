"""What a run of a source would do, for a person who looks before switching it on. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.settings import SourceConfig
from col_core.catalogue import store
from col_core.catalogue.gathering.duplicates import Double, doubles_among
from col_core.catalogue.gathering.ingest import Ingest
from col_core.catalogue.gathering.source_runner import Item
from col_core.catalogue.hooks import OpportunitySource
from col_core.catalogue.records import Draft, Finding, Rejected

_BATCH = 200


@dataclass(kw_only=True)
class Preview:
    """What a run would do. `doubles` are new drafts that are probably in the catalogue already."""

    new: list[Draft] = field(default_factory=list)
    changed: list[Draft] = field(default_factory=list)
    unchanged: int = 0
    vanished: int = 0
    errors: list[Rejected] = field(default_factory=list)
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    doubles: Sequence[Double] = ()


def preview(
    ingest: Ingest,
    source: OpportunitySource,
    config: SourceConfig,
    *,
    database: Database,
    clock: Clock,
) -> Preview:
    """Return what `Ingest.sync` would do. Raises FetchError where the source cannot be had."""
    reading = ingest.read(source, config)
    result = Preview(errors=list(reading.fetched.errors))
    seen: set[str] = set()
    reviewed = []
    now = clock.now()
    while batch := list(islice(reading.items, _BATCH)):
        result.errors += [each for each in batch if isinstance(each, Rejected)]
        items = [each for each in batch if isinstance(each, Item)]
        seen |= {each.raw.external_id for each in items}
        with database.read() as session:
            done = ingest.compare(session, items, config)
        result.unchanged += len(done.unchanged)
        result.errors += [rejected for _, rejected in done.rejected]
        for item, draft, before in done.changed:
            content, _, looked_at = ingest.look_at(draft, before, now=now)
            (result.new if before is None else result.changed).append(content)
            result.findings += [(item.raw.external_id, finding) for finding in looked_at.findings]
            if before is None:
                reviewed.append((item.raw.external_id, content, looked_at))
    with database.read() as session:
        before_run = store.open_of_source(session, config.id)
        result.doubles = doubles_among(session, reviewed, source_id=config.id, now=now)
    if reading.complete:
        result.vanished = sum(each.external_id not in seen for each in before_run)
    return result
