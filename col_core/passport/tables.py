"""Rows of the passport. Nothing in them tells who somebody is, but what they wrote in a title."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class HolderRow(Base):
    """A holder. `recovery_digest` finds it by its recovery code; `seen` is the last day (UTC)."""

    __tablename__ = "holder"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recovery_digest: Mapped[str] = mapped_column(String(64), unique=True)
    recovery_number: Mapped[int] = mapped_column(default=1)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)


class HolderDeviceRow(Base):
    """A device of a holder, by the digest of what it keeps in its cookie."""

    __tablename__ = "holder_device"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("holder.id"), index=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldRow(Base):
    """A badge that somebody keeps: an award of this city, or what was imported, byte by byte.

    `link_id` is the link that it was claimed by, if it was one.
    `verdict` and `told` (JSON) are what came of checking an imported one last, `checked` is when that was
    and `as_of` the age of what stood in for servers that did not answer; `picture` is how it looks, made anew.
    """

    __tablename__ = "held"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("holder.id"), index=True)
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"), unique=True)
    link_id: Mapped[str | None] = mapped_column(String(16))
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    picture_type: Mapped[str | None] = mapped_column(String(30))
    digest: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[str | None] = mapped_column(String(10))
    told: Mapped[str | None] = mapped_column(Text)
    checked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("holder_id", "digest"),)


class ShareRow(Base):
    """A page that a holder opened to others. Its id is its secret: who has it may look."""

    __tablename__ = "share"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("holder.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20))
    held_ids: Mapped[str] = mapped_column(Text)
    opened: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn: Mapped[datetime | None] = mapped_column(UtcDateTime)
