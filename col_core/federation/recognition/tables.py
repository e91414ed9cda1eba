"""Rows of what is kept of other cities' issuers, so that their badges outlive their servers."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class MirroredDocumentRow(Base):
    """The newest good copy of one document; the columns are those of `records.Copy`, and what stands there.

    `body` is None until the document was read once.
    """

    __tablename__ = "mirrored_document"

    place: Mapped[str] = mapped_column(String(600), primary_key=True)
    host: Mapped[str] = mapped_column(String(253), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(20))
    url: Mapped[str] = mapped_column(String(600))
    media_type: Mapped[str] = mapped_column(String(100), default="")
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int] = mapped_column(default=0)
    fetched: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    etag: Mapped[str | None] = mapped_column(String(200))
    doubted: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class MirroredVersionRow(Base):
    """The keys of an issuer from one moment on. Rows are added and never changed."""

    __tablename__ = "mirrored_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    place: Mapped[str] = mapped_column(ForeignKey("mirrored_document.place"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[bytes] = mapped_column(LargeBinary)
