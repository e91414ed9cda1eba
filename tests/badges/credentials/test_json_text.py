import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.badges.credentials import json_text
from col_core.badges.credentials.errors import Unreadable

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_what_is_written_is_read_again(document):
    assert json_text.parsed(json_text.written(document)) == document


def test_a_list_may_be_long_but_neither_endless_nor_deep():
    long, endless = {"a": [0] * 20_000}, {"a": [0] * 1_000_001}
    assert json_text.parsed(json_text.written(long), json_text.REVOCATIONS) == long
    deep = b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}"
    for text in (json_text.written(endless), deep):
        with pytest.raises(Unreadable) as caught:
            json_text.parsed(text, json_text.REVOCATIONS)
        assert caught.value.reason == "size"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "json"),
        (b"[]", "json"),
        (b"null", "json"),
        (b'{"a": 1, "a": 2}', "json"),
        (b'{"a": {"b": 1, "b": 1}}', "json"),
        (b'{"a": NaN}', "json"),
        (b'{"a": Infinity}', "json"),
        (b'{"a": 1e400}', "json"),
        (b'{"a": 1180591620717411303424}', "json"),
        (b"\xff\xfe", "json"),
        (b'{"a": "\\ud800"}', "characters"),
        (b'{"a": "\\u0000"}', "characters"),
        (b'{"a\\u0008": 1}', "characters"),
        (b'{"a": "\\u007f"}', "characters"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "size"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "size"),
        (json.dumps({"a": [0] * 20_000}).encode(), "size"),
        (b'{"a": "' + b"x" * 3_000_000 + b'"}', "size"),
    ],
)
def test_what_readers_could_understand_differently_is_refused(text, reason):
    with pytest.raises(Unreadable) as caught:
        json_text.parsed(text)
    assert caught.value.reason == reason
