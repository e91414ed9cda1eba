"""Small web servers on loopback: for what fetches, tried over real HTTP, and for our own pages in a real browser."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

Answer = Callable[[BaseHTTPRequestHandler], None]


class WebServer:
    """Serves what was put at each path, and keeps what it was asked and sent.

    `host` is the "host:port" pair that the guard must let through.
    """

    def __init__(self, server: ThreadingHTTPServer, answers: dict[str, Answer]) -> None:
        self.host = f"127.0.0.1:{server.server_address[1]}"
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self._answers = answers

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def answer(self, path: str, how: Answer) -> str:
        """Let `how` answer at `path`; return the whole address."""
        self._answers[path] = how
        return self.url(path)

    def put(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> str:
        """Serve `body` at `path`; names of `headers` are written with underscores. Return the whole address."""

        def how(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        return self.answer(path, how)


@contextmanager
def web_server() -> Iterator[WebServer]:
    """Run a server on a free port of 127.0.0.1 for as long as the block lasts."""
    answers: dict[str, Answer] = {}
    noting = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond()

        def do_POST(self) -> None:
            self.respond()

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with noting:
                # The body first: who looks meanwhile finds one to each request.
                web.bodies.append(body)
                web.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            how = answers.get(self.path)
            if how is None:
                self.send_error(404)
                return
            try:
                how(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        web = WebServer(server, answers)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def app_server(app: Flask, *, port: int = 0) -> Iterator[str]:
    """Serve `app` on `port` (0: a free one) of 127.0.0.1 for as long as the block lasts; give its address."""

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: object) -> None: ...

    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
