"""Whatever is asked, the application answers in its own words: never a 500, never a page of somebody else."""

import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from col_core.catalogue.query import PARAMETERS
from col_core.catalogue.records import Draft
from col_core.testing.opportunities import FULL

SEARCHES = (
    "/api/v1/opportunities",
    "/api/v1/map/3/4/2.json",
    "/feeds/opportunities.geojson",
    "/feeds/opportunities.ics",
    "/sl/opportunities",
)
QUERIES = (
    "q=%00",
    "q=%F0%9F%90%9D",
    f"q={'a' * 100_000}",
    f"q={'%22(' * 60}",
    "q=*%20OR%20NEAR(a%20b)%20%5E",
    "q=a&q=b",
    "age=16&age=17",
    "age=1e1",
    "age=%D9%A1",
    "age=1180591620717411303424",
    "page=0",
    "page=-1",
    "page=10000&per_page=100",
    "page=10001",
    "per_page=101",
    "per_page=%2B5",
    "bbox=nan,nan,nan,nan",
    "bbox=inf,0,1,1",
    "bbox=15,46,14,47",
    "bbox=179,-10,-179,10",
    "bbox=14,46,14,46",
    "bbox=-180,-90,180,90",
    "bbox=1,2,3",
    "bbox=1e400,0,1,1",
    "near=90,180&radius_m=500000",
    "near=91,0",
    "near=46,14&radius_m=0",
    "radius_m=5",
    "sort=distance",
    "from=9999-12-31",
    "to=9999-12-31",
    "from=9000-12-31&to=9000-12-31",
    "from=1000-01-01",
    "from=2026-02-30",
    "from=2026-05-02&to=2026-05-01",
    "category=%00&category=arts",
    "&".join(f"district=d{number}" for number in range(60)),
    "organisation=%00",
    "skill=%00",
    "%00=1",
    "=1",
    "&&&",
    "%",
    "q=%zz",
)
PATHS = (
    "/api/v1/opportunities/%00",
    "/api/v1/opportunities/%FF",
    f"/api/v1/opportunities/{'a' * 5000}",
    "/api/v1/opportunities/..%2F..%2Fetc",
    "/api/v1/map/99999999999999999999999/1/1.json",
    "/api/v1/map/3/-1/2.json",
    "/api/v1/nowhere",
    "/api/v2/opportunities",
    "/feeds/opportunities.%00",
    "/sl/opportunities/%00",
    "/sl/opportunities/%00.ics",
    "/sl/organisations/%00",
    "/sl/organisations/%ED%A0%80",
    "/sl/%00",
    "/%00",
    "/media/%00.webp",
    "/static/%00",
)
PUBLIC = (
    "/api/v1/opportunities",
    "/api/v1/organisations",
    "/api/v1/map/0/0/0.json",
    "/api/v1/map/ground.json",
    "/api/v1/openapi.json",
    "/feeds/opportunities.csv",
    "/feeds/opportunities.ics",
    "/feeds/catalog.jsonld",
    "/sl/",
    "/sl/opportunities",
    "/sitemap.xml",
)
# Not UTF-8: bytes that are none, half of a pair, a sign beyond the last, half a letter.
NO_TEXT = ("q=%FF%FE", "q=%ED%A0%80", "city=%F4%90%80%80", "x=%C4", "%C5=1")


@pytest.fixture
def asked(town):
    town.offer(full=FULL, bare=Draft(title={"sl": "Odprta vrata"}))

    def ask(address, method="GET", **options):
        answer = town.client.open(address, method=method, **options)
        assert answer.status_code < 500, (address[:200], answer.data[:300])
        return answer

    return ask


def test_no_query_and_no_path_breaks_anything(asked):
    for path in SEARCHES:
        for query in QUERIES:
            answer = asked(f"{path}?{query}")
            assert answer.status_code in (200, 422), (path, query[:80], answer.status_code)
            if answer.status_code == 422 and path.startswith("/api/"):
                assert answer.content_type == "application/problem+json"
                assert answer.json["errors"]
    for path in PATHS:
        assert asked(path).status_code in (404, 422), path
    for path in SEARCHES:
        for query in NO_TEXT:
            answer = asked(f"{path}?{query}")
            assert answer.status_code == 400, (path, query)
            if path.startswith("/api/"):
                assert "UTF-8" in answer.json["detail"]
    assert asked("/sl/saved/cards?ids=%00,x").status_code == 200
    assert asked("/sl/feedback?about=%00").status_code == 200


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(SEARCHES),
    pairs=st.lists(
        st.tuples(
            st.sampled_from([*PARAMETERS, "lang", "status", "x"]),
            st.one_of(
                st.text(max_size=30),
                st.binary(max_size=8),
                st.floats().map(str),
                st.integers().map(str),
                st.dates().map(str),
                st.tuples(*[st.floats(-200, 200)] * 4).map(lambda four: ",".join(map(str, four))),
                st.sampled_from(
                    ["free", "date", "distance", "arts", "workshop", "sl", "in_person", "46.05,14.5", "10"]
                ),
            ),
        ),
        max_size=5,
    ),
)
def test_any_query_is_answered_or_refused_with_a_reason(asked, path, pairs):
    query = urllib.parse.urlencode(pairs, errors="surrogatepass")
    answer = asked(f"{path}?{query}")
    assert answer.status_code in (200, 400, 401, 422)


def test_everything_public_can_be_asked_for_again_and_by_head(asked):
    for path in PUBLIC:
        first = asked(path)
        assert first.status_code == 200, path
        again = asked(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        head = asked(path, "HEAD")
        assert (head.status_code, head.data) == (200, b""), path
        assert head.headers["ETag"] == first.headers["ETag"], path
        options = asked(path, "OPTIONS")
        assert options.status_code == 200, path
        assert "GET" in options.headers["Allow"], path
        odd = asked(path, headers={"Accept": "image/png;q=banana, nonsense"})
        assert odd.content_type == first.content_type, path


def test_a_method_that_does_not_fit_says_which_do(asked):
    for path, allowed in (
        ("/api/v1/opportunities", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/api/v1/opportunities/x", {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}),
        ("/api/v1/organisations", {"GET", "HEAD", "OPTIONS"}),
        ("/feeds/opportunities.csv", {"GET", "HEAD", "OPTIONS"}),
    ):
        answer = asked(path, "PATCH")
        assert (answer.status_code, answer.content_type) == (405, "application/problem+json"), path
        assert {each.strip() for each in answer.headers["Allow"].split(",")} == allowed, path


def test_the_next_page_is_the_same_query_and_the_last_has_none(asked):
    first = asked("/api/v1/opportunities?per_page=1&sort=date&q=").json
    assert first["next"] == "https://testville.example/api/v1/opportunities?sort=date&page=2&per_page=1"
    last = asked(first["next"].removeprefix("https://testville.example")).json
    assert last["next"] is None
    assert asked("/api/v1/opportunities?page=10000&per_page=100").json["items"] == []
