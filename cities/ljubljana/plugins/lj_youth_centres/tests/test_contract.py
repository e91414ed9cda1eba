from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lj_youth_centres import dates
from lj_youth_centres.source import ProgrammeSource

from col_core.plugin import Draft, FetchError, OpportunitySource, RawItem, Rejected
from col_core.testing.cities import a_city
from col_core.testing.contracts import SourceContract

SAMPLE = """<program>
  <center oznaka="BEZ" naziv="Center" naslov="Vojkova cesta 73" cetrt="Bežigrad" sirina="46.07" dolzina="14.51">
    <varnost kdo="zaupna oseba" eposta="varno@example.org"/>
  </center>
  <dejavnost sifra="BEZ-1" center="BEZ" zvrst="delavnica">
    <naziv>Torkova kuhinja</naziv><naziv jezik="en">Tuesday kitchen</naziv>
    <termin>vsak torek 17.00–19.00, od 13. 1. 2026 do 26. 5. 2026, razen 28. 4. 2026</termin>
    <starost>15–29</starost><cena>12,50 €</cena><mest>12</mest>
  </dejavnost>
  <dejavnost sifra="BEZ-2" center="BEZ" zvrst="koncert"><naziv>Brez zvrsti</naziv></dejavnost>
  <dejavnost sifra="BEZ-1" center="BEZ" zvrst="delavnica"><naziv>Dvakrat</naziv></dejavnost>
  <dejavnost center="BEZ" zvrst="delavnica"><naziv>Brez šifre</naziv></dejavnost>
</program>"""


def a_source(folder: Path, body: str) -> ProgrammeSource:
    (folder / "program.xml").write_text(body, encoding="utf-8")
    source = {"id": "mine", "plugin": "lj_youth_centres", "url": "program.xml"}
    city = a_city(folder, sources=[source], settings={"goals": {}}, languages=("sl",))
    return ProgrammeSource(city, city.sources[0])


class TestProgramme(SourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> OpportunitySource:
        return a_source(tmp_path, SAMPLE)


def test_what_cannot_be_followed_over_time_is_told(tmp_path: Path) -> None:
    fetched = a_source(tmp_path, SAMPLE).fetch(since=None, cursor=None)
    assert [(each.where, each.reason) for each in fetched.errors] == [
        ("program.xml, dejavnost 3", "sifra BEZ-1 stands twice"),
        ("program.xml, dejavnost 4", "it has no sifra"),
    ]


@pytest.mark.parametrize("body", ["", "<program>", "{}", '<!DOCTYPE x [<!ENTITY a "b">]><program>&a;</program>'])
def test_what_is_no_programme_fails_the_run(tmp_path: Path, body: str) -> None:
    with pytest.raises(FetchError, match=r"program\.xml is not the XML of a programme"):
        a_source(tmp_path, body).fetch(since=None, cursor=None)


WORDS = st.sampled_from(
    ["vsak", "torek", "vsako", "sredo", "17.00–19.00", "od", "do", "13. 1. 2026", "31. 2. 2026", "razen", "in", ",",
     "po dogovoru", "99.99–1.1", "1. 1. 9999", "1. 1. 0000", "–"]
)  # fmt: skip


@given(words=st.lists(WORDS | st.text(max_size=8), max_size=12))
def test_any_line_of_dates_is_a_schedule_or_a_reason(words: list[str]) -> None:
    try:
        dates.read(" ".join(words), "Europe/Ljubljana")
    except ValueError:
        return


@given(
    text=st.text(max_size=40), tag=st.sampled_from(["termin", "starost", "cena", "mest", "prijava", "naziv", "opis"])
)
def test_any_activity_is_a_draft_or_a_rejection(text: str, tag: str) -> None:
    kept = "".join(each for each in text if each.isprintable() and each not in "<&")
    city = a_city(
        Path(), sources=[{"id": "mine", "plugin": "x", "url": "x"}], settings={"goals": {}}, languages=("sl",)
    )
    source = ProgrammeSource(city, city.sources[0])
    body = f'<postavka><dejavnost zvrst="delavnica"><naziv>a</naziv><{tag}>{kept}</{tag}></dejavnost></postavka>'
    item = RawItem(external_id="1", body=body.encode("utf-8", errors="replace"), media_type="x/y", address="x")
    assert isinstance(source.normalise(item), Draft | Rejected)
