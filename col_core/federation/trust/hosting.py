"""The anchor as a server: it hands out what lies signed in the folder, and shows people who is a member.

Source: OpenID Federation 1.0, sections 8.1 to 8.6 and 9; errors as in 8.9.
"""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from babel.messages.plurals import get_plural
from flask import Flask, Response, g, render_template, request

from col_core.badges.credentials import instants
from col_core.base.catalogues import core_translations
from col_core.base.fetch import HttpClient
from col_core.base.i18n import I18n, Translator, negotiate
from col_core.base.languages import Language
from col_core.federation.trust import entities, signing, tokens
from col_core.federation.trust.asking import Asking
from col_core.federation.trust.folder import NetworkFolder, file_name
from col_core.federation.trust.records import MarkKind
from col_core.federation.trust.renewing import Renewing
from col_core.web import template_words

FOLDER, KEYS = "COL_NETWORK_DIR", "COL_NETWORK_KEYS"
_LONGEST_FORM = 2 * tokens.MAX_BYTES
_FRESH_S = 60
_CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, kw_only=True)
class _Listed:
    entity: str
    file: str
    name: str
    names: Mapping[str, str]
    country: str | None
    member_since: datetime
    recognised_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Index:
    url: str
    name: str
    until: datetime | None = None
    members: Mapping[str, _Listed] = field(default_factory=dict)


def create_app(folder: NetworkFolder) -> Flask:
    """Return the application that serves the folder's `public`; nothing in it needs a key."""
    app = Flask("col_core.federation.trust", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = _LONGEST_FORM
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    template_words.install(app.jinja_env, lambda: cast(Translator, g.translator))
    public = folder.public

    @app.get("/.well-known/openid-federation")
    def configuration() -> Response:
        return _signed(public / signing.ENTITY_FILE, tokens.STATEMENT)

    @app.get("/.well-known/did.json")
    def did() -> Response:
        return _file(public / signing.DID_FILE, "application/did+json")

    @app.get("/fetch")
    def fetch() -> Response:
        index, subject = _index(public), _parameter("sub")
        if isinstance(subject, Response):
            return subject
        if subject == index.url:
            return _error("invalid_request", "This entity tells of itself at /.well-known/openid-federation.", 400)
        if subject not in index.members:
            return _error("not_found", "There is no such member.", 404)
        return _signed(public / signing.STATEMENTS / f"{index.members[subject].file}.jwt", tokens.STATEMENT)

    @app.get("/list")
    def listing() -> Response:
        unknown = request.args.keys() - {"entity_type", "trust_marked", "trust_mark_type", "intermediate"}
        index = _index(public)
        kind = _kind(index, request.args.get("trust_mark_type"))
        if unknown or "entity_type" in request.args or ("trust_mark_type" in request.args and kind is None):
            return _error("unsupported_parameter", "This list knows trust_marked, trust_mark_type, intermediate.", 400)
        # No member has members of its own.
        if request.args.get("intermediate") == "true":
            return _json([])
        return _json(_holding(index, kind or MarkKind.MEMBER))

    @app.get("/trust_marked")
    def trust_marked() -> Response:
        index = _index(public)
        asked = _parameter("trust_mark_type")
        if isinstance(asked, Response):
            return asked
        kind = _kind(index, asked)
        holding = _holding(index, kind) if kind is not None else []
        subject = request.args.get("sub")
        return _json([each for each in holding if subject in (None, each)])

    @app.get("/trust_mark")
    def trust_mark() -> Response:
        index = _index(public)
        asked, subject = _parameter("trust_mark_type"), _parameter("sub")
        if isinstance(asked, Response):
            return asked
        if isinstance(subject, Response):
            return subject
        kind = _kind(index, asked)
        if kind is None or subject not in _holding(index, kind):
            return _error("not_found", "That entity has no such trust mark.", 404)
        return _signed(public / signing.MARKS / kind.value / f"{index.members[subject].file}.jwt", tokens.MARK)

    @app.post("/trust_mark_status")
    def status() -> Response:
        mark = request.form.get("trust_mark")
        if not mark:
            return _error("invalid_request", "trust_mark is missing.", 400)
        return _signed(public / signing.STATUSES / f"{signing.digest(mark)}.jwt", tokens.STATUS)

    @app.get("/endorsements/<path:name>")
    def endorsement(name: str) -> Response:
        known = {each.file for each in _index(public).members.values()}
        # What came decoded lies under its encoded name.
        stem = name if name in known else file_name(f"//{name}")
        if stem not in known:
            return _error("not_found", "There is no such endorsement.", 404)
        return _file(public / signing.ENDORSEMENTS / f"{stem}.json", "application/vc")

    @app.get("/members.json")
    def members() -> Response:
        return _file(public / signing.INDEX_FILE, "application/json")

    @app.get("/healthz")
    def health() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/")
    def people() -> Response:
        index, words = _index(public), _words()
        lang = negotiate(request.headers.get("Accept-Language"), words.tags, words.default)
        g.translator = words.translator(lang)
        page = render_template(
            "network_members.html",
            index=index,
            check=_command(index),
            addresses=[entities.configuration_address(each) for each in (index.url, *index.members)],
            lang=lang,
            t=g.translator,
        )
        response = Response(page)
        response.headers["Content-Language"] = lang
        response.headers["Vary"] = "Accept-Language"
        return response

    @app.errorhandler(404)
    def lost(_: object) -> Response:
        return _error("not_found", "There is nothing at this address.", 404)

    @app.errorhandler(405)
    def method(_: object) -> Response:
        return _error("invalid_request", "This address is not asked that way.", 405)

    @app.errorhandler(413)
    def large(_: object) -> Response:
        return _error("invalid_request", "That is more than is read here.", 413)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = _CSP
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        return response

    return app


def from_environment() -> Flask:
    """Return the application of the network that COL_NETWORK_DIR names; with COL_NETWORK_KEYS, it signs by itself."""
    folder = NetworkFolder(Path(os.environ[FOLDER]))
    if keys := os.environ.get(KEYS):
        asking = Asking(HttpClient(allow_hosts=plain_hosts(os.environ), user_agent=user_agent()))
        renewing = Renewing(folder, Path(keys), asking=asking, plain_hosts=plain_hosts(os.environ))
        threading.Thread(target=renewing.go_on, name="renewing", daemon=True).start()
    return create_app(folder)


def plain_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the "host:port" pairs that may be asked although they lie on this machine (`COL_HTTP_ALLOW_HOSTS`)."""
    return tuple(each.strip() for each in environ.get("COL_HTTP_ALLOW_HOSTS", "").split(",") if each.strip())


def user_agent() -> str:
    return f"CityOfLearning/{version('city-of-learning')}"


def _index(public: Path) -> _Index:
    try:
        said = json.loads((public / signing.INDEX_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        # Nothing was signed yet; the other files are not there either.
        return _Index(url="", name="")
    members = [
        _Listed(
            entity=each["entity"],
            file=each["file"],
            name=each["names"].get("en") or next(iter(each["names"].values()), each["entity"]),
            names=each["names"],
            country=each["country"],
            member_since=instants.read(each["member_since"]),
            recognised_since=each["recognised_since"] and instants.read(each["recognised_since"]),
        )
        for each in said["members"]
    ]
    return _Index(
        url=said["url"],
        name=said["name"],
        until=instants.read(said["until"]),
        members={each.entity: each for each in members},
    )


@cache
def _words() -> I18n:
    """Return the words of the page in every language that the core speaks; they are read when somebody comes."""
    tags = sorted(each.name for each in core_translations().iterdir() if (each / "LC_MESSAGES").is_dir())
    return I18n([Language(tag=each, name=each, plural_forms=get_plural(each).plural_forms) for each in tags], "en")


def _kind(index: _Index, type: str | None) -> MarkKind | None:
    return next((each for each in MarkKind if each.type_of(index.url) == type), None)


def _holding(index: _Index, kind: MarkKind) -> list[str]:
    return [
        each.entity for each in index.members.values() if kind is MarkKind.MEMBER or each.recognised_since is not None
    ]


def _command(index: _Index) -> str:
    some = next(iter(index.members), "https://learning.example.org")
    return f"col network check {some} --anchor {index.url}"


def _parameter(name: str) -> str | Response:
    value = request.args.get(name)
    return value if value else _error("invalid_request", f"{name} is missing.", 400)


def _signed(file: Path, kind: str) -> Response:
    return _file(file, f"application/{kind}")


def _file(file: Path, media_type: str) -> Response:
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        return _error("not_found", "There is no such thing here, or none that was signed.", 404)
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={_FRESH_S}"
    return response


def _json(value: Any) -> Response:
    return Response(json.dumps(value), content_type="application/json")


def _error(code: str, description: str, status: int) -> Response:
    body = json.dumps({"error": code, "error_description": description})
    return Response(body, status=status, content_type="application/json")
