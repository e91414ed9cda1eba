"""The non-formal education voucher (NVŠ krepšelis): what it leaves to pay."""

from dataclasses import dataclass
from decimal import Decimal

from col_core.plugin import Concession, Price

_MONTHLY = {"lt": "per mėnesį", "sl": "na mesec", "en": "a month"}
_WITH_VOUCHER = {
    "lt": "per mėnesį; pritaikius NVŠ krepšelį moki likusią dalį",
    "sl": "na mesec; z bonom za neformalno izobraževanje (NVŠ) plačaš preostanek",
    "en": "a month; with the non-formal education voucher (NVŠ) you pay the rest",
}
_SPECIAL_NEEDS = {
    "lt": "Turintiems specialiųjų ugdymosi poreikių (didesnis krepšelis)",
    "sl": "Za mlade s posebnimi potrebami (višji bon)",
    "en": "For those with special educational needs (higher voucher)",
}
_NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Voucher:
    """What the state pays a month for one pupil."""

    amount: Decimal
    special_needs_amount: Decimal

    def price(self, monthly: Decimal, *, currency: str, accepted: bool) -> Price:
        """Return the price of a programme that costs `monthly`, net of the voucher where it is accepted."""
        if monthly == _NOTHING:
            return Price(free=True, currency=currency)
        if not accepted:
            return Price(amount=monthly, currency=currency, note=_MONTHLY)
        return Price(
            amount=monthly,
            currency=currency,
            note=_WITH_VOUCHER,
            net_amount=max(_NOTHING, monthly - self.amount),
            concessions=(Concession(label=_SPECIAL_NEEDS, amount=max(_NOTHING, monthly - self.special_needs_amount)),),
        )
