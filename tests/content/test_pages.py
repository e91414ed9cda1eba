"""What the city writes and what is written to it, asked as a browser would."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.catalogue.records import Query
from col_core.content import feedback
from col_core.house import open_city
from col_core.testing.clock import FixedClock

CITIES = Path(__file__).parents[2] / "cities"
LANGUAGES = ("sl", "lt", "en")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A client of a city in which nothing is written."""
    config = load_city(CITIES / "ljubljana", environ={"COL_VAR": str(tmp_path_factory.mktemp("reader"))})
    clock = FixedClock()
    clock.advance(days=365)
    with open_city(config, clock=clock) as opened:
        yield create_app(opened).test_client()


@pytest.fixture
def city(tmp_path, database, clock):
    url = database.url.render_as_string(hide_password=False)
    config = load_city(CITIES / "ljubljana", environ={"COL_VAR": str(tmp_path), "COL_DATABASE_URL": url})
    with open_city(config, clock=clock) as opened:
        clock.advance(days=365)
        yield opened


@pytest.fixture
def client(city):
    return create_app(city).test_client()


@pytest.fixture
def offer(city):
    for each in city.gathering.sources[:2]:
        city.gathering.sync(each)
    return city.catalogue.find(Query(per_page=1)).items[0].opportunity


def kept(city):
    with city.house.database.read() as session:
        return feedback.listing(session)


SENT = {"kind": "idea", "message": "Več koncertov, prosim! 🎸", "email": "jaz@example.org"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["about", "privacy", "accessibility", "blog", "blog/open-badges", "feedback", "feedback/thanks"]
)
def test_every_page_stands_in_every_language(reader, language, path):
    answer = reader.get(f"/{language}/{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert answer.text.count("<h1>") == 1
    assert "{" + "operator" not in answer.text


def test_the_foot_of_every_page_leads_to_the_pages(reader):
    foot = reader.get("/en/blog").text.partition("<footer")[2]
    addresses = re.findall(r'href="(/en/[^"]+)"', foot)
    texts = ["/en/blog", "/en/about", "/en/accessibility", "/en/privacy", "/en/feedback"]
    assert addresses == ["/en/passport", "/en/verify", *texts]
    assert [reader.get(each).status_code for each in addresses] == [200] * 7


def test_the_first_page_shows_the_latest_articles(reader):
    assert 'href="/lt/blog/open-badges"' in reader.get("/lt/").text


@pytest.mark.parametrize(
    "path",
    [
        "/sl/blog/nothing",
        "/sl/pages/nothing",
        "/sl/pages/..%2fcity",
        "/sl/blog/" + "a" * 3000,
        "/sl/blog/a%00b",
        "/xx/about",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(reader, path):
    answer = reader.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_page_of_every_city_has_one_address(client):
    answer = client.get("/sl/pages/about")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/sl/about")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_is_rss_with_the_articles_of_its_language(reader, language):
    answer = reader.get(f"/{language}/blog.rss")
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(answer.data).find("channel")
    assert channel.findtext("language") == language
    assert channel.find("{http://www.w3.org/2005/Atom}link").get("href") == f"http://localhost:8001/{language}/blog.rss"
    items = channel.findall("item")
    assert len(items) == 3
    for item in items:
        assert item.findtext("title")
        assert item.findtext("description")
        assert item.findtext("guid") == item.findtext("link")
        assert item.findtext("pubDate") in ("Tue, 24 Nov 2026 11:00:00 +0000", "Wed, 25 Nov 2026 11:00:00 +0000")
        assert reader.get(item.findtext("link").removeprefix("http://localhost:8001")).status_code == 200
    again = reader.get(f"/{language}/blog.rss", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_feedback_is_kept_and_a_reload_does_not_send_it_again(client, city):
    answer = client.post("/sl/feedback", data=SENT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sl/feedback/thanks")
    (one,) = kept(city)
    assert (one.kind, one.message, one.email, one.language) == ("idea", SENT["message"], SENT["email"], "sl")


def test_a_problem_is_reported_with_the_offer_that_it_is_about(client, city, offer):
    form = client.get(f"/en/feedback?about={offer.id}").text
    assert f'href="/en/opportunities/{offer.id}"' in form
    assert re.findall(r'type="radio" name="kind" value="(\w+)"', form) == [
        *("facts", "cancelled", "unsafe", "accessibility", "other")
    ]
    answer = client.post("/en/feedback", data={"about": offer.id, "kind": "unsafe", "message": "Nobody was there."})
    assert answer.headers["Location"] == f"/en/feedback/thanks?about={offer.id}"
    (one,) = kept(city)
    assert (one.about, one.urgent, one.email) == (offer.id, True, None)


def test_an_offer_leads_to_its_report(client, offer):
    assert f'href="/sl/feedback?about={offer.id}"' in client.get(f"/sl/opportunities/{offer.id}").text


@pytest.mark.parametrize("about", ["nothing", "a" * 5000, "\0", "../x", "ž"])
def test_what_is_about_no_offer_is_about_the_site(client, city, about):
    assert client.get("/sl/feedback", query_string={"about": about}).status_code == 200
    assert client.get("/sl/feedback/thanks", query_string={"about": about}).status_code == 200
    assert client.post("/sl/feedback", data={**SENT, "about": about}).status_code == 303
    assert kept(city)[0].about is None


def test_a_link_may_choose_what_it_is_about(reader):
    assert 'value="accessibility" required checked' in reader.get("/en/feedback?kind=accessibility").text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"message": "  "}, "message"),
        ({"message": "a" * 4001}, "message"),
        ({"message": "a\0b"}, "message"),
        ({"kind": ""}, "kind"),
        ({"kind": "facts"}, "kind"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"email": "a" * 300 + "@example.org"}, "email"),
    ],
)
def test_what_is_not_right_is_said_beside_its_field_and_what_was_typed_stays(client, city, changed, field):
    answer = client.post("/en/feedback", data={**SENT, **changed})
    assert answer.status_code == 422
    assert re.findall(r'class="field-error" id="error-(\w+)"', answer.text) == [field]
    assert f'href="#field-{field}"' in answer.text
    if field != "message":
        assert SENT["message"] in answer.text
    assert kept(city) == []


def test_a_form_that_another_site_sends_is_refused(client, city):
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        answer = client.post("/sl/feedback", data=SENT, headers={**headers, "Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert kept(city) == []
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost"},
        {"Origin": "http://localhost:8001"},
    ):
        assert client.post("/sl/feedback", data=SENT, headers=headers).status_code == 303


def test_a_program_that_fills_in_everything_believes_that_it_was_heard(client, city):
    assert client.post("/sl/feedback", data={**SENT, "website": "https://spam.example"}).status_code == 303
    assert kept(city) == []


def test_too_many_forms_have_to_wait_and_lose_nothing(client, city):
    for _ in range(city.house.config.limits.forms_per_hour):
        assert client.post("/sl/feedback", data=SENT).status_code == 303
    answer = client.post("/sl/feedback", data=SENT)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert SENT["message"] in answer.text
    elsewhere = client.post("/sl/feedback", data=SENT, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 303


def test_neighbours_in_one_ipv6_network_count_as_one(client, city):
    for number in range(city.house.config.limits.forms_per_hour):
        client.post("/sl/feedback", data=SENT, environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"})
    answer = client.post("/sl/feedback", data=SENT, environ_base={"REMOTE_ADDR": "2001:db8::ffff"})
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "body", [b"message=%ff%fe&kind=idea", b"%", b"&&&=&=", b"a" * 2_000_000, b"kind=idea&" * 50_000]
)
def test_no_body_whatever_makes_it_fall_over(client, body):
    answer = client.post("/sl/feedback", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (303, 413, 422)


def test_everybody_may_ask_for_the_map_of_the_site(client, city, offer):
    index = ET.fromstring(client.get("/sitemap.xml").data)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    parts = [each.text.removeprefix("http://localhost:8001") for each in index.iterfind("s:sitemap/s:loc", space)]
    addresses = []
    for part in parts:
        entries = ET.fromstring(client.get(part).data).findall("s:url", space)
        assert 0 < len(entries) <= 5000
        for entry in entries:
            alternates = {each.get("hreflang"): each.get("href") for each in entry if each.tag.endswith("link")}
            assert set(alternates) == {*LANGUAGES, "x-default"}
            assert entry.findtext("s:loc", None, space) in alternates.values()
        addresses += [entry.findtext("s:loc", None, space) for entry in entries]
    assert len(addresses) == len(set(addresses))
    published = city.catalogue.find(Query(per_page=1)).total
    assert len([each for each in addresses if "/opportunities/" in each]) >= published * 3
    assert f"http://localhost:8001/lt/opportunities/{offer.id}" in addresses
    seen = [each for each in addresses if "/opportunities/" not in each and "/organisations/" not in each]
    for each in (*seen, *addresses[-6:]):
        assert client.get(each.removeprefix("http://localhost:8001")).status_code == 200, each


@pytest.mark.parametrize(
    "name", ["nothing", "opportunities-99", "opportunities--1", "opportunities-9999999999999", "pages-1x"]
)
def test_a_part_that_is_not_there_is_said(reader, name):
    assert reader.get(f"/sitemaps/{name}.xml").status_code == 404


def test_robots_find_the_map_of_the_site(reader):
    assert "Sitemap: http://localhost:8001/sitemap.xml\n" in reader.get("/robots.txt").text


def test_who_finds_a_weakness_knows_whom_to_tell(reader):
    said = dict(each.split(": ", 1) for each in reader.get("/.well-known/security.txt").text.splitlines())
    assert said["Contact"] == "mailto:ljubljana@example.org"
    assert said["Expires"] == "2027-07-06T00:00:00Z"
    assert said["Canonical"] == "http://localhost:8001/.well-known/security.txt"


def test_a_picture_that_is_not_there_is_said(reader):
    for path in ("/content/nothing.png", "/content/pages/about.sl.md", "/content/..%2fcity.toml", "/content/%00"):
        assert reader.get(path).status_code == 404
