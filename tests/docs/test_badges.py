"""What the guide to badges shows can be used as it stands there."""

import re
from pathlib import Path

import pytest

from col_core.badges.achievements import files
from col_core.badges.achievements.records import Colour, KeyCompetence, Level
from col_core.badges.achievements.schemas import BadgeFileSchema, MicroCredentialSchema
from col_core.cli.main import parser
from col_core.web.assets import badge_symbols

GUIDE = (Path(__file__).parents[2] / "docs" / "badges.md").read_text(encoding="utf-8")
BADGE, PICTURE, MICRO = re.findall(r"```toml\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.fixture
def read(tmp_path):
    def read(text):
        file = tmp_path / "bike-repair.toml"
        file.write_text(text, encoding="utf-8")
        return files.read(file, languages=("en", "sl"), symbols=badge_symbols())

    return read


def test_the_badge_of_the_guide_can_be_shown(read):
    badge = read(BADGE)
    assert badge.faults == ()
    assert badge.organisation == "Bike Club"


def test_the_micro_credential_of_the_guide_is_complete(read):
    whole = f'kind = "MicroCredential"\n{BADGE}{MICRO}'
    assert read(whole).faults == ()
    for line in MICRO.strip().splitlines()[1:]:
        assert read(whole.replace(f"{line}\n", "")).draft is None, line


def test_the_guide_tells_what_a_picture_of_ones_own_needs(read):
    badge = read(BADGE.partition("[picture]")[0] + PICTURE)
    assert [each.message.partition(":")[0] for each in badge.faults] == ["picture.file"]


def test_the_guide_names_every_key_and_every_word():
    for key in {*BadgeFileSchema().fields, *MicroCredentialSchema().fields}:
        assert re.search(rf"[`\[]{key}\b|^{key} =", GUIDE, flags=re.MULTILINE), key
    for word in (*Level, *KeyCompetence, *Colour):
        assert f"`{word}`" in GUIDE, word


def test_the_commands_of_the_guide_are_there():
    for line in re.findall(r"^col --city DIR (.*)$", GUIDE, flags=re.MULTILINE):
        parser().parse_args(line.split())
