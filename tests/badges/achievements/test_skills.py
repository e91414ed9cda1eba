import pytest

from col_core.badges.achievements import skills
from col_core.base.errors import InvalidInput

BIKE = "http://data.europa.eu/esco/skill/1f9cd253-7d74-45a2-acf6-0bd2354aed2f"
AID = "http://data.europa.eu/esco/skill/1d21f6ad-340f-45da-a0a3-4e83867f47a6"
WIDE = "http://data.europa.eu/esco/skill/ba1f6201-b206-4459-b178-706db34a851d"
ENGLISH = f"""\
conceptType,conceptUri,preferredLabel,altLabels,skillType
KnowledgeSkillCompetence,{BIKE},tune bicycles,"adjust bicycles
tune bikes",skill/competence
KnowledgeSkillCompetence,{AID},provide first aid,,skill/competence
"""
SLOVENIAN = f"conceptUri,preferredLabel,altLabels\n{BIKE},nastavljati kolesa,\n"
GREEN = f'conceptUri,preferredLabel,altLabels,broaderConceptUri\n{AID},provide first aid,help the hurt,"{WIDE} | x"\n'


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "esco"
    made.mkdir()
    (made / "skills_en.csv").write_text(ENGLISH, encoding="utf-8-sig")
    (made / "skills_sl.csv").write_text(SLOVENIAN, encoding="utf-8")
    (made / "greenSkillsCollection_en.csv").write_text(GREEN, encoding="utf-8")
    (made / "skillsHierarchy_en.csv").write_text("Level 0 URI\nx\n", encoding="utf-8")
    (made / "skills_de.csv").write_text(f"conceptUri,preferredLabel\n{BIKE},Fahrräder einstellen\n", encoding="utf-8")
    return made


def take_in(database, folder, languages=("sl", "en")):
    with database.write() as session:
        return skills.import_folder(session, folder, languages=languages)


def test_names_come_in_in_the_citys_languages(database, folder):
    came = take_in(database, folder)
    assert (came.skills, came.languages) == (2, ["en", "sl"])
    assert came.passed_over == ["skillsHierarchy_en.csv", "skills_de.csv"]
    with database.read() as session:
        assert skills.labels(session, [BIKE, AID, "http://x.org/1"]) == {
            BIKE: {"en": "tune bicycles", "sl": "nastavljati kolesa"},
            AID: {"en": "provide first aid"},
        }


def test_the_same_download_again_changes_nothing_and_a_newer_one_renames(database, folder):
    assert take_in(database, folder) == take_in(database, folder)
    (folder / "skills_sl.csv").write_text(SLOVENIAN.replace("nastavljati", "uglasiti"), encoding="utf-8")
    take_in(database, folder)
    with database.read() as session:
        assert skills.labels(session, [BIKE])[BIKE]["sl"] == "uglasiti kolesa"


def test_a_skill_is_found_by_the_beginning_of_any_of_its_names_without_diacritics_too(database, folder):
    take_in(database, folder)
    with database.read() as session:
        assert [each.uri for each in skills.find(session, "ADJUST", language="en")] == [BIKE]
        assert [each.uri for each in skills.find(session, "Nástavlj", language="sl")] == [BIKE]
        assert skills.find(session, "help the h", language="en")[0].label == {"en": "provide first aid"}
        assert skills.find(session, "%", language="en") == []
        assert skills.find(session, "nastavlj", language="en") == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"conceptUri,preferredLabel\nnonsense,x\n", r"skills_en.csv:2: 'nonsense' is not the address of a skill"),
        (b"conceptUri,preferredLabel\n\xff,x\n", r"skills_en.csv:\d cannot be read"),
        (b"conceptUri,preferredLabel\nhttp://x.org/1," + b"x" * 200_000 + b"\n", r"cannot be read: field larger"),
    ],
)
def test_a_file_that_is_spoilt_is_named_with_its_line(database, folder, content, words):
    (folder / "skills_en.csv").write_bytes(content)
    with pytest.raises(InvalidInput, match=words):
        take_in(database, folder)


def test_a_folder_without_skills_says_what_was_expected(database, tmp_path):
    with pytest.raises(InvalidInput, match=r"skills_sl\.csv"):
        take_in(database, tmp_path)
