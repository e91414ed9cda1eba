"""Rows of achievements, and of the skills that they lead to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class AchievementRow(Base):
    """What can be earned; what it says stands in its versions, and `version` is the present one."""

    __tablename__ = "achievement"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    organiser_id: Mapped[str | None] = mapped_column(ForeignKey("organiser.id"), index=True)
    origin: Mapped[str] = mapped_column(String(10))
    archived: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    updated: Mapped[datetime] = mapped_column(UtcDateTime)


class AchievementVersionRow(Base):
    """What an achievement says. A row never changes: badges were issued for it."""

    __tablename__ = "achievement_version"

    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class AchievementMarkRow(Base):
    """What a list of achievements is narrowed by: a `skill` (its address) or a `competence` of the present version."""

    __tablename__ = "achievement_mark"

    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievement.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(500), primary_key=True)

    __table_args__ = (Index("ix_achievement_mark_value", "kind", "value"),)


class SkillRow(Base):
    """A skill of a framework (ESCO). `broader` are the addresses of wider ones, as a JSON list."""

    __tablename__ = "skill"

    uri: Mapped[str] = mapped_column(String(300), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    broader: Mapped[str] = mapped_column(Text, default="[]")


class SkillLabelRow(Base):
    """What a skill is called in a language. `key` is the folded label by which typing finds it."""

    __tablename__ = "skill_label"

    uri: Mapped[str] = mapped_column(ForeignKey("skill.uri"), primary_key=True)
    language: Mapped[str] = mapped_column(String(35), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(200))

    __table_args__ = (Index("ix_skill_label_key", "language", "key"),)
