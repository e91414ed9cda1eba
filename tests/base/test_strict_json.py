import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.errors import Malformed
from col_core.base.strict_json import loads

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcč", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.booleans())
def test_what_is_sound_is_read_as_it_was_written(value: object, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a":1,"a":2}', "twice"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b'["\\u0000"]', "NUL"),
        (b'{"\\ud800":1}', "surrogate"),
        (b'[["\\udfff"]]', "surrogate"),
        (b"[" * 5000 + b"]" * 5000, "deeper"),
        (b'{"a":' * 5000, "deeper"),
        (b"[" * 200_000, "deeper"),
        (str(2**70).encode(), "64 bits"),
        (b"-" + b"9" * 5000, "64 bits"),
        (b"1e999", "64 bits"),
        (b'"\xff"', "UTF-8"),
        ('"č"'.encode("utf-16"), "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"", "not JSON"),
        (b'{"a":}', "not JSON"),
        (b'"a\x00b"', "not JSON"),
        (b"[1]" + b" " * 2_000_000, "longer"),
    ],
)
def test_what_is_doubtful_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        loads(body)


def test_brackets_in_a_text_are_not_depth() -> None:
    text = "[{" * 500 + '\\"['
    assert loads(json.dumps([text]).encode()) == [text]


@given(
    st.recursive(
        st.text('"\\\\[]{}č\n', max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\\\[{', max_size=4), inner, max_size=3),
        max_leaves=20,
    ),
    st.booleans(),
)
def test_the_depth_that_is_allowed_is_the_depth_that_is_there(value: object, ascii_only: bool) -> None:
    def depth(one: object) -> int:
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else None
        return 0 if inner is None else 1 + max(map(depth, inner), default=0)

    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert loads(body, max_depth=depth(value)) == value
    if depth(value):
        with pytest.raises(Malformed, match="deeper"):
            loads(body, max_depth=depth(value) - 1)


def test_a_whole_surrogate_pair_is_a_letter() -> None:
    assert loads(b'"\\ud83c\\udf3b"') == "\U0001f33b"


def test_an_unfinished_text_is_refused_in_bounded_time() -> None:
    with pytest.raises(Malformed, match="not JSON"):
        loads(b'"' + b'\\"' * 400_000 + b"\\")


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        loads(body)
