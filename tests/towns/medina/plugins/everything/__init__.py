"""Plugin for tests: each hook of the portal in its smallest form, but the search index, which would replace ours."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint
from marshmallow import fields

from col_core.plugin import (
    Badge,
    BadgeIssuer,
    Block,
    City,
    Command,
    ConfigSchemas,
    Draft,
    Event,
    Fetched,
    Finding,
    Job,
    MapLayer,
    MenuEntry,
    Operations,
    OpportunityFormat,
    OpportunitySource,
    Passage,
    Periodic,
    PluginSchema,
    PublicKey,
    RawItem,
    Rejected,
    Severity,
    SignedCredential,
    Signer,
    SourceConfig,
    TextTranslator,
    WebParts,
    hookimpl,
)

HOOK_API = 1
# What the observer heard and the jobs did, for tests to look at.
HEARD: list[Event] = []
DONE: list[str] = []


class Settings(PluginSchema):
    greeting = fields.String(required=True, metadata={"description": "What stands on the home page."})


class SourceOptions(PluginSchema):
    words = fields.List(fields.String(), required=True, metadata={"description": "Titles of offers."})


class WordSource:
    """Brings an offer for each word of its settings."""

    def __init__(self, config: SourceConfig) -> None:
        self.id = config.id
        self._words = config.options["words"]

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:
        items = (RawItem(external_id=w, body=w.encode(), media_type="text/plain", address="words") for w in self._words)
        return Fetched(items=tuple(items))

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        title = raw.body.decode(errors="replace").replace("\0", "").strip()
        if not title:
            return Rejected(external_id=raw.external_id, reason="it is empty", where=raw.address)
        return Draft(title={"en": title[:300]})


class Titles:
    """Writes the titles, one a line."""

    name = "Titles"
    media_type = "text/plain"
    extension = "txt"

    def write(self, opportunities, *, language):
        return "\n".join(f"{each.id} {each.content.title}" for each in opportunities).encode()


class Seal:
    """Signs with a secret: enough to try the contract, and no format of the field."""

    format = "test-seal"
    media_type = "application/octet-stream"
    key_kind = None
    at_once = True

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, badges: Sequence[Badge], *, signer: Signer | None) -> list[SignedCredential]:
        said = [f"{each.id} {each.achieved.name} {each.narrative}".encode() for each in badges]
        return [SignedCredential(body=self._mark(each) + each, media_type=self.media_type) for each in said]

    def revoke(self, badge_id: str, signed: SignedCredential) -> None:
        """Nothing outside knows of it."""

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        mark, credential = signed.body[:32], signed.body[32:]
        return hmac.compare_digest(mark, self._mark(credential))

    def _mark(self, credential: bytes) -> bytes:
        return hmac.digest(self._secret, credential, hashlib.sha256)


class Parrot:
    """Says which language it should be, and the rest as it was."""

    name = "Parrot"

    def can(self, source: str, target: str) -> bool:
        return (source, target) in (("en", "ar"), ("ar", "en"))

    def translate(self, passages: Sequence[Passage], *, source: str, target: str) -> list[str]:
        return [
            re.sub(r">([^<>]+)<", rf">{target}: \1<", each.text, count=1) if each.is_html else f"{target}: {each.text}"
            for each in passages
        ]


@hookimpl
def col_config_schema() -> ConfigSchemas:
    return ConfigSchemas(settings=Settings, source=SourceOptions)


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    return [WordSource(config) for config in city.sources]


@hookimpl
def col_review_opportunity(draft: Draft) -> list[Finding]:
    if any("secret" in title for title in draft.title.values()):
        return [Finding(code="secret", message="It is meant to be secret.", severity=Severity.HOLD)]
    return []


@hookimpl
def col_map_layers(city: City) -> list[MapLayer]:
    line = {"type": "LineString", "coordinates": [[14.4, 46.0], [14.5, 46.1]]}
    source = {"type": "geojson", "data": {"type": "Feature", "properties": {}, "geometry": line}}
    return [MapLayer(id="wall", title={"en": "Wall"}, source=source, layers=[{"id": "line", "type": "line"}])]


@hookimpl
def col_formats() -> list[OpportunityFormat]:
    return [Titles()]


@hookimpl
def col_web_parts(city: City) -> WebParts:
    views = Blueprint("everything", __name__)

    @views.get("/en/everything")
    def everything() -> str:
        return "Here I am."

    def greet(language: str, shown: str) -> str:
        return f"{city.settings['greeting']} <{language}>"

    return WebParts(
        blueprints=[views],
        menu=[MenuEntry(label={"en": "Everything"}, path="everything")],
        blocks=[Block(slot="home", render=greet)],
    )


@hookimpl
def col_operations(city: City) -> Operations:
    def greet(arguments, city: City) -> int:
        print(f"{city.settings['greeting']}, {arguments.who}!")  # noqa: T201 (a command speaks)
        return 0

    return Operations(
        commands=[
            Command(name="greet", help="say hello", arguments=lambda parser: parser.add_argument("who"), run=greet)
        ],
        jobs=[Job(name="everything.job", run=lambda payload: DONE.append(str(payload["n"])))],
        periodics=[Periodic(name="everything.tick", every_s=60, run=lambda: DONE.append("tick"), at_start=True)],
    )


@hookimpl
def col_observe(event: Event) -> None:
    HEARD.append(event)


@hookimpl
def col_badge_issuers(city: City) -> list[BadgeIssuer]:
    return [Seal(city.id.encode())]


@hookimpl
def col_translators() -> list[TextTranslator]:
    return [Parrot()]
