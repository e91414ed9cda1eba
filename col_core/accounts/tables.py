"""Rows of accounts."""

from datetime import date, datetime

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class ApiTokenRow(Base):
    """`digest` is the SHA-256 of the secret in hexadecimal; `scopes` are words with blanks between, as in OAuth."""

    __tablename__ = "api_token"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[str] = mapped_column(String(32), index=True)
    scopes: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(200), default="")
    under_review: Mapped[bool] = mapped_column("held", default=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used: Mapped[date | None] = mapped_column(Date)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)
