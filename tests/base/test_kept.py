from col_core.base.kept import Kept


def test_what_was_not_asked_for_longest_goes_first():
    kept = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(each) for each in "abc"] == [1, None, 3]


def test_values_count_by_their_weight_and_the_last_one_stays_whatever_it_weighs():
    kept = Kept(10, weight=len)
    kept.put("a", "12345")
    kept.put("b", "12345")
    kept.put("a", "1")
    kept.put("c", "1234")
    assert [kept.get(each) for each in "abc"] == ["1", "12345", "1234"]
    kept.put("d", "x" * 11)
    assert [kept.get(each) for each in "abcd"] == [None, None, None, "x" * 11]


def test_only_the_value_that_was_seen_is_dropped():
    kept = Kept(2)
    first, second = object(), object()
    kept.put("a", first)
    kept.put("a", second)
    kept.drop("a", first)
    assert kept.get("a") is second
    kept.drop("a", second)
    assert kept.get("a") is None
    kept.drop("nowhere", first)
