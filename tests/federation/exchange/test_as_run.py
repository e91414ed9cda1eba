"""The bulk lane as a city runs it: by commands, with a real worker, beside partners that hang, after a restore."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from col_core.cli.main import main
from col_core.federation import peers
from col_core.federation.exchange import status
from col_core.federation.exchange.harvest import Ended
from col_core.testing.processes import running, until
from col_core.testing.wires import Fault, wire
from col_core.upkeep.backup import back_up
from col_core.upkeep.restore import restore

from .conftest import a_town, an_offer

DRAFTS = {str(number): an_offer(f"Offer {number}") for number in range(4)}


@pytest.fixture
def col(pair, tmp_path, monkeypatch, capsys):
    """Run a command of the partner that shows offers; return its exit code and what it said."""
    away = pair[1].city.house.config
    monkeypatch.setenv("COL_VAR", str(away.var))
    monkeypatch.setenv("COL_DATABASE_URL", away.database_url)

    def run(*words):
        code = main(["--city", str(away.dir), *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_partner_is_followed_read_looked_at_and_let_go_by_commands(pair, col, clock):
    home, away = pair
    home.offer({**DRAFTS, "music": an_offer("Choir", categories=("music",))})
    assert col("peers", "unfollow", home.host)[0] == 0
    assert "no exchange with anybody" in col("peers", "status")[1]
    assert "follows no other yet" in col("peers", "sync")[1]
    code, said = col("peers", "follow", home.wire.url, "--topic", "music")
    assert (code, f"{home.host} is followed now" in said, "music" in said) == (0, True, True)
    code, said = col("peers", "sync")
    assert (code, "up-to-date" in said, "1 changed" in said) == (0, True, True)
    assert col("peers", "follow", home.wire.url)[0] == 0
    assert "4 changed" in col("peers", "sync", home.host, "--whole")[1]
    said = col("peers", "status", home.host)[1]
    assert "5 offers, 0 refused" in said
    assert "digests equal" in said
    home.wire.suffer(Fault.CUT)
    code, said = col("peers", "sync", home.host)
    assert (code, "failed" in said) == (1, True)
    assert "! " in col("peers", "status")[1]
    assert col("peers", "sync", "nobody.example")[0] == 1
    assert col("peers", "unfollow", home.host)[0] == 0
    # Commands go by the clock of the machine.
    clock.advance(seconds=(datetime.now(UTC) - clock.now()).total_seconds() + 1)
    away.work()
    assert away.shown() == {}


WRONG = (
    ("follow", "no address"),
    ("follow", "ftp://city.example"),
    ("follow", "http://127.0.0.1:1", "--age", "young"),
    ("follow", "http://127.0.0.1:1", "--near", "46.05,14.5"),
    ("follow", "http://127.0.0.1:1", "--near", "here", "--within-km", "5"),
    ("follow", "http://127.0.0.1:1", "--format", "by-post"),
    ("unfollow", "nobody.example"),
)


def test_what_cannot_be_followed_is_said_and_nothing_is_written(pair, col):
    before = [each.host for each in _stands(pair[1])]
    for words in WRONG:
        code, said = col("peers", *words)
        assert code in (1, 2), words
        assert said.strip(), words
        assert "Traceback" not in said, words
    assert [each.host for each in _stands(pair[1])] == before


def test_where_an_offer_is_shown_is_told_by_a_command(pair, col, clock):
    home, away = pair
    (mine,) = away.offer({"tea": an_offer("Tea")}).values()
    assert "No partner city says" in col("opportunities", "deliveries", mine.id)[1]
    assert col("opportunities", "deliveries", "nothing")[0] == 1
    home.follow(away)
    home.read(away)
    with away.database.write() as session:
        peers.remember(session, home.wire.url, clock=clock)
    away.city.federation.exchange._follower({"host": home.host})
    code, said = col("opportunities", "deliveries", mine.id)
    assert (code, home.host in said, "opened      0" in said) == (0, True, True)


def test_a_city_that_was_restored_counts_anew_and_its_partner_shows_what_it_has_now(tmp_path, clock):
    with wire() as one, wire() as other:
        there = {"folder": tmp_path / "home", "url": f"sqlite:///{tmp_path / 'home.db'}", "clock": clock, "line": one}
        url = f"sqlite:///{tmp_path / 'away.db'}"
        with a_town(tmp_path / "away", url, clock=clock, trusts=(one.host,), line=other) as away:
            with a_town(trusts=(other.host,), **there) as home:
                away.follow(home)
                home.offer(DRAFTS)
                assert away.read(home).ended is Ended.UP_TO_DATE
                epoch = away.subscription(home).epoch
                config = home.city.house.config
                backup = back_up(config, tmp_path / "a.zip", clock=clock).file
                home.offer({**DRAFTS, "0": an_offer("Offer 0, later"), "late": an_offer("Too late")})
                away.read(home)
                assert {"Offer 0, later", "Too late"} <= set(away.shown())
            restore(config, backup, clock=clock, force=True)
            with a_town(trusts=(other.host,), **there) as home:
                assert away.read(home).ended is Ended.UP_TO_DATE
                assert sorted(away.shown()) == [f"Offer {number}" for number in range(4)]
                stands = away.subscription(home)
                assert (stands.epoch != epoch, stands.equal) == (True, True)


def test_what_a_member_brought_is_hidden_when_its_membership_ends_though_nobody_is_asked(tmp_path, clock):
    def hold(until):
        with away.database.write() as session:
            peers.update(session, home.host, clock=clock, member_until=until)

    with wire() as one, wire() as other:
        home_url, url = (f"sqlite:///{tmp_path / name}.db" for name in ("home", "away"))
        with (
            a_town(tmp_path / "home", home_url, clock=clock, trusts=(other.host,), line=one) as home,
            a_town(tmp_path / "away", url, clock=clock, reaches=(one.host,), line=other) as away,
        ):
            away.follow(home)
            assert away.read(home).ended is Ended.NO_PARTNER
            hold(clock.now() + timedelta(hours=1))
            home.offer(DRAFTS)
            away.read(home)
            assert len(away.shown()) == 4
            one.suffer(Fault.CUT)
            clock.advance(minutes=59)
            away.work()
            assert len(away.shown()) == 4
            clock.advance(minutes=2)
            away.work()
            assert away.shown() == {}
            hold(clock.now() + timedelta(days=7))
            away.work()
            assert len(away.shown()) == 4


def test_a_partner_that_hangs_holds_up_no_other(tmp_path, clock):
    with _three(tmp_path, clock) as (hanging, well, away):
        hanging.offer({"late": an_offer("What hung")})
        well.offer(DRAFTS)
        hanging.wire.suffer(Fault.HANGING)
        house = away.city.house
        environ = {"COL_VAR": str(house.config.var), "COL_DATABASE_URL": house.config.database_url}
        with running(house.config.dir, "worker", environ=environ) as worker:
            until(lambda: {each.host for each in _stands(away) if each.equal} == {well.host})
            assert len(away.shown()) == 4
            worker.kill()


@contextmanager
def _three(folder, clock):
    with wire() as one, wire() as two, wire() as three:
        trusted = (one.host, two.host, three.host)

        def town(name, line):
            url = f"sqlite:///{folder / name}.db"
            return a_town(folder / name, url, clock=clock, trusts=trusted, line=line)

        with town("hanging", one) as hanging, town("well", two) as well, town("away", three) as away:
            away.follow(hanging)
            away.follow(well)
            yield hanging, well, away


def _stands(town):
    with town.database.read() as session:
        return status.status(session, now=town.city.house.clock.now())
