import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.badges.credentials import base58, base64url
from col_core.badges.credentials.errors import Unreadable


@given(st.binary(max_size=80))
def test_what_was_written_in_base58_is_read_again(data):
    assert base58.decoded(base58.encoded(data)) == data


@given(st.text(alphabet="123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", max_size=80))
def test_each_bytes_have_one_text_in_base58(text):
    assert base58.encoded(base58.decoded(text)) == text


def test_the_examples_of_the_draft_come_out():
    # draft-msporny-base58-03, section 5
    assert base58.encoded(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    assert base58.encoded(bytes.fromhex("0000287fb4cd")) == "11233QC4"


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "+", "č", " 1", "1" * 3000])
def test_other_letters_are_refused(text):
    with pytest.raises(Unreadable):
        base58.decoded(text)


@given(st.binary(max_size=80))
def test_what_was_written_in_base64url_is_read_again(data):
    assert base64url.decoded(base64url.encoded(data)) == data


@pytest.mark.parametrize("text", ["YQ==", "YR", "Y", "Y Q", "Y\nQ", "+/+/", None, 7, "č"])
def test_base64url_has_one_way_to_be_written(text):
    with pytest.raises(Unreadable):
        base64url.decoded(text)
