"""The city's open data described for data portals. Source: DCAT-AP 3.0 (https://semiceu.github.io/DCAT-AP/)."""

from collections.abc import Sequence
from typing import Any

from col_core.base.settings import CityConfig
from col_core.catalogue.hooks import OpportunityFormat
from col_core.catalogue.sharing import FEED_PATH, LICENCE

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "dcatap": "http://data.europa.eu/r5r/",
}
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
_LANGUAGE_CODES = {"sl": "SLV", "lt": "LIT", "en": "ENG", "de": "DEU", "it": "ITA", "hr": "HRV", "pl": "POL"}
_THEME = "http://publications.europa.eu/resource/authority/data-theme/EDUC"
_OFTEN = "http://publications.europa.eu/resource/authority/frequency/HOURLY"


def catalog(config: CityConfig, formats: Sequence[OpportunityFormat], *, organisations: int) -> dict[str, Any]:
    """Return the catalogue with its data sets: the opportunities in each of `formats`, and the organisations."""
    base = config.base_url
    languages = [{"@id": _LANGUAGES + _LANGUAGE_CODES[tag]} for tag in config.languages if tag in _LANGUAGE_CODES]
    publisher = {
        "@type": "foaf:Agent",
        "@id": config.operator.url or f"{base}/",
        "foaf:name": config.operator.name or config.city_name(config.default_language),
    }
    api = {
        "@type": "dcat:DataService",
        "@id": f"{base}/api/v1/openapi.json#service",
        "dct:title": {"@value": "API", "@language": "en"},
        "dcat:endpointURL": {"@id": f"{base}/api/v1"},
        "dcat:endpointDescription": {"@id": f"{base}/api/v1/openapi.json"},
        "dcat:servesDataset": [{"@id": f"{base}/feeds/catalog.jsonld#opportunities"}],
    }
    opportunities = {
        "@type": "dcat:Dataset",
        "@id": f"{base}/feeds/catalog.jsonld#opportunities",
        "dct:title": _in_english("Opportunities to learn"),
        "dct:description": _in_english("Events, courses, workshops, internships and volunteering for young people."),
        "dct:publisher": publisher,
        "dct:language": languages,
        "dct:accrualPeriodicity": {"@id": _OFTEN},
        "dct:spatial": _spatial(config),
        "dcat:theme": {"@id": _THEME},
        "dcat:landingPage": {"@id": f"{base}/{config.default_language}/opportunities"},
        "dcat:distribution": [*(_distribution(config, each) for each in formats), _paged(config)],
    }
    organisation_set = {
        "@type": "dcat:Dataset",
        "@id": f"{base}/feeds/catalog.jsonld#organisations",
        "dct:title": _in_english("Organisations"),
        "dct:description": _in_english(f"The {organisations} organisations that offer them."),
        "dct:publisher": publisher,
        "dcat:theme": {"@id": _THEME},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "@id": f"{base}/feeds/catalog.jsonld#organisations-json",
                "dcat:accessURL": {"@id": f"{base}/api/v1/organisations"},
                "dcat:mediaType": {"@id": "http://www.iana.org/assignments/media-types/application/json"},
            }
        ],
    }
    return {
        "@context": _CONTEXT,
        "@type": "dcat:Catalog",
        "@id": f"{base}/feeds/catalog.jsonld",
        "dct:title": [{"@value": config.city_name(tag), "@language": tag} for tag in config.languages],
        "dct:description": _in_english("What a City of Learning publishes for others to use."),
        "dct:publisher": publisher,
        "dct:language": languages,
        "foaf:homepage": {"@id": f"{base}/"},
        "dcat:dataset": [opportunities, organisation_set],
        "dcat:service": api,
    }


def _distribution(config: CityConfig, each: OpportunityFormat) -> dict[str, Any]:
    address = f"{config.base_url}/feeds/opportunities.{each.extension}"
    media_type = f"http://www.iana.org/assignments/media-types/{each.media_type}"
    return {
        "@type": "dcat:Distribution",
        "@id": f"{config.base_url}/feeds/catalog.jsonld#opportunities-{each.extension}",
        "dct:title": _in_english(each.name),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": media_type},
        "dcatap:availability": {"@id": "http://publications.europa.eu/resource/authority/planned-availability/STABLE"},
    }


def _paged(config: CityConfig) -> dict[str, Any]:
    """Return the feed that whoever wants all of it reads page by page, and then on from change to change."""
    address = f"{config.base_url}{FEED_PATH}"
    return {
        "@type": "dcat:Distribution",
        "@id": f"{config.base_url}/feeds/catalog.jsonld#opportunities-rpde",
        "dct:title": _in_english("Everything that partner cities show, page by page and change by change"),
        "dct:conformsTo": {"@id": "https://openactive.io/realtime-paged-data-exchange/"},
        "dct:license": {"@id": LICENCE},
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": "http://www.iana.org/assignments/media-types/application/json"},
        "dcatap:availability": {"@id": "http://publications.europa.eu/resource/authority/planned-availability/STABLE"},
    }


def _spatial(config: CityConfig) -> dict[str, Any]:
    box = config.bbox
    west, south, east, north = box.west_deg, box.south_deg, box.east_deg, box.north_deg
    ring = ", ".join(
        f"{lon} {lat}" for lon, lat in ((west, south), (east, south), (east, north), (west, north), (west, south))
    )
    return {
        "@type": "dct:Location",
        "dcat:bbox": {"@value": f"POLYGON(({ring}))", "@type": "http://www.opengis.net/ont/geosparql#wktLiteral"},
    }


def _in_english(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}
