from decimal import Decimal

from vl_nvs_register.voucher import Voucher

VOUCHER = Voucher(amount=Decimal(20), special_needs_amount=Decimal(30))


def test_the_voucher_leaves_the_rest_to_pay() -> None:
    price = VOUCHER.price(Decimal(45), currency="EUR", accepted=True)
    assert price.amount == Decimal(45)
    assert price.net_amount == Decimal(25)
    assert [each.amount for each in price.concessions] == [Decimal(15)]


def test_nobody_is_paid_for_coming() -> None:
    price = VOUCHER.price(Decimal(15), currency="EUR", accepted=True)
    assert price.net_amount == Decimal(0)
    assert price.concessions[0].amount == Decimal(0)


def test_where_it_is_not_accepted_the_price_stays() -> None:
    price = VOUCHER.price(Decimal(90), currency="EUR", accepted=False)
    assert price.net_amount is None
    assert not price.concessions


def test_free_is_free() -> None:
    assert VOUCHER.price(Decimal(0), currency="EUR", accepted=True).free
