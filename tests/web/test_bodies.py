import io
import threading
import time

from flask import Flask, request

from col_core.base.errors import ColError
from col_core.web import bodies


class Stream:
    """A body that comes in pieces, as a server hands it on; after them it ends, or never does."""

    def __init__(self, *pieces, ends=True):
        self._pieces, self._ends = list(pieces), ends
        self.gone = threading.Event()

    def read(self, size=-1):
        if self._pieces:
            piece = self._pieces.pop(0)
            if len(piece) > size >= 0:
                self._pieces.insert(0, piece[size:])
            return piece[:size]
        if not self._ends:
            self.gone.wait(30)
            raise ConnectionError("the visitor is gone")
        return b""


def an_app(*, longest=100, deadline_s=10.0, at_once=2):
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = longest
    bodies.install(app, longest=longest, deadline_s=deadline_s, at_once=at_once)

    @app.errorhandler(ColError)
    def known(error):
        return str(error), error.status

    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        return request.get_data()

    return app


def send(app, stream, **environ):
    """Send in pieces, or what is announced where `environ` says so."""
    chunked = {} if "CONTENT_LENGTH" in environ else {"HTTP_TRANSFER_ENCODING": "chunked"}
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True, **chunked, **environ}
    return app.test_client().post("/echo", environ_overrides=environ)


def test_a_body_in_pieces_arrives_whole():
    answer = send(an_app(), Stream(b"ena", b"dva", b"tri"))
    assert (answer.status_code, answer.data) == (200, b"enadvatri")


def test_a_body_just_as_long_as_may_be_arrives_and_one_byte_more_does_not():
    assert send(an_app(), Stream(b"x" * 60, b"x" * 40)).data == b"x" * 100
    assert send(an_app(), Stream(b"x" * 60, b"x" * 41)).status_code == 413
    assert send(an_app(), Stream(*[b"x" * 60] * 1000, ends=False)).status_code == 413


def test_a_body_that_says_that_it_is_too_long_is_not_read():
    stream = Stream(ends=False)
    assert send(an_app(), stream, CONTENT_LENGTH="101").status_code == 413


def test_a_body_that_never_ends_is_given_up():
    stream = Stream(b"a", ends=False)
    assert send(an_app(deadline_s=0.2), stream).status_code == 408
    stream.gone.set()


def test_a_body_that_breaks_off_is_never_taken_for_a_whole_one():
    stream = Stream(b"half", ends=False)
    stream.gone.set()
    assert send(an_app(), stream).status_code == 408


def test_while_bodies_drip_in_others_are_answered():
    app, streams = an_app(deadline_s=5, at_once=2), [Stream(ends=False) for _ in range(2)]
    threads = [threading.Thread(target=send, args=(app, each)) for each in streams]
    for each in threads:
        each.start()
    while sum(each.name == "body" for each in threading.enumerate()) < 2:
        time.sleep(0.01)
    assert app.test_client().get("/echo").status_code == 200
    assert send(app, Stream(b"short")).status_code == 503
    for each in streams:
        each.gone.set()
    for each in threads:
        each.join()
    assert send(app, Stream(b"short")).data == b"short"


def test_what_is_announced_is_read_and_not_a_byte_more():
    stream = Stream(b"enadva", b"of the next request", ends=False)
    answer = send(an_app(), stream, CONTENT_LENGTH="6")
    assert (answer.status_code, answer.data) == (200, b"enadva")


def test_less_than_was_announced_is_never_taken_for_the_whole():
    assert send(an_app(), Stream(b"ena"), CONTENT_LENGTH="6").status_code == 408


def test_a_file_in_a_form_arrives_as_it_was_sent_wherever_a_piece_of_it_would_end():
    app = an_app(longest=200_000)

    @app.post("/file")
    def file():
        return request.files["file"].read()

    client, data = app.test_client(), bytes(range(256)) * 600
    for length in (*range(65_250, 65_340), *range(130_790, 130_870)):
        sent = data[:length]
        assert client.post("/file", data={"file": (io.BytesIO(sent), "badge.png")}).data == sent, length
