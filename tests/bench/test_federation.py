import pytest

from col_core.base.errors import ConfigError
from col_core.bench import federation
from col_core.testing.servers import free_port


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_city_reads_all_offers_of_another_one_beside_an_import_of_the_same(engine):
    said = []
    try:
        report = federation.measure(
            120, engine, port=free_port(), progress=lambda *step: said.append(step), say=said.append
        )
    except ConfigError as error:
        pytest.skip(str(error))
    whole, bare, held, pages, read, _settled, found, some, nothing = report.figures
    assert whole.ours > 0
    for each in (whole, bare):
        assert each.ratio == pytest.approx(each.ours / each.theirs)
    assert (held.ours, held.reached) == (120, True)
    assert 60 < found.ours <= 120
    assert 60 < found.theirs <= 120
    assert (pages.ours, some.reached) == (2, True)
    assert read.ours > 0.1
    assert some.what == "1 changed offers read, digests compared"
    assert nothing.ours > 0
    assert said == [
        ("storing offers", 120, 120),
        "writing the same offers into files",
        ("reading the partner", 120, 120),
        "what changed since, and nothing",
    ]
