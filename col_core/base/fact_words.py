"""Say for whom something is and what it costs."""

from decimal import Decimal
from typing import Protocol

from col_core.base.formats import Formats

FROM_BIRTH, ANY_AGE = 0, 120


class AgeRange(Protocol):
    """Inclusive years of age, None is open; the catalogue's `Ages` is one."""

    @property
    def min(self) -> int | None: ...
    @property
    def max(self) -> int | None: ...


class Cost(Protocol):
    """What one person pays; the catalogue's `Price` is one."""

    @property
    def amount(self) -> Decimal | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def free(self) -> bool: ...
    @property
    def net_amount(self) -> Decimal | None: ...


def age_words(words: Formats, ages: AgeRange) -> str | None:
    """Say the ages: "15–29 let", "od 15 let naprej"; None where nothing is said about them."""
    low = ages.min if ages.min and ages.min > FROM_BIRTH else None
    high = ages.max if ages.max is not None and ages.max < ANY_AGE else None
    if low is None and high is None:
        # translators: for whom an offer is
        return words.pgettext("ages", "all ages") if ages.min is not None or ages.max is not None else None
    if high is None:
        # translators: for whom an offer is; %(n)s years and older
        return words.npgettext("ages", "from %(n)s year", "from %(n)s years", low or 0)
    if low is None:
        # translators: for whom an offer is; at most %(n)s years
        return words.npgettext("ages", "up to %(n)s year", "up to %(n)s years", high)
    if low == high:
        # translators: for whom an offer is; exactly this age
        return words.npgettext("ages", "%(n)s year", "%(n)s years", high)
    # translators: for whom an offer is; the form follows %(n)s, the higher age
    return words.npgettext("ages", "%(low)s–%(n)s year", "%(low)s–%(n)s years", high, low=low)


def price_words(words: Formats, price: Cost) -> str | None:
    """Say the price: "brezplačno", "5 €", "20 € z bonom (sicer 40 €)"; None where it is not stated."""
    if price.free or price.amount == 0:
        # translators: an offer costs nothing
        return words.pgettext("price", "free")
    if price.amount is None:
        return None
    full = words.money(price.amount, price.currency)
    if price.net_amount is None or price.net_amount >= price.amount:
        return full
    if price.net_amount <= 0:
        # translators: an offer costs nothing for someone with a voucher; %(full)s is the price without it
        return words.pgettext("price", "free with a voucher (otherwise %(full)s)", full=full)
    # translators: %(net)s is what remains to pay with a voucher, %(full)s the price without it
    return words.pgettext(
        "price",
        "%(net)s with a voucher (otherwise %(full)s)",
        net=words.money(price.net_amount, price.currency),
        full=full,
    )
