import json
from pathlib import Path

import pytest

from col_core.plugin import FetchError, OpportunitySource
from col_core.testing.cities import a_city
from col_core.testing.contracts import SourceContract
from col_plugin_researched.source import ResearchedSource

SHIPPED = Path(__file__).parents[3] / "cities" / "ljubljana" / "data" / "real-activities.json"


def a_source(folder: Path, body: str) -> ResearchedSource:
    (folder / "activities.json").write_text(body, encoding="utf-8")
    city = a_city(folder, sources=[{"id": "mine", "plugin": "researched", "url": "activities.json"}])
    return ResearchedSource(city, city.sources[0])


class TestResearched(SourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> OpportunitySource:
        rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["activities"][:10]
        return a_source(tmp_path, json.dumps({"activities": [*rows, {**rows[0], "id": "x", "type": "concert"}]}))


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"activities": [1]}', '{"activities": [{}]}'])
def test_what_is_no_list_of_activities_fails_the_run(tmp_path: Path, body: str) -> None:
    with pytest.raises(FetchError, match=r"activities\.json is not a JSON file with `activities`"):
        a_source(tmp_path, body).fetch(since=None, cursor=None)
