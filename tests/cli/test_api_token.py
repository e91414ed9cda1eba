import pytest

from col_core.accounts import tokens
from col_core.base.clock import SystemClock
from col_core.base.database import Database
from col_core.base.migrate import upgrade
from col_core.cli.main import main
from col_core.organisers import directory


@pytest.fixture
def col(town, database_url, capsys):
    database = Database(database_url)
    upgrade(database)
    with database.write() as session:
        directory.find_or_create(session, ["Mladi zmaji"], clock=SystemClock())
    database.dispose()

    def run(*words):
        code = main(["--city", str(town), "api-token", *words])
        return code, *capsys.readouterr()

    return run


def make(col, *more):
    return col("--organisation", "mladi-zmaji", "--scope", "opportunities:write", "opportunities:read", *more)


def test_a_new_token_stands_alone_on_the_first_stream(col):
    code, out, err = make(col, "--days", "30")
    assert code == 0
    assert out.startswith("col_")
    assert out.count("\n") == 1
    assert "Mladi zmaji" in err


def test_what_is_listed_holds_no_secret_and_can_be_revoked(col, database_url):
    _, secret, said = make(col, "--name", "Website")
    id_ = said.split()[1]
    _, listed, _ = col("--list")
    assert secret.strip() not in listed
    assert listed == f"{id_}  mladi-zmaji  opportunities:read opportunities:write  good, never used  Website\n"
    assert col("--revoke", id_)[:2] == (0, f"{id_} is revoked.\n")
    assert "revoked" in col("--list", "--organisation", "mladi-zmaji")[1]
    database = Database(database_url)
    with database.read() as session:
        assert not tokens.find(session, secret.strip()).is_good(SystemClock().now())
    database.dispose()


def test_an_organisation_that_is_not_there_fails_with_those_there_are(col):
    code, out, err = col("--organisation", "nobody", "--scope", "badges:read")
    assert (code, out) == (1, "")
    assert "mladi-zmaji" in err


def test_an_unknown_token_cannot_be_revoked(col):
    assert col("--revoke", "0000")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--organisation", "mladi-zmaji"],
        ["--scope", "badges:read"],
        ["--organisation", "mladi-zmaji", "--scope", "everything"],
        ["--organisation", "mladi-zmaji", "--scope", "badges:read", "--days", "0"],
    ],
)
def test_wrong_use_is_said_with_code_two(col, words):
    with pytest.raises(SystemExit) as caught:
        col(*words)
    assert caught.value.code == 2
