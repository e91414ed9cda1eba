"""Data about learners never travels between cities by itself: every address of the network is read for it."""

from sqlalchemy import select

from col_core.base.settings import SourceConfig
from col_core.passport.tables import HeldRow
from col_core.testing.fakes import ListSource
from col_core.testing.opportunities import FULL

SOURCE = SourceConfig(id="library", plugin="list", name={"en": "Library"}, publish="auto")
NAME, EMAIL = "Zofija Zelenika", "zofija@learner.example"
# What partners, harvesters and servers of the fediverse ask, by how their addresses begin.
LANES = ("/feeds/", "/ap/", "/.well-known/", "/nodeinfo", "/api/v1/network", "/federation", "/api/v1/opportunities")


def test_no_address_of_the_network_tells_anything_of_a_learner(towns):
    town, _, _ = towns
    given, _ = town.give("tea", name=NAME, email=EMAIL)
    other, _ = town.give("books", name=NAME, email=EMAIL)
    browser = town.app.test_client()
    sent = {"base_url": town.url, "headers": {"Sec-Fetch-Site": "same-origin"}}
    assert browser.post(f"/en/claim/{given.code}", **sent).status_code == 303
    source = ListSource("library")
    source.drafts = {"graffiti": FULL}
    town.city.gathering.ingest.sync(source, SOURCE, default_language="en")
    with town.database.read() as session:
        held_id, holder_id = session.execute(select(HeldRow.id, HeldRow.holder_id)).one()
    secrets = [
        NAME, "Zofija", "Zelenika", EMAIL, held_id, holder_id, given.code, other.code,
        *(each.award.id for each in (given, other)),
        *(each.award.recipient_id.removeprefix("urn:uuid:") for each in (given, other)),
    ]  # fmt: skip
    read = {}
    for path in addresses(town):
        answer = town.app.test_client().get(path, base_url=town.url, follow_redirects=True)
        read[path] = answer.get_data(as_text=True)
    found = {(path, secret) for path, text in read.items() for secret in secrets if secret in text}
    assert found == set()
    # What is looked for would be found: the same look finds the offer, and the badges in their own places.
    assert sum("Delavnica grafitov" in text for text in read.values()) >= 4
    assert "/api/v1/network/issuers" in read
    assert town.host.partition(":")[2] in read["/api/v1/network/issuers"]
    badge = browser.get(f"/en/passport/{held_id}/badge.json", base_url=town.url).get_data(as_text=True)
    assert given.award.id in badge


def addresses(town):
    """Return every address without a variable part in a lane, and the feeds; what is not there answers 404."""
    rules = [each.rule for each in town.app.url_map.iter_rules() if "GET" in each.methods and "<" not in each.rule]
    found = sorted({each for each in rules if each.startswith(LANES)})
    assert len(found) >= 5
    feeds = [f"/feeds/opportunities.{each}" for each in ("rpde", "rss", "ics", "geojson", "csv", "jsonld")]
    return [*found, *feeds, f"/.well-known/webfinger?resource=acct:city@{town.host}"]
