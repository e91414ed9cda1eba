"""What became of badges: issued, claimed, shared."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.badges.awards.records import AwardState, Funnel
from col_core.badges.awards.tables import AwardRow

# Those that were taken back before anybody had them were never given.
_NOT_GIVEN = (AwardState.UNDONE.value,)
_GONE = (AwardState.REVOKED.value, AwardState.RECALLED.value)


def funnels(session: Session, *, issuer: str | None = None, achievement_id: str | None = None) -> list[Funnel]:
    """Return the figures of each achievement of which a badge was issued, by its id."""
    chosen = (
        select(
            AwardRow.achievement_id,
            func.count(),
            func.count(AwardRow.claimed),
            func.count(AwardRow.shared),
            func.count(AwardRow.id).filter(AwardRow.state.in_(_GONE)),
        )
        .where(AwardRow.state.not_in(_NOT_GIVEN))
        .group_by(AwardRow.achievement_id)
        .order_by(AwardRow.achievement_id)
    )
    if issuer is not None:
        chosen = chosen.where(AwardRow.issuer == issuer)
    if achievement_id is not None:
        chosen = chosen.where(AwardRow.achievement_id == achievement_id)
    return [
        Funnel(achievement_id=id_, issued=issued, claimed=claimed, shared=shared, revoked=revoked)
        for id_, issued, claimed, shared, revoked in session.execute(chosen)
    ]
