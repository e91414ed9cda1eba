import pytest
from flask import Response

from col_core.web import varies


@pytest.mark.parametrize(
    ("said", "now_said"),
    [
        (None, "Accept-Encoding"),
        ("Accept-Language", "Accept-Language, Accept-Encoding"),
        ("Cookie, accept-encoding", "Cookie, accept-encoding"),
    ],
)
def test_a_header_is_named_once_beside_what_is_said_already(said, now_said):
    response = Response(headers={"Vary": said} if said else {})
    varies.by(response, "Accept-Encoding")
    varies.by(response, "Accept-Encoding")
    assert response.headers.getlist("Vary") == [now_said]
