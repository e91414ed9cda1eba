import pytest

from col_core.cli.main import main


@pytest.fixture
def col(town, capsys):

    def run(*words):
        code = main(["--city", str(town), *words])
        return code, *capsys.readouterr()

    return run


def test_an_organisation_that_no_source_names_is_added_and_gets_a_token(col):
    assert col("organisations", "list")[1].startswith("No source has named")
    assert col("organisations", "add", "Šola  Vklop") == (0, "sola-vklop\n", "")
    assert col("organisations", "list")[1] == "sola-vklop  Šola Vklop\n"
    code, secret, _ = col("api-token", "--organisation", "sola-vklop", "--scope", "opportunities:write")
    assert code == 0
    assert secret.startswith("col_")


def test_an_organisation_is_not_added_twice(col):
    col("organisations", "add", "Šola Vklop")
    assert col("organisations", "add", "sola vklop") == (0, "sola-vklop is there already.\n", "")
    assert col("organisations", "list")[1].count("\n") == 1


def test_an_organisation_needs_a_name(col):
    code, _, err = col("organisations", "add", " \n ")
    assert code == 1
    assert err == "An organisation needs a name.\n"
