import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from col_core.badges.achievements import files
from col_core.badges.achievements.records import Colour, KeyCompetence, Level

SYMBOLS = {"star": "", "bike": ""}
GOOD = """\
level = "skill"
competences = ["stem"]
valid_months = 24

[name]
sl = "Popravim kolo"
en = "I fix my bike"

[description]
sl = "Za vse, ki so popravili svoje kolo."
en = "For all who fixed their bike."

[criteria]
sl = "Pridi in popravi."
en = "Come and fix it."

[abilities]
sl = ["Znam zamenjati zračnico."]
en = ["I can change a tube."]

[[skills]]
uri = "http://data.europa.eu/esco/skill/1f9cd253-7d74-45a2-acf6-0bd2354aed2f"
label = { en = "tune bicycles" }

[picture]
colour = "blue"
symbol = "bike"
"""
TERMS = """
[micro_credential]
country = "SI"
workload_h = 25
ects = 1
eqf_level = "not-applicable"
assessment = { sl = "Izdelek.", en = "A piece of work." }
participation = { sl = "V živo.", en = "On site." }
quality_assurance = { sl = "Presoja.", en = "A review." }
"""
MICRO = GOOD.replace('level = "skill"', 'level = "skill"\nkind = "MicroCredential"') + TERMS


@pytest.fixture
def read(tmp_path):
    def read(text, name="bike-repair"):
        file = tmp_path / f"{name}.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return files.read(file, languages=("sl", "en"), symbols=SYMBOLS)

    return read


def said(badge):
    return [(each.line, each.message) for each in badge.faults]


def test_a_file_becomes_a_draft(read):
    draft = read(GOOD).draft
    assert (draft.id, draft.level, draft.competences, draft.valid_months) == (
        "bike-repair",
        Level.SKILL,
        (KeyCompetence.STEM,),
        24,
    )
    assert (draft.picture.colour, draft.picture.symbol) == (Colour.BLUE, "bike")
    assert draft.abilities == {"sl": ("Znam zamenjati zračnico.",), "en": ("I can change a tube.",)}
    assert draft.skills[0].label == {"en": "tune bicycles"}
    assert not read(GOOD).faults


def test_a_complete_micro_credential_says_what_does_not_apply(read):
    terms = read(MICRO).draft.micro_credential
    assert (terms.country, terms.workload_h, terms.ects, terms.eqf_level) == ("SI", 25, 1, None)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ('level = "skill"', 'level = "expert"', 1, ["level: found 'expert'", "participation, skill, leadership"]),
        ('level = "skill"\n', "", 1, ["level is missing", "participation, skill, leadership"]),
        ("valid_months = 24", 'valid_months = "24"', 3, ["valid_months: found '24'", "such as 24"]),
        ("valid_months = 24", "valid_month = 24", 3, ["valid_month is not a setting", "valid_months"]),
        ('["stem"]', '["STEM"]', 2, ["competences (number 1): found 'STEM'", "literacy"]),
        ('symbol = "bike"', 'symbol = "dragon"', 27, ["picture.symbol: found 'dragon'", "col achievements symbols"]),
        ('colour = "blue"', 'colour = "beige"', 26, ["picture.colour: found 'beige'", "green, teal, blue"]),
        ('uri = "http', 'uri = "ftp', 22, ["skills (number 1).uri: found 'ftp", "esco/skill"]),
        ('sl = ["Znam zamenjati zračnico."]', "sl = []", 18, ["abilities.sl: found []", "I can"]),
        ('sl = "Popravim kolo"', 'sl = ""', 6, ["name.sl: found ''", "what the badge is called"]),
        (
            '[name]\nsl = "Popravim kolo"\nen = "I fix my bike"\n',
            "",
            1,
            ["name is missing", "what the badge is called"],
        ),
    ],
)
def test_what_is_wrong_is_said_with_line_key_and_what_is_expected(read, right, wrong, line, words):
    assert right in GOOD
    badge = read(GOOD.replace(right, wrong, 1))
    assert badge.draft is None
    ((at, message),) = said(badge)
    assert at == line
    assert all(each in message for each in words), message


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("workload_h = 25\n", "", ["micro_credential.workload_h is missing", "how many hours"]),
        ("workload_h = 25", "workload_h = 0", ["micro_credential.workload_h: found 0", "how many hours"]),
        ("ects = 1\n", "", ["micro_credential.ects is missing", '"not-applicable"']),
        ('eqf_level = "not-applicable"', "eqf_level = 9", ["micro_credential.eqf_level: found 9", "1 to 8"]),
        ('country = "SI"', 'country = "Slovenia"', ["micro_credential.country: found 'Slovenia'", '"SI"']),
        ('participation = { sl = "V živo.", en = "On site." }\n', "", ["participation is missing", "online"]),
        (', en = "A review."', "", ["micro_credential.quality_assurance.en", "is missing", "who looks after"]),
        ('en = ["I can change a tube."]', "", ["abilities.en: the learning outcomes in 'en' is missing", "I can"]),
        ('\nkind = "MicroCredential"', "", ["kind: the kind is missing", '"MicroCredential"']),
    ],
)
def test_a_micro_credential_names_the_element_that_it_lacks(read, right, wrong, words):
    assert right in MICRO
    badge = read(MICRO.replace(right, wrong, 1))
    assert badge.draft is None
    ((_, message),) = said(badge)
    assert all(each in message for each in words), message


def test_every_fault_is_told_at_once(read):
    broken = GOOD.replace("24", '"24"').replace('"stem"', '"x"').replace('"blue"', '"beige"')
    assert [line for line, _ in said(read(broken))] == [2, 3, 26]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "empty"),
        (b"\xff", "UTF-8"),
        (b"level = skill", "not valid TOML"),
        (b"#" * 100_001, "longer than 100 kB"),
        (GOOD.replace('en = "I fix my bike"', 'en = "I fix \\u0000"').encode(), "name.en"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(read, text, words):
    badge = read(text)
    assert badge.draft is None
    assert len(badge.faults) == 1
    assert words in badge.faults[0].message


def test_a_name_that_cannot_stand_in_an_address_is_a_fault(read):
    badge = read(GOOD, name="Bike_Repair")
    assert badge.draft is None
    assert "is not named like bike-repair.toml" in badge.faults[0].message


def test_a_language_that_the_city_does_not_speak_is_noted_and_shown_all_the_same(read):
    badge = read(GOOD.replace('en = "I fix my bike"', 'en = "I fix my bike"\nit = "Riparo la bici"'))
    assert badge.draft is not None
    ((line, message),) = said(badge)
    assert (line, badge.faults[0].fatal) == (8, False)
    assert "does not speak 'it'" in message


def picture(folder: Path, name="own.png", size=(300, 100), **options):
    Image.new("RGB", size, "red").save(folder / name, **options)


def test_a_picture_of_its_own_is_made_anew_as_a_square_without_metadata(read, tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    picture(tmp_path, "own.jpg", exif=exif)
    alt = '\n[image_alt]\nsl = "Rdeč pas"\n'
    badge = read(GOOD.replace('symbol = "bike"', 'symbol = "bike"\nfile = "own.jpg"') + alt)
    assert badge.draft.picture.own_key == files.picture_key(badge.own_picture)
    with Image.open(BytesIO(badge.own_picture)) as made:
        assert (made.format, made.size, made.mode, dict(made.getexif())) == ("PNG", (300, 300), "RGBA", {})


def test_a_picture_of_its_own_without_words_is_stopped(read, tmp_path):
    picture(tmp_path)
    badge = read(GOOD.replace('symbol = "bike"', 'symbol = "bike"\nfile = "own.png"'))
    assert badge.draft is None
    assert "image_alt: what the picture shows, in words is missing" in badge.faults[0].message


def huge_png() -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", 6000, 6000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + b"\0\0\0\4IDAT"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../city.toml", "is not there"),
        ("no.png", "is not there"),
        ("huge.png", "more than 25 million pixels"),
        ("drawing.svg", "not a picture that can be read"),
        ("a\\u0000b.png", "holds a NUL character"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_said(read, tmp_path, name, words):
    (tmp_path / "huge.png").write_bytes(huge_png())
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    badge = read(GOOD.replace('symbol = "bike"', f'symbol = "bike"\nfile = "{name}"'))
    assert badge.draft is None
    assert any(words in each.message for each in badge.faults), said(badge)
