"""Rows of the bulk lane."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import DERIVED, Base, UtcDateTime

EPOCH_KEY = 1


class SubscriptionRow(Base):
    """A city that this one follows; the columns are those of `records.Subscription`."""

    __tablename__ = "subscription"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    filter: Mapped[str] = mapped_column(Text, default="")
    by_settings: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    next_url: Mapped[str | None] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(String(200))
    epoch: Mapped[str] = mapped_column(String(40), default="")
    place: Mapped[int] = mapped_column(BigInteger, default=0)
    whole: Mapped[bool] = mapped_column(default=True)
    pass_number: Mapped[int] = mapped_column(default=1)
    read: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced: Mapped[datetime | None] = mapped_column(UtcDateTime)
    whole_synced: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    retry: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    equal: Mapped[bool | None] = mapped_column()
    compared: Mapped[datetime | None] = mapped_column(UtcDateTime)
    doubted: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden: Mapped[bool] = mapped_column(default=False)


class RemoteOfferRow(Base):
    """An item of a partner's feed, by its id there.

    `modified` is the number of the change that was last read of it: an older one changes nothing. `held` is what became
    of it (`records.Held`), `status` how it stands at home, `shown_as` its state here before it was hidden with all of
    its city. `twin` is the offer of this city, or of another partner, that is shown instead of it. `pass_number` is the
    last run through the whole feed in which it was there.
    """

    __tablename__ = "remote_offer"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    opportunity_id: Mapped[str | None] = mapped_column(String(32))
    modified: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[str] = mapped_column(String(10))
    status: Mapped[str | None] = mapped_column(String(12))
    shown_as: Mapped[str | None] = mapped_column(String(12))
    twin: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(Text)
    pass_number: Mapped[int] = mapped_column()
    opened: Mapped[int] = mapped_column(BigInteger, default=0)
    changed: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_remote_offer_held", "host", "held", "external_id"),
        Index("ix_remote_offer_opportunity", "opportunity_id"),
    )


class OpeningRow(Base):
    """How often an offer of a partner was opened here on a day of the city. Nothing is kept of who opened it."""

    __tablename__ = "remote_opening"

    opportunity_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    number: Mapped[int] = mapped_column()


class FollowerRow(Base):
    """A city that says that it reads this one's offers, with the filter that it says."""

    __tablename__ = "follower_city"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    filter: Mapped[str] = mapped_column(Text)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)


class DeliveryRow(Base):
    """An offer of this city that another one says it shows, and how often it was opened there."""

    __tablename__ = "delivery"

    opportunity_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    opened: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)


class FeedEpochRow(Base):
    """What the numbers of the feed count from: one row (`key` 1). No backup holds it: a restored city has another."""

    __tablename__ = "feed_epoch"
    __table_args__ = ({"info": DERIVED},)

    key: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(40))
