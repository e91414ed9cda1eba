"""Rows of what visitors wrote."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class FeedbackRow(Base):
    """`about` is the id of an opportunity, which may be gone by now; `email` is there where an answer is wished."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    urgent: Mapped[bool] = mapped_column()
    about: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(35))
    created: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
