import pytest

from col_core.badges.awards.recipients import read_csv
from col_core.badges.awards.records import Recipient
from col_core.badges.credentials.records import Evidence
from col_core.base.errors import InvalidInput


def read(text, encoding="utf-8"):
    return read_csv(text.encode(encoding), languages=("sl", "lt"))


def test_a_list_names_who_gets_a_badge_and_what_for():
    assert read("email,name,narrative\nana@example.org,Ana,Skuhala je čaj.\n,Bor,\n,,\n") == [
        Recipient(email="ana@example.org", name="Ana", narrative="Skuhala je čaj."),
        Recipient(name="Bor"),
    ]


@pytest.mark.parametrize("separator", ",;\t")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_the_separator_and_the_encoding_of_a_spreadsheet_are_found_out(separator, encoding):
    lines = [("Name", "EMAIL", "evidence_url"), ("Živa Češnjar", "ziva@example.org", "https://example.org/1")]
    (found,) = read("\r\n".join(separator.join(each) for each in lines), encoding)
    assert (found.name, found.email) == ("Živa Češnjar", "ziva@example.org")
    assert found.evidence == (Evidence(name="https://example.org/1", url="https://example.org/1"),)


def test_every_fault_is_named_by_its_row_at_once_and_nothing_is_read():
    with pytest.raises(InvalidInput) as raised:
        read("email,evidence_url\nana,ftp://x\nbor@example.org,\ncene@,\n")
    assert list(raised.value.fields) == ["row 2", "row 4"]
    assert "row 2: email 'ana' is no e-mail address, evidence_url 'ftp://x' is no web address" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first row is missing"),
        ("ana@example.org\n", "names 'ana@example.org'"),
        ("email,email\n", "names a column twice"),
        ("email,points\nana@example.org,5\n", "names 'points'"),
        ('email,name\nana@example.org,"An"a\n', "no CSV file"),
        ("name,email\nAna,,Bor\n", "row 2: has 3 cells"),
        ("name\nAn\x07a\n", "row 2: name holds"),
        (f"name\n{'a' * 201}\n", "longer than 200"),
    ],
)
def test_what_is_no_such_list_is_said_plainly(text, said):
    with pytest.raises(InvalidInput, match=said):
        read(text)
