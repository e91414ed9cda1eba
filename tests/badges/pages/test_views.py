"""The pages of badges, asked as a browser would, in a city with its own badges and offers."""

import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

import col_core
from col_core.app import create_app
from col_core.badges.achievements import defining, reading
from col_core.badges.achievements.records import Origin
from col_core.base.errors import NotFound
from col_core.testing.browser import DESK, PHONE

AXE = Path(col_core.__file__).parent / "web/static/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def client(ljubljana):
    return create_app(ljubljana).test_client()


@pytest.fixture(scope="module", autouse=True)
def _files_are_read(ljubljana):
    ljubljana.badge_files.freshen()


def names(text):
    return [each.strip() for each in re.findall(r'<a class="badge-object" href="[^"]*/badges/([^"]+)"', text)]


@pytest.mark.parametrize("language", ["sl", "lt", "en"])
@pytest.mark.parametrize("path", ["/badges", "/badges/zgodba-iz-soseske"])
def test_a_page_says_its_language_and_names_the_same_page_in_the_others(client, language, path):
    answer = client.get(f"/{language}{path}")
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
    for other in ("sl", "lt", "en"):
        assert f'hreflang="{other}" href="http://localhost:8001/{other}{path}"' in answer.text


def test_the_wall_shows_everything_that_can_be_earned_by_level_then_by_name(client):
    text = client.get("/sl/badges").text
    assert names(text)[:2] == ["prvi-korak-v-mesto", "varuhi-bregov"]
    assert names(text)[-1] == "zaodrje"
    assert len(names(text)) == 8
    assert "8\u00a0značk" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("competence=digital", ["moj-prvi-program", "zgodba-iz-soseske"]),
        ("organisation=ekipa-prva-pomoc", ["prva-pomoc"]),
        ("skill=http://data.europa.eu/esco/skill/1d21f6ad-340f-45da-a0a3-4e83867f47a6", ["prva-pomoc"]),
        ("competence=digital&organisation=mladi-mikrofon", ["zgodba-iz-soseske"]),
        ("organisation=nobody", []),
    ],
)
def test_the_wall_is_narrowed_by_what_one_looks_for(client, query, shown):
    text = client.get(f"/sl/badges?{query}").text
    assert names(text) == shown
    assert 'name="robots" content="noindex"' in text


@pytest.mark.parametrize("query", ["competence=nonsense", "competence=", "skill=&organisation="])
def test_a_choice_that_there_is_not_counts_as_none(client, query):
    assert len(names(client.get(f"/sl/badges?{query}").text)) == 8


def test_a_badge_says_what_it_stands_for(client):
    text = client.get("/sl/badges/zgodba-iz-soseske").text
    for said in (
        "Zgodba iz soseske: mladinski medijski tečaj",
        "Znam pripraviti in voditi intervju.",
        "<li>zmontiraj in objavi oddajo, dolgo vsaj 15 minut</li>",
        'href="/sl/organisations/mladi-mikrofon"',
        "tehnike intervjuvanja",
        "50 ur",
        "Slovenija",
        "Objavljena oddaja in zagovor",
        "Notranja presoja",
        "V\u00a0živo, 30 ur",
        "se ne uporablja",
        "To je izmišljen primer.",
    ):
        assert said in text, said


def test_a_badge_leads_to_the_offers_where_one_can_earn_it_and_back(ljubljana, client):
    text = client.get("/sl/badges/prva-pomoc").text
    offers = re.findall(r'data-opportunity-id="([^"]+)"', text)
    assert offers
    found = client.get("/api/v1/opportunities?badge=prva-pomoc").json
    assert set(offers) <= {each["id"] for each in found["items"]}
    offer = client.get(f"/sl/opportunities/{offers[0]}").text
    assert 'href="/sl/badges/prva-pomoc"' in offer
    assert "/achievements/prva-pomoc/image.svg?version=1" in offer
    assert "Značka: Znam pomagati" in client.get("/sl/opportunities?badge=prva-pomoc").text


def test_machines_read_a_badge_as_a_credential_of_schema_org(client):
    text = client.get("/lt/badges/prva-pomoc").text
    document = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)[0])
    assert document["@type"] == "EducationalOccupationalCredential"
    assert (document["name"], document["validFor"]) == ("Moku padėti", "P24M")
    assert document["recognizedBy"]["name"] == "Ekipa Prva pomoč"


def test_others_show_a_picture_beside_a_link(client):
    answer = client.get("/sl/badges/prva-pomoc/preview.png")
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))


@pytest.mark.parametrize("id_", ["nothing", "%00", "x" * 300, "..%5c", "zaodrje%0a"])
@pytest.mark.parametrize(
    "path", ["/sl/badges/{}", "/achievements/{}", "/achievements/{}/image.svg", "/api/v1/achievements/{}"]
)
def test_what_is_not_there_is_not_there(client, path, id_):
    assert client.get(path.format(id_)).status_code == 404


def test_the_first_page_shows_badges_of_different_looks(client):
    shown = names(client.get("/sl/").text)
    assert len(shown) == len(set(shown)) == 6
    assert "zaodrje" in shown


def test_the_sitemap_names_every_badge(client):
    text = client.get("/sitemaps/pages.xml").text
    assert "<loc>http://localhost:8001/lt/badges/zaodrje</loc>" in text
    assert "<loc>http://localhost:8001/sl/badges</loc>" in text


def test_an_achievement_is_an_open_badge_for_programs_and_a_page_for_people(client):
    answer = client.get("/achievements/zgodba-iz-soseske?language=lt")
    assert answer.mimetype == "application/ld+json"
    said = answer.json
    assert said["id"] == "http://localhost:8001/achievements/zgodba-iz-soseske"
    assert (said["type"], said["achievementType"], said["inLanguage"]) == (["Achievement"], "MicroCredential", "lt")
    assert said["creator"]["id"] == "did:web:localhost%3A8001:organisations:mladi-mikrofon"
    assert said["microCredential"]["workload"] == "PT50H"
    assert client.get("/achievements/zgodba-iz-soseske").json["inLanguage"] == "sl"
    people = client.get("/achievements/zgodba-iz-soseske", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert (people.status_code, people.location) == (303, "/en/badges/zgodba-iz-soseske")
    assert {"Accept", "Accept-Language"} <= set(people.headers["Vary"].split(", "))
    city = client.get("/achievements/prvi-korak-v-mesto").json
    assert city["creator"]["id"] == "did:web:localhost%3A8001"


def test_the_picture_of_a_version_may_be_kept_for_ever_and_runs_nothing(client):
    svg = client.get("/achievements/zaodrje/image.svg?version=1")
    assert ElementTree.fromstring(svg.text).tag == "{http://www.w3.org/2000/svg}svg"
    assert svg.headers["Cache-Control"] == "public, max-age=31536000"
    assert "sandbox" in svg.headers["Content-Security-Policy"]
    again = client.get("/achievements/zaodrje/image.svg?version=1", headers={"If-None-Match": svg.headers["ETag"]})
    assert again.status_code == 304
    png = client.get("/achievements/zaodrje/image.png")
    assert png.headers["Cache-Control"] == "public, max-age=300"
    with Image.open(io.BytesIO(png.data)) as picture:
        assert picture.size == (512, 512)
    assert client.get("/achievements/zaodrje/image.png").data == png.data


@pytest.mark.parametrize(("version", "status"), [("2", 404), ("0", 404), ("x", 422), ("1" * 40, 422), ("-1", 422)])
def test_a_version_that_there_never_was_is_refused(client, version, status):
    assert client.get(f"/achievements/zaodrje?version={version}").status_code == status


def test_one_that_can_no_longer_be_earned_is_in_no_list_and_its_page_says_so(ljubljana, client):
    house = ljubljana.house
    with house.database.write() as session:
        draft = replace(reading.current(session, "zaodrje").content, id="lanska", organiser_id=None)
        defining.define(session, draft, origin=Origin.DATABASE, clock=house.clock)
        defining.archive(session, "lanska", clock=house.clock)
    assert "lanska" not in names(client.get("/sl/badges").text)
    text = client.get("/sl/badges/lanska").text
    assert "Te značke ni več mogoče osvojiti." in text
    assert 'content="noindex"' in text
    assert client.get("/achievements/lanska").status_code == 200


def test_a_picture_of_its_own_that_is_lost_is_not_there(ljubljana):
    house = ljubljana.house
    with house.database.write() as session:
        draft = reading.current(session, "zaodrje").content
        own = replace(
            draft,
            id="svoja-slika",
            organiser_id=None,
            image_alt={"sl": "x"},
            picture=replace(draft.picture, own_key="badges/gone.png"),
        )
        stored = defining.define(session, own, origin=Origin.DATABASE, clock=house.clock)
    with pytest.raises(NotFound):
        ljubljana.badge_pictures.png(stored)
    with pytest.raises(NotFound):
        ljubljana.badge_pictures.svg(stored)
    picture = io.BytesIO()
    Image.new("RGBA", (64, 64), "red").save(picture, "PNG")
    house.files.put("badges/gone.png", picture.getvalue(), "image/png")
    assert ljubljana.badge_pictures.png(stored) == picture.getvalue()
    assert "data:image/png;base64," in ljubljana.badge_pictures.svg(stored)
    with house.database.write() as session:
        defining.archive(session, "svoja-slika", clock=house.clock)


@pytest.mark.browser
@pytest.mark.parametrize("window", [{"viewport": PHONE, "touch": True}, {"viewport": DESK, "dark": True}])
def test_axe_finds_nothing_and_a_badge_can_be_turned_over(visit, ljubljana_address, window):
    with visit(ljubljana_address, **window) as visitor:
        for path in ("/sl/badges", "/lt/badges/zgodba-iz-soseske", "/en/badges/zaodrje"):
            page = visitor.open(path)
            page.wait_for_load_state("networkidle")
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found["violations"]] == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        turned = page.locator(".turn-object")
        assert turned.evaluate("each => getComputedStyle(each).rotate") == "none"
        page.locator("#turn").focus()
        page.keyboard.press("Space")
        assert turned.evaluate("each => getComputedStyle(each).rotate") == "y 180deg"
        assert page.locator(".turn-back").get_by_text("I can share out work").count() == 1
        assert visitor.foreign == []
        assert visitor.errors == []


@pytest.mark.browser
@pytest.mark.parametrize("window", [{"viewport": PHONE, "touch": True}, {"viewport": DESK}])
def test_the_parts_of_the_wall_stand_below_one_another(visit, ljubljana_address, window):
    with visit(ljubljana_address, **window) as visitor:
        page = visitor.open("/sl/badges")
        parts = page.locator("main > div > *").evaluate_all("all => all.map(each => each.getBoundingClientRect())")
        assert max(each["left"] for each in parts) - min(each["left"] for each in parts) < 40
        assert all(above["bottom"] <= below["top"] for above, below in pairwise(parts))
        assert max(each["width"] for each in parts) > 0.8 * window["viewport"]["width"]
        chips = page.locator("main .chip").evaluate_all("all => all.map(each => each.offsetHeight)")
        assert max(chips) < 60
