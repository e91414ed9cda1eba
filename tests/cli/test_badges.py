"""`col badges verify`: without a city, by its exit code for other programs."""

import io
import json
import sys

import pytest

from col_core.badges.credentials import data_integrity, dids
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.cli.main import main
from col_core.testing.badges import a_badge
from col_core.testing.issuing import NOW, TestIssuer, Web, text


@pytest.fixture
def badge():
    """A badge of an issuer that is nothing but a key: nobody has to be asked."""
    key = PrivateKey.made(KeyKind.ED25519)
    issuer = TestIssuer(Web(), did=dids.key_did(key.public))
    document = issuer.unsigned(a_badge(1, status=[]))
    return data_integrity.sign(document, key.signer(dids.method_id(issuer.did, key.public)), created=NOW)


@pytest.fixture
def col(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("COL_CITY", raising=False)

    def run(given, *words):
        file = tmp_path / "badge"
        file.write_bytes(given)
        code = main(["badges", "verify", str(file), *words])
        return code, capsys.readouterr().out

    return run


def test_a_genuine_badge_ends_with_0_and_says_why(col, badge):
    code, told = col(text(badge))
    assert code == 0
    assert told.startswith("Valid. The badge is genuine, unchanged and in force.")
    assert "Čaj za začetnike" in told
    assert "passed   Signature" in told


def test_an_altered_badge_ends_with_1_and_says_why(col, badge):
    code, told = col(text({**badge, "name": "Other"}))
    assert code == 1
    assert told.startswith("Not valid. The signature does not fit")


def test_what_cannot_be_told_ends_with_3(col, badge):
    code, told = col(text({**badge, "issuer": {**badge["issuer"], "id": "did:example:1"}}))
    assert (code, told.startswith("Cannot tell.")) == (3, True)


def test_nothing_but_a_badge_is_one(col):
    assert col(b"hello")[0] == 1
    assert col(b"\x00" * 100)[0] == 1
    assert col(b"{" * 200_000)[0] == 1


def test_the_answer_for_programs_is_that_of_the_api(col, badge):
    code, told = col(text(badge), "--json")
    said = json.loads(told)
    assert (code, said["verdict"], said["checks"]["issuer"]["code"]) == (0, "valid", "issuer_is_a_key")


def test_a_badge_is_read_from_standard_input(badge, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text(badge))))
    assert main(["badges", "verify", "-"]) == 0
    assert capsys.readouterr().out.startswith("Valid.")


def test_a_private_address_is_not_asked_and_a_missing_file_is_one_sentence(capsys):
    assert main(["badges", "verify", "http://127.0.0.1:9/badge"]) == 3
    assert "does not answer" in capsys.readouterr().out
    assert main(["badges", "verify", "no-such-file"]) == 1
    assert capsys.readouterr().err == "no-such-file: No such file or directory.\n"
