"""Rows of what a city keeps of its network."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class AnchorRow(Base):
    """The anchor of the network. `keys` (a JWK Set) are those that count for it; `given` is the digest of the file from
    which they came, None where it was the anchor itself that showed them first.

    `configuration` is what it said of itself last, `about_us` what it said of this city; both signed.
    """

    __tablename__ = "network_anchor"

    url: Mapped[str] = mapped_column(String(300), primary_key=True)
    keys: Mapped[str] = mapped_column(Text)
    given: Mapped[str | None] = mapped_column(String(64))
    configuration: Mapped[str | None] = mapped_column(Text)
    about_us: Mapped[str | None] = mapped_column(Text)
    asked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class PeerMarkRow(Base):
    """The mark by which another city was let in, so that the anchor can be asked of it without that city."""

    __tablename__ = "network_peer_mark"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class PaperRow(Base):
    """What the network gave to this city: a trust mark by the name of its kind, or the `endorsement` of its issuer."""

    __tablename__ = "network_paper"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    anchor: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
