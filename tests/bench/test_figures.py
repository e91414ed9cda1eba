import json

from col_core.bench.figures import Figure, Times, alternately, as_json, at_most, faster, table, times_of


def times(ms):
    return Times(least_ms=ms, p50_ms=ms, p99_ms=ms)


def test_a_goal_of_at_most_so_many_times_leaves_out_what_is_allowed_beside():
    assert at_most("a", times(4.0), "b", times(2.0), 1.5, plus_ms=1).reached
    assert not at_most("a", times(4.1), "b", times(2.0), 1.5, plus_ms=1).reached


def test_a_goal_of_at_least_so_many_times_faster():
    assert faster("a", times(1.0), "b", times(10.0), 10).reached
    assert not faster("a", times(1.1), "b", times(10.0), 10).reached
    assert faster("a", times(1.0), "b", times(10.0)).reached is None


def test_calls_are_measured_in_turns():
    order = []
    found = alternately({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, repeats=2)
    assert "".join(order) == "ababab"
    assert found.keys() == {"a", "b"}


def test_the_middle_and_the_slow_end():
    assert (times_of([1, 2, 3]).p50_ms, times_of([1, 2, 3]).least_ms) == (2, 1)
    assert times_of(range(1001)).p99_ms == 990


def test_figures_can_be_read_by_people_and_programs():
    figures = [
        faster("tile", times(1.0), "other", times(10.0), 10),
        Figure(what="memory", ours=321.0, unit="MB", goal="≤ 300 MB", reached=False),
    ]
    assert "| tile | 1.00 ms | other 10.0 ms | 10.0 × | ≥ 10 × | yes |" in table(figures)
    assert "| memory | 321 MB |  |  | ≤ 300 MB | **no** |" in table(figures)
    said = json.loads(as_json(figures, {"cores": 2}))
    assert (said["facts"], said["figures"][0]["ratio"]) == ({"cores": 2}, 10)
