"""The pages of the catalogue, asked as a browser would."""

import html
import io
import re
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from werkzeug.http import parse_options_header

from col_core.app import create_app
from col_core.catalogue import store
from col_core.catalogue.pages.variety import mixed
from col_core.catalogue.records import Draft, Query, Schedule

CITIES = Path(__file__).parents[3] / "cities"


@pytest.fixture(scope="module")
def city(ljubljana):
    return ljubljana


@pytest.fixture(scope="module")
def client(city):
    return create_app(city).test_client()


def shown(text):
    return re.findall(r'<article class="card[^"]*" data-opportunity-id="([^"]+)"', text)


@pytest.mark.parametrize("language", ["sl", "lt", "en"])
@pytest.mark.parametrize("path", ["/", "/opportunities", "/saved"])
def test_a_page_says_its_language_and_names_the_same_page_in_the_others(client, language, path):
    answer = client.get(f"/{language}{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}" dir="ltr"' in answer.text
    for other in ("sl", "lt", "en"):
        assert f'hreflang="{other}" href="http://localhost:8001/{other}{path}"' in answer.text


@pytest.mark.parametrize(
    "query",
    ["?sort=date", "?price=free", "?category=music&category=sport-movement", "?q=delavnica", "?age=15&type=course"],
)
def test_the_list_shows_what_the_api_finds_in_the_same_order(client, query):
    found = client.get(f"/api/v1/opportunities{query}").json
    assert shown(client.get(f"/sl/opportunities{query}").text) == [each["id"] for each in found["items"]]
    assert found["items"]


def test_who_asks_for_nothing_sees_a_mixture_of_what_the_api_finds(city, client):
    ids = [each["id"] for each in client.get("/api/v1/opportunities").json["items"]]
    found, config = city.catalogue.find(Query()).items, city.house.config
    expected = [each.opportunity.id for each in mixed(found, city.house.clock.now(), ZoneInfo(config.timezone))]
    assert sorted(expected) == sorted(ids)
    assert shown(client.get("/sl/opportunities").text) == expected


def test_pages_of_the_list_lead_on_and_back_with_every_filter_kept(client):
    first = client.get("/en/opportunities?price=free&per_page=10").text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(following).text
    assert "price=free" in following
    assert not set(shown(first)) & set(shown(second))
    assert re.search(r'rel="prev" href="([^"]+)"', second)[1].replace("&amp;", "&").endswith("price=free&per_page=10")


def test_the_form_hands_on_what_it_has_no_field_for(client):
    text = client.get("/sl/opportunities?near=46.05,14.51&radius_m=5000&sort=distance&price=free").text
    for name, value in (("near", "46.05,14.51"), ("radius_m", "5000"), ("sort", "distance")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    assert 'type="hidden" name="sort"' not in client.get("/sl/opportunities?q=delavnica&sort=relevance").text


def test_the_switch_of_language_keeps_the_page_and_its_filters(client):
    text = client.get("/sl/opportunities?price=free&age=15").text
    assert 'href="/lt/opportunities?price=free&amp;age=15" lang="lt"' in text


def test_an_offer_says_when_where_for_whom_and_what_it_costs(city, client):
    one = next(
        each.opportunity
        for each in city.catalogue.find(Query(per_page=100)).items
        if each.opportunity.place and each.opportunity.place.district and each.opportunity.content.ages.min
    )
    text = client.get(f"/sl/opportunities/{one.id}").text
    assert one.content.title["sl"] in text
    assert one.place.district in text
    assert f"{one.content.ages.min}" in text
    assert '<script type="application/ld+json">' in text
    assert f"/sl/opportunities/{one.id}.ics" in text


def test_an_offer_has_a_calendar_file_and_a_card_of_its_own(city, client):
    one = city.catalogue.find(Query(per_page=1)).items[0].opportunity
    file = client.get(f"/sl/opportunities/{one.id}.ics")
    assert (file.status_code, file.mimetype) == (200, "text/calendar")
    assert file.data.startswith(b"BEGIN:VCALENDAR")
    assert file.headers["Content-Disposition"].isascii()
    named = parse_options_header(file.headers["Content-Disposition"])[1]["filename"]
    assert named.removesuffix(".ics") == re.sub(r"[^\w -]+", " ", one.content.title["sl"]).strip()
    assert shown(client.get(f"/sl/opportunities/{one.id}/card").text) == [one.id]


def test_what_is_printed_names_the_portal_and_where_it_came_from(city, client):
    one = city.catalogue.find(Query(per_page=1)).items[0].opportunity
    text = client.get(f"/sl/opportunities/{one.id}").text
    (printed,) = re.findall(r'<p class="on-paper" aria-hidden="true">(.*)</p>', text)
    assert printed == f"<strong>Ljubljana</strong> mesto učenja, http://localhost:8001/sl/opportunities/{one.id}"


def test_a_text_in_another_language_says_so(city, client):
    everything = [city.catalogue.find(Query(page=page, per_page=100)) for page in (1, 2, 3)]
    one = next(
        each.opportunity
        for found in everything
        for each in found.items
        if set(each.opportunity.content.title) == {"en"}
    )
    text = client.get(f"/sl/opportunities/{one.id}").text
    assert '<h1 lang="en" dir="auto">' in text


def test_an_organisation_shows_its_offers(city, client):
    one = city.catalogue.busiest_organisations(1)[0]
    text = client.get(f"/en/organisations/{one.slug}").text
    assert one.name in text
    assert set(shown(text)) <= {
        each.opportunity.id for each in city.catalogue.find(Query(organisation=(one.slug,), per_page=100)).items
    }
    assert shown(text)


def test_an_organisation_shows_what_it_has_offered_before_as_over(city, client):
    past = Query(from_day=date(1990, 1, 1), to_day=date(2020, 12, 31))
    one = next(each.opportunity for each in city.catalogue.find(past).items if each.opportunity.organiser)
    text = client.get(f"/en/organisations/{one.organiser.slug}").text
    assert one.id in shown(text.partition('id="been"')[2])
    assert one.id not in shown(text.partition('id="been"')[0])
    assert "Already over" in text


def test_a_page_that_was_made_a_moment_ago_has_a_nonce_of_its_own(client):
    first, again = client.get("/en/opportunities"), client.get("/en/opportunities")
    nonces = [re.search(r"'nonce-([^']+)'", each.headers["Content-Security-Policy"])[1] for each in (first, again)]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip((first, again), nonces, strict=True):
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {nonce}
    assert first.headers["ETag"] == again.headers["ETag"]


def test_what_was_saved_is_shown_in_the_order_of_saving(city, client):
    ids = [each.opportunity.id for each in city.catalogue.find(Query(per_page=3)).items][::-1]
    assert shown(client.get(f"/en/saved/cards?ids={','.join(ids)},nowhere,{ids[0]}").text) == ids


def test_the_button_that_applies_the_filters_says_how_many_there_are(client):
    total = client.get("/api/v1/opportunities?price=free").json["total"]
    assert str(total) in client.get("/en/opportunities/count?price=free").text


def test_a_search_without_a_result_helps_on(client):
    answer = client.get("/en/opportunities?q=zzzqqq")
    assert (answer.status_code, shown(answer.text)) == (200, [])
    assert "Nothing fits all of this" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sl/nowhere", 404),
        ("/sl/opportunities/nope", 404),
        ("/sl/organisations/nope", 404),
        ("/sl/opportunities?age=x", 422),
        ("/sl/opportunities?bbox=1,2", 422),
        ("/sl/opportunities?from=2026-13-01", 422),
        ("/de/opportunities", 404),
    ],
)
def test_what_does_not_work_is_a_page_for_people(client, path, status):
    answer = client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "label", "found", "expected"),
    [
        ("/sl/opportunities?price=free&age=x", "Moja starost", "»x«", "celo število od 0 do 120"),
        ("/lt/opportunities?age=130", "Mano amžius", "„130“", "sveikasis skaičius nuo 0 iki 120"),
        ("/en/opportunities?from=17.5.2026", "From", "“17.5.2026”", "Must be a day like 2026-05-17."),
        ("/en/opportunities?category=arts&category=chess", "Topics", "“arts, chess”", "Must be one of: arts, career,"),
        ("/en/opportunities?near=a%00b", "Near me", "“a\ufffdb”", "Holds a NUL character."),
        (
            "/en/opportunities/count?q=" + "x" * 201,
            "What interests you?",
            "xxx…”",
            "Longer than 200 characters.",
        ),
    ],
)
def test_a_page_says_what_in_its_address_does_not_fit_in_the_words_of_its_form(client, path, label, found, expected):
    said = client.get(path, headers={"Accept": "text/html"}).text.replace("\u00a0", " ")
    assert f"<strong>{label}</strong>" in said
    assert found in said
    assert expected in said


def test_what_does_not_fit_can_be_left_out(client):
    said = client.get("/sl/opportunities?price=free&age=x&category=arts", headers={"Accept": "text/html"}).text
    way_out = html.unescape(re.search(r'class="button" href="([^"]+)"', said)[1])
    assert way_out == "/sl/opportunities?price=free&category=arts"
    assert client.get(way_out).status_code == 200


def test_a_program_is_told_as_before_what_does_not_fit(client):
    said = client.get("/api/v1/opportunities?age=x").json
    assert said["errors"] == [{"detail": "Must be a whole number from 0 to 120.", "parameter": "age"}]
    assert said["detail"] == "The parameter “age” cannot be used: Must be a whole number from 0 to 120."


def test_the_front_door_leads_to_the_language_that_the_browser_asks_for(client):
    for header, language in (("lt", "lt"), ("de, en;q=0.5", "en"), ("", "sl"), ("x" * 5000, "sl")):
        answer = client.get("/", headers={"Accept-Language": header})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/{language}/")
        assert "Accept-Language" in answer.headers["Vary"]


def test_an_address_without_a_language_finds_its_page(client):
    answer = client.get("/opportunities?price=free", headers={"Accept-Language": "lt"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/lt/opportunities?price=free")


def test_a_language_chosen_here_is_remembered_and_one_from_elsewhere_is_not(city):
    client = create_app(city).test_client()
    client.get("/lt/", headers={"Sec-Fetch-Site": "cross-site"})
    assert client.get("/").headers["Location"] == "/sl/"
    client.get("/lt/", headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get("/").headers["Location"] == "/lt/"


def test_only_our_own_scripts_run(client):
    answer = client.get("/sl/opportunities")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)[1]
    assert "unsafe" not in policy
    scripts = re.findall(r"<script(?![^>]*application/(?:ld\+)?json)[^>]*>", answer.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in each for each in scripts)
    assert not re.search(r'\son\w+="|style="', answer.text)


def test_nothing_is_loaded_from_elsewhere(client):
    for path in ("/sl/", "/sl/opportunities"):
        text = client.get(path).text
        loaded = re.findall(r'<(?:script|img|iframe|source)[^>]+src="([^"]+)"', text)
        loaded += re.findall(r'<link rel="(?:stylesheet|icon|preload)"[^>]*href="([^"]+)"', text)
        assert loaded
        assert all(each.startswith("/") and not each.startswith("//") for each in loaded)


def test_an_unchanged_page_is_not_sent_again_and_keeps_its_policy(client):
    first = client.get("/sl/opportunities")
    again = client.get("/sl/opportunities", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Content-Security-Policy" not in again.headers


def test_a_past_offer_can_be_read_and_is_shown_as_over(city, client):
    now = city.house.clock.now()
    with city.house.database.read() as session:
        past = next(one for _, one in store.all_of(session) if one.is_past(now) and one.status.is_public)
    assert past.occurrences[-1].end < now + timedelta(seconds=1)
    text = client.get(f"/en/opportunities/{past.id}").text
    assert "Already over" in text
    assert past.id not in shown(client.get("/en/opportunities?per_page=100").text)


def test_what_an_organisation_offered_before_begins_with_what_was_last(town):
    first = (town.city.house.clock.now() - timedelta(days=200)).replace(tzinfo=None)
    town.offer(
        **{
            f"i{day}": Draft(
                title={"sl": f"Dan {day}"},
                organiser="Mladi zmaji",
                schedule=Schedule(start=first + timedelta(days=day), timezone="Europe/Ljubljana"),
            )
            for day in range(198)
        }
    )
    been = town.client.get("/sl/organisations/mladi-zmaji").text.partition('id="been"')[2]
    assert list(dict.fromkeys(re.findall(r"Dan \d+", been))) == [f"Dan {day}" for day in range(197, 191, -1)]


def test_a_link_to_an_offer_shows_a_picture_elsewhere(city, client):
    one = next(
        each.opportunity for each in city.catalogue.find(Query(per_page=50)).items if not each.opportunity.image_key
    )
    page = client.get(f"/sl/opportunities/{one.id}").text
    address = re.search(r'property="og:image" content="http://localhost:8001([^"]+)"', page)[1]
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (1200, 630)
