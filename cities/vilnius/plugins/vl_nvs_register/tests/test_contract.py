import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vl_nvs_register.source import RegisterSource

from col_core.plugin import Draft, FetchError, OpportunitySource, RawItem, Rejected
from col_core.testing.cities import a_city
from col_core.testing.contracts import SourceContract

PROGRAMME = {
    "_id": "NVS-1",
    "pavadinimas": "Keramika",
    "pavadinimas@en": "Pottery",
    "forma": "kursai",
    "pradzia": "2026-01-12",
    "pabaiga": "2026-05-25",
    "tvarkarastis": [{"diena": "pirmadienis", "nuo": "16:00", "iki": "17:30"}],
    "kaina_men": "35,00",
    "nvs_krepselis": True,
    "amzius_nuo": 10,
    "vieta": "Centras",
}
ENTRIES = [PROGRAMME, {**PROGRAMME, "_id": "NVS-2", "forma": "koncertas"}, {**PROGRAMME}, {"pavadinimas": "x"}, 7]


def a_source(folder: Path, body: str) -> RegisterSource:
    (folder / "register.json").write_text(body, encoding="utf-8")
    city = a_city(
        folder,
        sources=[{"id": "mine", "plugin": "vl_nvs_register", "url": "register.json"}],
        settings={"voucher": Decimal(20), "voucher_special_needs": Decimal(30)},
        timezone="Europe/Vilnius",
        languages=("lt",),
    )
    return RegisterSource(city, city.sources[0])


class TestRegister(SourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> OpportunitySource:
        return a_source(tmp_path, json.dumps({"_data": ENTRIES}))


def test_what_cannot_be_followed_over_time_is_told(tmp_path: Path) -> None:
    fetched = a_source(tmp_path, json.dumps({"_data": ENTRIES})).fetch(since=None, cursor=None)
    assert [(each.where, each.reason) for each in fetched.errors] == [
        ("register.json, _data[2]", "_id NVS-1 stands twice"),
        ("register.json, _data[3]", "it has no _id"),
        ("register.json, _data[4]", "it has no _id"),
    ]


@pytest.mark.parametrize("body", ["", "[]", "{}", "7", '{"_data": {}}', "[" * 5000])
def test_what_is_no_register_fails_the_run(tmp_path: Path, body: str) -> None:
    with pytest.raises(FetchError, match=r"register\.json is not the JSON of a register"):
        a_source(tmp_path, body).fetch(since=None, cursor=None)


def test_a_programme_without_an_end_in_sight_is_refused_at_once(tmp_path: Path) -> None:
    source = a_source(tmp_path, json.dumps({"_data": [{**PROGRAMME, "pabaiga": "9999-12-31"}]}))
    (item,) = source.fetch(since=None, cursor=None).items
    result = source.normalise(item)
    assert isinstance(result, Rejected)
    assert "longer than five years" in result.reason


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=12)
    | st.sampled_from(["2026-01-12", "9999-12-31", "16:00", "pirmadienis", "35,00", "NaN", "Infinity", "1e999999"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["diena", "nuo", "iki", "pavadinimas"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = st.sampled_from([*PROGRAMME, "atostogos", "registracija_iki", "kompetencijos", "kryptys", "kalbos", "platuma"])


@given(changes=st.dictionaries(KEYS, ANYTHING, max_size=4))
def test_any_entry_is_a_draft_or_a_rejection(changes: dict[str, object]) -> None:
    city = a_city(
        Path(),
        sources=[{"id": "mine", "plugin": "vl_nvs_register", "url": "x"}],
        settings={"voucher": Decimal(20), "voucher_special_needs": Decimal(30)},
        timezone="Europe/Vilnius",
        languages=("lt",),
    )
    source = RegisterSource(city, city.sources[0])
    body = json.dumps({**PROGRAMME, **changes}).encode("utf-8", errors="replace")
    item = RawItem(external_id="1", body=body, media_type="application/json", address="x")
    assert isinstance(source.normalise(item), Draft | Rejected)
