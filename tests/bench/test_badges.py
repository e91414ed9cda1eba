from col_core.bench import badges


def test_issuing_and_verifying_are_measured_without_the_reference_too():
    said = []
    report = badges.measure(50, engine="sqlite", reference=None, say=said.append)
    assert [each.ours > 0 for each in report.figures] == [True, True, True, True]
    assert all(each.reached is None for each in report.figures)
    assert said == ["round 1 of 3", "round 2 of 3", "round 3 of 3"]
