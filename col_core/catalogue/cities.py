"""Other cities whose offers are here: by what short name, and what they are called."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.catalogue import documents
from col_core.catalogue.records import Texts
from col_core.catalogue.tables import OpportunityRow


def others(session: Session) -> Mapping[str, Texts]:
    """Return what each other city is called, by the short name that `Query.city` and `Origin.city` have for it.

    Also of cities of which nothing is shown at the moment.
    """
    newest = select(func.max(OpportunityRow.pk)).where(OpportunityRow.origin.is_not(None))
    rows = session.scalars(
        select(OpportunityRow.origin).where(OpportunityRow.pk.in_(newest.group_by(OpportunityRow.source_id)))
    )
    known = [origin for each in rows if (origin := documents.origin_of(each)) is not None]
    return {each.city: each.name for each in sorted(known, key=lambda each: each.city)}
