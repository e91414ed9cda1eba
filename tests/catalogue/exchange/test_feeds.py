import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import icalendar
import pytest

from col_core.catalogue.records import Draft, Price
from col_core.testing.opportunities import FULL

EXTENSIONS = ("ics", "rss", "geojson", "csv", "xlsx", "jsonld")


@pytest.fixture
def offers(town):
    return town.offer(
        full=FULL,
        free=replace(FULL, title={"sl": "Čebele in čaj", "en": "=1+1"}, price=Price(free=True), image=None),
        bare=Draft(title={"sl": "Odprta vrata"}),
    )


def body(town, extension, query=""):
    answer = town.client.get(f"/feeds/opportunities.{extension}{query}")
    assert answer.status_code == 200, answer.data
    return answer.data


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_each_feed_can_be_read_by_others_and_kept(town, offers, extension):
    first = town.client.get(f"/feeds/opportunities.{extension}")
    assert first.status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = town.client.get(f"/feeds/opportunities.{extension}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = town.client.head(f"/feeds/opportunities.{extension}")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


def test_every_feed_holds_what_the_query_finds(town, offers):
    assert len(icalendar.Calendar.from_ical(body(town, "ics", "?price=free")).walk("VEVENT")) == 1
    assert len(ElementTree.fromstring(body(town, "rss", "?price=free")).findall("channel/item")) == 1
    assert len(json.loads(body(town, "geojson", "?price=free"))["features"]) == 1
    assert len(list(csv.DictReader(io.StringIO(body(town, "csv", "?price=free").decode("utf-8-sig"))))) == 1
    assert len(json.loads(body(town, "jsonld", "?price=free"))["@graph"]) == 1


def test_what_has_no_dates_stands_in_every_feed_but_the_calendar(town, offers):
    assert len(json.loads(body(town, "geojson"))["features"]) == 3
    assert len(icalendar.Calendar.from_ical(body(town, "ics")).walk("VEVENT")) == 2


def test_the_language_is_asked_for_by_name_or_by_the_header(town, offers):
    def title(**options):
        root = ElementTree.fromstring(town.client.get("/feeds/opportunities.rss", **options).data)
        return {each.text for each in root.findall("channel/item/title")}

    assert "Graffiti workshop" in title(query_string="lang=en")
    assert "Graffiti workshop" in title(headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "Delavnica grafitov" in title()
    answer = town.client.get("/feeds/opportunities.rss")
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_reader_sees_whose_feed_it_is_and_of_what(town, offers):
    channel = ElementTree.fromstring(body(town, "rss", "?lang=en")).find("channel")
    assert channel.findtext("title") == "Testville – City of Learning"
    assert channel.findtext("description").startswith("Testville: everything")
    calendar = icalendar.Calendar.from_ical(body(town, "ics", "?lang=sl"))
    assert calendar["X-WR-CALNAME"] == "Testville – mesto učenja"


def test_no_cell_of_the_table_is_a_formula(town, offers):
    rows = list(csv.DictReader(io.StringIO(body(town, "csv").decode("utf-8-sig"))))
    titles = {row["title_en"] for row in rows}
    assert "'=1+1" in titles
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row.values())


def test_a_long_feed_leads_to_its_next_part(town, offers):
    answer = town.client.get("/feeds/opportunities.geojson?per_page=2&lang=en")
    link = answer.headers["Link"]
    assert link == '<https://testville.example/feeds/opportunities.geojson?page=2&per_page=2&lang=en>; rel="next"'
    rest = town.client.get(link[1:].partition(">")[0].removeprefix("https://testville.example"))
    ids = [each["id"] for each in answer.json["features"] + rest.json["features"]]
    assert sorted(ids) == sorted(each.id for each in offers)
    assert "Link" not in rest.headers


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/feeds/opportunities.exe", 404),
        ("/feeds/opportunities.ics?nonsense=1", 422),
        ("/feeds/opportunities.ics?lang=xx", 422),
        ("/feeds/opportunities.ics?lang=sl&lang=en", 422),
        ("/feeds/opportunities.csv?per_page=100000", 422),
        ("/feeds/catalog.jsonld?x=1", 422),
    ],
)
def test_what_cannot_be_answered_gets_a_problem_document(town, address, status):
    answer = town.client.get(address, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["instance"] == address.partition("?")[0]


def test_the_catalogue_of_open_data_names_every_feed(town):
    catalog = town.client.get("/feeds/catalog.jsonld").json
    distributions = catalog["dcat:dataset"][0]["dcat:distribution"]
    addresses = [each["dcat:downloadURL"]["@id"].removeprefix("https://testville.example") for each in distributions]
    assert sorted(addresses) == sorted(f"/feeds/opportunities.{each}" for each in (*EXTENSIONS, "rpde"))
    for each in addresses:
        assert town.client.get(each).status_code == 200


PLUGIN = """
from col_core.plugin import hookimpl

class Loud:
    name, media_type, extension = "Loud", "text/plain", "loud"
    def write(self, opportunities, *, language):
        return "\\n".join(each.content.title["sl"].upper() for each in opportunities).encode()

class Broken(Loud):
    extension = "broken"
    def write(self, opportunities, *, language):
        raise RuntimeError("no")

@hookimpl
def col_formats():
    return [Loud(), Broken()]
"""


def test_a_plugin_serves_a_format_and_one_that_breaks_costs_only_itself(open_town, database_url, clock, tmp_path):
    own = tmp_path / "town" / "plugins" / "loud_formats"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    city = open_town(tmp_path / "town", database_url, clock=clock, plugins=["loud_formats"])
    with city as town:
        town.offer(bare=Draft(title={"sl": "Odprta vrata"}))
        assert town.client.get("/feeds/opportunities.loud").data == b"ODPRTA VRATA"
        broken = town.client.get("/feeds/opportunities.broken")
        assert (broken.status_code, broken.content_type) == (503, "application/problem+json")
        assert town.client.get("/feeds/opportunities.csv").status_code == 200


@pytest.mark.parametrize("address", ["/feeds/opportunities.csv", "/api/v1/opportunities"])
def test_pages_of_other_sites_may_ask_and_read(town, address):
    answer = town.client.options(
        address, headers={"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "ETag" in town.client.get(address).headers["Access-Control-Expose-Headers"]
