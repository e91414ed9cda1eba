"""Feeds: what a search finds, in the formats that other programs read; and the catalogue of them for open data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import orjson
import structlog
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from col_core.base.errors import InvalidInput, NotFound, PluginError, Unavailable
from col_core.base.i18n import negotiate
from col_core.catalogue import query
from col_core.catalogue.exchange import dcat
from col_core.catalogue.exchange.formats import built_in
from col_core.catalogue.hooks import OpportunityFormat
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.records import Opportunity, Query
from col_core.web import conditional, cross_origin, varies
from col_core.web.house import House

# Somebody waits for it.
_WITHIN_S = 20.0
MOST_IN_FEED = 1_000
_FRESH_S = 300
_log = structlog.get_logger()


Formats = Mapping[str, tuple[str | None, OpportunityFormat]]


def blueprint(house: House, catalogue: Catalogue, known: Formats) -> Blueprint:
    """Return `/feeds/opportunities.<extension>` for what `formats` gave, and `/feeds/catalog.jsonld`."""
    views = Blueprint("feeds", __name__, url_prefix="/feeds")
    cross_origin.allow(views)
    conditional.install(views, version=catalogue.version, clock=house.clock)
    config = house.config

    @views.get("/opportunities.<extension>")
    def feed(extension: str) -> Response:
        if extension not in known:
            raise NotFound(f"There is no such feed; there are: {', '.join(known)}.")
        owner, format_ = known[extension]
        args = MultiDict(request.args)
        language = _language(house, args)
        asked = query.parse(args, strict=True)
        if "per_page" not in args:
            asked = replace(asked, per_page=MOST_IN_FEED)
        found = catalogue.find(asked, language=language)
        listed = [each.opportunity for each in found.items]
        body = _written(house, owner, format_, listed, language)
        response = conditional.public(Response(body, mimetype=format_.media_type), fresh_s=_FRESH_S)
        response.headers["Content-Language"] = language
        response.headers["Content-Disposition"] = f'inline; filename="opportunities.{extension}"'
        if "lang" not in request.args:
            varies.by(response, "Accept-Language")
        if asked.page * asked.per_page < found.total:
            response.headers["Link"] = f'<{_next(asked, language, config.base_url, extension)}>; rel="next"'
        return response

    @views.get("/catalog.jsonld")
    def catalog() -> Response:
        query.none(request.args)
        described = [each for _, each in known.values()]
        body = orjson.dumps(dcat.catalog(config, described, organisations=len(catalogue.organisations())))
        return conditional.public(Response(body, mimetype="application/ld+json"), fresh_s=_FRESH_S)

    return views


def formats(house: House) -> Formats:
    """Return each format by its extension, with the plugin that brings it (None for our own, which stand first)."""
    found: dict[str, tuple[str | None, OpportunityFormat]] = {
        each.extension: (None, each) for each in built_in(house.config, house.clock, house.i18n)
    }
    for plugin, made in house.plugins.call_each("col_formats"):
        if isinstance(made, PluginError):
            continue
        for each in made or ():
            if each.extension in found:
                _log.warning("format.taken", plugin=plugin, extension=each.extension)
            found.setdefault(each.extension, (plugin, each))
    return found


def _written(
    house: House, owner: str | None, format_: OpportunityFormat, listed: Sequence[Opportunity], language: str
) -> bytes:
    if owner is None:
        return format_.write(listed, language=language)
    try:
        body = house.plugins.guard(
            owner,
            f"format {format_.extension}",
            lambda: format_.write(listed, language=language),
            within_s=_WITHIN_S,
        )
    except PluginError as error:
        raise Unavailable("This feed cannot be written at the moment; the others can.", retry_after_s=300) from error
    if not isinstance(body, bytes):
        raise Unavailable("This feed cannot be written at the moment; the others can.", retry_after_s=300)
    return body


def _language(house: House, args: MultiDict[str, str]) -> str:
    """Take `lang` out of `args`; without it, Accept-Language chooses."""
    config = house.config
    given = args.poplist("lang")
    if not given or given == [""]:
        header = request.headers.get("Accept-Language")
        return negotiate(header, config.languages, config.default_language)
    if len(given) > 1 or given[0] not in config.languages:
        reason = f"Must be one of: {', '.join(config.languages)}."
        raise InvalidInput(f"The parameter “lang” cannot be used: {reason}", fields={"lang": [reason]})
    return given[0]


def _next(asked: Query, language: str, base_url: str, extension: str) -> str:
    args = [each for each in query.to_args(replace(asked, page=asked.page + 1)) if each[0] != "per_page"]
    if asked.per_page != MOST_IN_FEED:
        args.append(("per_page", str(asked.per_page)))
    return f"{base_url}/feeds/opportunities.{extension}?{urlencode([*args, ('lang', language)])}"
