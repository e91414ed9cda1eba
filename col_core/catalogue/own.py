"""Opportunities as the organisation sees them whose they are: in every state, with what review found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from col_core.catalogue import decisions, documents, store
from col_core.catalogue.records import Opportunity
from col_core.catalogue.store import Known
from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Status

# Before the ids that stand for a repeated request, and that nobody gave.
REPEATED = "repeat-key:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """An offer with the id that its organisation gave it, None where it gave none or a source brought it."""

    opportunity: Opportunity
    external_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of an organisation's offers. `total` counts all pages."""

    items: tuple[Own, ...]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """The row of an offer that is about to be changed, kept from others until the commit."""

    known: Known
    source_id: str | None

    def was_handed_in_by(self, organisation_id: str) -> bool:
        """Tell whether the organisation handed it in itself, and so may use its name for another offer."""
        return self.source_id in (None, source_id(organisation_id))


def source_id(organisation_id: str) -> str:
    """Return the source that stands for what an organisation's programs hand in."""
    return f"api-{organisation_id}"


def get(session: Session, organisation_id: str, id_: str) -> Own | None:
    """Return the offer `id_` if it is this organisation's and not withdrawn, else None."""
    chosen = [OpportunityRow.id == id_, *_of(organisation_id, ())]
    rows = session.execute(select(OpportunityRow.id, OpportunityRow.external_id).where(*chosen))
    return next(iter(_owned(session, organisation_id, {row.id: row.external_id for row in rows})), None)


def listing(session: Session, organisation_id: str, *, statuses: Collection[Status], page: int, per_page: int) -> Page:
    """Return a page of an organisation's offers, newest first; in every state but withdrawn if none is named."""
    chosen = _of(organisation_id, statuses)
    total = session.scalar(select(func.count()).select_from(OpportunityRow).where(*chosen)) or 0
    rows = session.execute(
        select(OpportunityRow.id, OpportunityRow.external_id)
        .where(*chosen)
        .order_by(OpportunityRow.pk.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    items = _owned(session, organisation_id, {row.id: row.external_id for row in rows})
    return Page(items=tuple(items), total=total)


def locked(session: Session, organisation_id: str, id_: str) -> Locked | None:
    """Return the row of the offer `id_` for changing it, locked; None where it is not this organisation's."""
    row = session.execute(
        select(OpportunityRow).where(OpportunityRow.id == id_, *_of(organisation_id, ())).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        return None
    known = store.known_of(row)
    session.expunge(row)
    return Locked(known=known, source_id=row.source_id)


def repeated_otherwise(session: Session, source_id: str, *, prefix: str, whole: str) -> bool:
    """Tell whether an offer of a source has an id that begins with `prefix` and is not `whole`."""
    found = select(OpportunityRow.pk).where(
        OpportunityRow.source_id == source_id,
        OpportunityRow.external_id.startswith(prefix, autoescape=True),
        OpportunityRow.external_id != whole,
    )
    return session.scalar(found.limit(1)) is not None


def let_go(session: Session, gone: Locked, *, free_its_name: bool) -> None:
    """Note that the organisation withdrew an offer. Its id is never used again; `free_its_name`: its `external_id` may
    be, for another offer. What a source brought keeps it, so that the next fetch does not bring the offer back."""
    provenance = documents.provenance_text({**gone.known.provenance, "status": decisions.ORGANISER})
    values: dict[str, object] = {"provenance": provenance}
    if free_its_name:
        values["external_id"] = None
    session.execute(
        update(OpportunityRow)
        .where(OpportunityRow.pk == gone.known.pk)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _of(organisation_id: str, statuses: Collection[Status]) -> list[ColumnElement[bool]]:
    wanted = [each.value for each in statuses if each is not Status.WITHDRAWN]
    state = OpportunityRow.status.in_(wanted) if statuses else OpportunityRow.status != Status.WITHDRAWN.value
    return [OpportunityRow.organiser_id == organisation_id, state]


def _owned(session: Session, organisation_id: str, names: Mapping[str, str | None]) -> list[Own]:
    found = store.get_many(session, names)
    return [
        Own(opportunity=each, external_id=_own_name(organisation_id, each, names[id_])) for id_, each in found.items()
    ]


def _own_name(organisation_id: str, opportunity: Opportunity, external_id: str | None) -> str | None:
    is_ours = opportunity.source is not None and opportunity.source.id == source_id(organisation_id)
    return external_id if is_ours and external_id and not external_id.startswith(REPEATED) else None
