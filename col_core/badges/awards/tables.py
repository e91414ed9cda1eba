"""Rows of awards, their documents, status lists, codes and endorsements."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import Base, UtcDateTime


class StatusListRow(Base):
    """A status list of one issuer. `revoked` and `suspended` are its bits; `taken` those that a badge has.

    `open` lists take new badges. After a restore none of those that were there is open: a place that was given away
    after the backup must not be given again.
    """

    __tablename__ = "status_list"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(32), index=True)
    open: Mapped[bool] = mapped_column(default=True)
    number_taken: Mapped[int] = mapped_column(default=0)
    taken: Mapped[bytes] = mapped_column(LargeBinary)
    revoked: Mapped[bytes] = mapped_column(LargeBinary)
    suspended: Mapped[bytes] = mapped_column(LargeBinary)
    changed: Mapped[datetime] = mapped_column(UtcDateTime)


class AwardRunRow(Base):
    """One order to issue to many. `rows` is the list as it came (JSON), until all of it is done; `done` rows are.

    `notes` holds the award that was there already of those rows that got no new one, by their number.
    """

    __tablename__ = "award_run"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievement.id"))
    issuer: Mapped[str] = mapped_column(String(32), index=True)
    language: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str | None] = mapped_column(String(200))
    rows: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, default="{}")
    list_digest: Mapped[str] = mapped_column(String(64))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    mails: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    finished: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AwardRow(Base):
    """A badge that somebody was given.

    `repeat_key` is what makes the same order again give no second badge. `name` and `email` stay until the badge is
    claimed or given up. `reason` is for the organisation alone. `code_digest` finds the code that claims it.
    """

    __tablename__ = "award"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    achievement_id: Mapped[str] = mapped_column(String(60))
    achievement_version: Mapped[int]
    issuer: Mapped[str] = mapped_column(String(32))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("award_run.id"))
    run_row: Mapped[int | None]
    repeat_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    recipient_id: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    narrative: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text, default="[]")
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    list_id: Mapped[str] = mapped_column(ForeignKey("status_list.id"))
    list_index: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    suspended: Mapped[bool] = mapped_column(default=False)
    public: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_number: Mapped[int] = mapped_column(default=1)
    code_expires: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shared: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        ForeignKeyConstraint(
            ["achievement_id", "achievement_version"],
            ["achievement_version.achievement_id", "achievement_version.number"],
        ),
        UniqueConstraint("list_id", "list_index"),
        UniqueConstraint("run_id", "run_row"),
        Index("ix_award_achievement", "achievement_id", "state"),
        Index("ix_award_issuer", "issuer", "state"),
    )


class AwardDocumentRow(Base):
    """An award in one format, as it was signed. The bytes never change; `key_id` is the key that signed them."""

    __tablename__ = "award_document"

    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    format: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str | None] = mapped_column(ForeignKey("issuer_key.id"), index=True)
    reference: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)


class ClaimLinkRow(Base):
    """A link by which several people claim the same achievement: open to whoever has it, or shown on a screen.

    `digest` finds it by its secret. `most` is how many may; `used` how many did.
    """

    __tablename__ = "claim_link"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievement.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(32), index=True)
    language: Mapped[str] = mapped_column(String(20))
    narrative: Mapped[str | None] = mapped_column(Text)
    most: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    closed: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClaimUseRow(Base):
    """That a holder claimed by a link: once each."""

    __tablename__ = "claim_use"

    link_id: Mapped[str] = mapped_column(ForeignKey("claim_link.id"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), index=True)


class EndorsementRow(Base):
    """That the city vouches for an organisation or an achievement, as it was signed."""

    __tablename__ = "endorsement"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(String(60))
    comment: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(20))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(ForeignKey("issuer_key.id"), index=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("status_list.id"))
    list_index: Mapped[int]
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_endorsement_subject", "subject_kind", "subject_id"),
        UniqueConstraint("list_id", "list_index"),
    )
