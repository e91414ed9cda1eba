"""Rows of the keyring."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class IssuerKeyRow(Base):
    """A signing key of an issuer: an organisation's id, or `city`. `sealed` is its private half, encrypted.

    `retired` says when it was rotated: what it signed stays good. `compromised` says that nothing of it does.
    """

    __tablename__ = "issuer_key"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    public: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    retired: Mapped[datetime | None] = mapped_column(UtcDateTime)
    compromised: Mapped[datetime | None] = mapped_column(UtcDateTime)
