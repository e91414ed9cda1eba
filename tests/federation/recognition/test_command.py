from datetime import timedelta

from sqlalchemy import update

from col_core.cli.main import main
from col_core.federation.recognition.tables import MirroredDocumentRow


def test_what_is_kept_is_shown_and_asked_for_by_hand(towns, capsys, monkeypatch):
    ljubljana, vilnius, turn_off = towns
    folder = str(vilnius.city.house.config.dir)
    monkeypatch.setenv("COL_VAR", str(vilnius.city.house.config.var))
    monkeypatch.setenv("COL_DATABASE_URL", vilnius.city.house.config.database_url)

    def run(*words):
        code = main(["--city", folder, "mirrors", *words])
        return code, capsys.readouterr().out

    assert run("list")[1].startswith("Nothing is kept")
    ljubljana.give()
    # Commands go by the clock of the machine.
    for_long = vilnius.clock.now() + timedelta(days=36_500)
    vilnius.meet(ljubljana, member_until=for_long, recognised_until=for_long)
    assert run("refresh", ljubljana.host) == (
        0, f"4 documents of {ljubljana.host} are in line with what it says now; 0 are not.\n",
    )  # fmt: skip
    assert f"{ljubljana.host:<40} 4 documents" in run("list")[1]
    assert run("list", "--host", ljubljana.host)[1].count("kept ") == 4
    with vilnius.database.write() as session:
        session.execute(update(MirroredDocumentRow).values(doubted=vilnius.clock.now()))
    assert "4 in doubt" in run("list")[1]
    turn_off()
    code, said = run("refresh", ljubljana.host)
    assert code == 1
    assert "could not be read" in said
    assert run("accept", "unknown.example")[0] == 1
