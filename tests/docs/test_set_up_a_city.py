"""A third city, made from the page for managers alone."""

from col_core.cli.main import main


def test_whoever_follows_the_page_has_a_city_that_answers(walk, capsys):
    walk.follow("set-up-a-city.md")
    assert main(["--city", "harbour", "doctor"]) == 1
    said = capsys.readouterr().out
    assert said.count("To mend before visitors come") == 1
    for done in ("[bounds]", "[operator]", "[sources]", "[districts]", "[theme]", "[database]", "[secret]"):
        assert done not in said, said
