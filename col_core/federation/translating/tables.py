"""Rows of translations."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import DERIVED, Base, UtcDateTime


class TranslationRow(Base):
    """A translation; the columns are those of `records.Kept`. `texts` is a JSON object, field to text."""

    __tablename__ = "offer_translation"

    opportunity_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    language: Mapped[str] = mapped_column(String(60), primary_key=True)
    source_language: Mapped[str] = mapped_column(Text)
    source_digest: Mapped[str] = mapped_column(String(64))
    texts: Mapped[str] = mapped_column(Text)
    translator: Mapped[str | None] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(UtcDateTime)
    edited: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_offer_translation_source", "source_digest", "language"),)


class LookRow(Base):
    """That an offer was looked at; the columns are those of `records.Look`. After a restore all are looked at anew."""

    __tablename__ = "offer_translation_look"
    __table_args__ = ({"info": DERIVED},)

    opportunity_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column()
    plan: Mapped[str] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(default=0)
    retry: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
