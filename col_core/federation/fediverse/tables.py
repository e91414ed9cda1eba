"""Rows of the push lane. What is on its way is not kept in backups: what a partner missed it reads from the feed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import DERIVED, Base, UtcDateTime


class ActorRow(Base):
    """What somebody else's server said of an actor, and when."""

    __tablename__ = "fediverse_actor"
    __table_args__ = ({"info": DERIVED},)

    id: Mapped[str] = mapped_column(String(500), primary_key=True)
    host: Mapped[str] = mapped_column(String(253), index=True)
    document: Mapped[str] = mapped_column(Text)
    fetched: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FollowerRow(Base):
    """Somebody who follows this city."""

    __tablename__ = "fediverse_follower"

    actor: Mapped[str] = mapped_column(String(500), primary_key=True)
    host: Mapped[str] = mapped_column(String(253), index=True)
    inbox: Mapped[str] = mapped_column(String(500))
    shared_inbox: Mapped[str | None] = mapped_column(String(500))
    follow: Mapped[str] = mapped_column(String(500))
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class FollowingRow(Base):
    """Somebody whom this city follows. `peer` is the host of the city that it was for, where it was for one."""

    __tablename__ = "fediverse_following"

    actor: Mapped[str] = mapped_column(String(500), primary_key=True)
    host: Mapped[str] = mapped_column(String(253), index=True)
    inbox: Mapped[str] = mapped_column(String(500))
    peer: Mapped[str | None] = mapped_column(String(253), index=True)
    follow: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10))
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class ToldRow(Base):
    """An offer that followers were told of: at which version first, and since when it is shown no longer."""

    __tablename__ = "fediverse_told"

    opportunity: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    gone: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LetterRow(Base):
    """An activity as it is sent, once for all who get it."""

    __tablename__ = "fediverse_letter"
    __table_args__ = ({"info": DERIVED},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    about: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DeliveryRow(Base):
    """A letter on its way to an inbox. `state` is `waiting` or `dead`."""

    __tablename__ = "fediverse_delivery"
    __table_args__ = (
        Index("ix_fediverse_delivery_lane", "host", "state", "id"),
        {"info": DERIVED},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    letter: Mapped[int] = mapped_column(ForeignKey("fediverse_letter.id"), index=True)
    host: Mapped[str] = mapped_column(String(253))
    inbox: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class LaneRow(Base):
    """How deliveries to a host go: one at a time, by the kind of signature that it took, not before `next_attempt`."""

    __tablename__ = "fediverse_lane"
    __table_args__ = ({"info": DERIVED},)

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    signature: Mapped[str | None] = mapped_column(String(10))
    busy_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_attempt: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    taken: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class SeenRow(Base):
    """An activity that came in, by the hash of its id: what comes a second time changes nothing."""

    __tablename__ = "fediverse_seen"
    __table_args__ = ({"info": DERIVED},)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ItemRow(Base):
    """An event of another server that came in, or that was taken back there. `owners` (JSON) may change it."""

    __tablename__ = "fediverse_item"

    id: Mapped[str] = mapped_column(String(500), primary_key=True)
    host: Mapped[str] = mapped_column(String(253), index=True)
    owners: Mapped[str] = mapped_column(Text)
    updated: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)
