"""Rows of the servers that the city knows of."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class PeerRow(Base):
    """Another server; the columns are those of `records.Peer`. `names` is a JSON object, language to name."""

    __tablename__ = "peer"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    base_url: Mapped[str] = mapped_column(String(300))
    city_id: Mapped[str | None] = mapped_column(String(60))
    names: Mapped[str] = mapped_column(Text, default="{}")
    country: Mapped[str | None] = mapped_column(String(2))
    actor_id: Mapped[str | None] = mapped_column(String(500))
    feed_url: Mapped[str | None] = mapped_column(String(500))
    did: Mapped[str | None] = mapped_column(String(500))
    keys: Mapped[str | None] = mapped_column(Text)
    member_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    member_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recognised_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended: Mapped[datetime | None] = mapped_column(UtcDateTime)
    denied: Mapped[datetime | None] = mapped_column(UtcDateTime)
    denied_because: Mapped[str | None] = mapped_column(Text)
    quarantined: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quarantined_because: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
