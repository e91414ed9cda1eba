"""A network is begun and a third city joins it, by the pages alone: their commands and settings, on real sockets."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.base.settings import SourceConfig
from col_core.catalogue.records import Draft
from col_core.catalogue.vocabulary import Reach
from col_core.cli.main import main
from col_core.house import open_city
from col_core.testing.fakes import ListSource
from col_core.testing.processes import running, until
from col_core.testing.servers import free_port
from col_core.testing.towns import write_town
from col_core.testing.web_server import app_server

from .conftest import blocks

SOURCE = SourceConfig(id="library", plugin="list", name={"en": "Library"}, licence="CC BY 4.0", publish="auto")


class Places:
    """The addresses that stand in the pages, and those that take their places here."""

    def __init__(self):
        self.network, self.member, self.third = (f"http://127.0.0.1:{free_port()}" for _ in range(3))

    def put(self, text):
        for example, real in (
            ("https://network.example.org", self.network),
            ("https://learning.example.org", self.member),
            ("https://my-city.example.org", self.third),
            ("/media/key/", "network/"),
            ("8003", self.network.rpartition(":")[2]),
        ):
            text = text.replace(example, real)
        return text

    def of_third(self, words):
        """Return a command that speaks of the member with the third city in its place."""
        return [self.third if each == self.member else each for each in words]

    @property
    def hosts(self):
        return ",".join(each.removeprefix("http://") for each in (self.network, self.member, self.third))


@pytest.fixture
def places(tmp_path, monkeypatch):
    for name in [each for each in os.environ if each.startswith("COL_")]:
        monkeypatch.delenv(name)
    made = Places()
    monkeypatch.setenv("COL_HTTP_ALLOW_HOSTS", made.hosts)
    monkeypatch.setattr("builtins.input", lambda _question: "y")
    monkeypatch.chdir(tmp_path)
    return made


def commands(page, places, *beginnings):
    """Return the words of the page's commands that begin so, one after the other as they stand there."""
    lines = [line for block in blocks(page) if block.language == "sh" for line in places.put(block.text).splitlines()]
    found = [shlex.split(line, comments=True) for line in lines if line.startswith("col ")]
    return [each[1:] for each in found if tuple(each[1:3]) in beginnings]


def done(words, capsys):
    """Do a command, and return how it ended and what it said; what stands behind `>` is written to that file."""
    file = words[-1] if words[-2] == ">" else None
    code = main(words[:-2] if file else words)
    said = capsys.readouterr().out
    if file:
        with open(file, "w", encoding="utf-8") as output:  # noqa: PTH123 (as a shell does)
            output.write(said)
    return code, said


def asked(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture
def member(places, tmp_path):
    """A city of the network with something to offer; what its worker does, a test has it do."""
    more = f'\n[network]\nanchor = "{places.network}"\ntrust = "network-keys.json"\n'
    folder = write_town(tmp_path / "learning", base_url=places.member, more=more)
    with ExitStack() as stack:

        def opened():
            shutil.copy("network-keys.json", folder)
            config = load_city(folder, environ={**os.environ, "COL_VAR": str(tmp_path / "var-learning")})
            city = stack.enter_context(open_city(config))
            stack.enter_context(app_server(create_app(city), port=int(places.member.rpartition(":")[2])))
            listed = ListSource("library")
            listed.drafts = {"1": Draft(title={"en": "Evening on the river"}, reach=Reach.NETWORK)}
            city.gathering.ingest.sync(listed, SOURCE, default_language="en")
            return city

        yield opened


def test_a_network_begins_and_a_third_city_joins_it_by_the_pages(places, member, tmp_path, capsys):
    for words in commands("run-a-network.md", places, ("network", "init"), ("network", "keys")):
        assert done(words, capsys)[0] == 0
    (serving,) = commands("run-a-network.md", places, ("network", "serve"))
    serving = [each.replace("/srv/network", "network") for each in serving]
    with ExitStack() as stack:
        anchor = subprocess.Popen([sys.executable, "-m", "col_core", *serving])
        stack.callback(anchor.wait, 30)
        stack.callback(anchor.terminate)
        until(lambda: _answers(f"{places.network}/.well-known/openid-federation"))
        first = member()
        (admit, *_) = commands("run-a-network.md", places, ("network", "admit"))
        code, said = done(admit, capsys)
        assert (code, "is a member since" in said, "Published" in said) == (0, True, True)
        first.worker().drain(rounds=30)

        # The third city: made by its command, with the settings that the page says.
        assert done(["city", "new", "Harbour Town", "harbour"], capsys)[0] == 0
        (settings,) = [each.text for each in blocks("join-the-network.md") if each.language == "toml"]
        with (tmp_path / "harbour" / "city.toml").open("a", encoding="utf-8") as file:
            file.write("\n" + places.put(settings))
        shutil.copy("network-keys.json", "harbour")
        environ = {"COL_VAR": str(tmp_path / "var-harbour"), "COL_BASE_URL": places.third}
        port = int(places.third.rpartition(":")[2])
        stack.enter_context(running(tmp_path / "harbour", "serve", environ=environ, port=port))
        (check,) = commands("join-the-network.md", places, ("network", "check"))
        assert done(check, capsys)[0] == 1
        assert done(places.of_third(admit), capsys)[0] == 0
        stack.enter_context(running(tmp_path / "harbour", "worker", environ=environ))
        until(lambda: _standing(places) == ("member", "member", 1))
        assert "Evening on the river" in _page(f"{places.third}/en/opportunities?city=testville")
        code, said = done(check, capsys)
        assert (code, "recognised issuer: true" in said) == (0, True)
        profile = asked(f"{places.third}/organisations/_city/profile.json")
        (endorsement,) = profile["endorsement"]
        assert (endorsement["type"][-1], endorsement["credentialSubject"]["id"]) == (
            "EndorsementCredential",
            profile["id"],
        )

        # What the page says of later: suspended, taken back, and another key that signs.
        (suspend,) = commands("run-a-network.md", places, ("network", "suspend"))
        assert done(places.of_third(suspend), capsys)[0] == 0
        code, said = done(check, capsys)
        assert (code, "suspended" in said) == (1, True)
        (listing,) = commands("run-a-network.md", places, ("network", "list"))
        said = done(listing, capsys)[1]
        assert "suspended: Offers without a contact since May" in said
        assert f"member since {datetime.now(UTC):%Y-%m-%d}, recognised issuer" in said
        (readmit,) = commands("run-a-network.md", places, ("network", "readmit"))
        assert done(places.of_third(readmit), capsys)[0] == 0
        for words in commands("run-a-network.md", places, ("network", "refresh"), ("network", "sign")):
            assert done(words, capsys)[0] == 0
        rotations = commands("run-a-network.md", places, ("network", "rotate"))
        assert [each[-1] for each in rotations] == ["announce", "switch", "drop"]
        check_member = [each if each != places.third else places.member for each in check]
        (keys,) = commands("run-a-network.md", places, ("network", "keys"))
        announce, switch, drop = rotations
        for words in (announce, keys, switch):
            assert done(words, capsys)[0] == 0
            assert done(check_member, capsys)[0] == 0, words
            first.federation.trust.anchors.meet()
        # What the old key signed counts no more; a city that had its time has papers of the new one by now.
        first.federation.trust.membership.renew(force=True)
        assert done(drop, capsys)[0] == 0
        assert done(check_member, capsys)[0] == 0


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def _standing(places):
    here, *others = asked(f"{places.third}/api/v1/network")["cities"]
    for each in others:
        if each["url"] == places.member and each["exchange"]:
            return here["standing"], each["standing"], each["exchange"]["offers"]
    return None


def _page(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()
