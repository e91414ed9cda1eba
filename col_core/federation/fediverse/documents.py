"""How this city describes itself to other servers: its actor, WebFinger, NodeInfo.

Sources: ActivityPub, section 4; RFC 7033; NodeInfo 2.1; FEP-2677 (application actor), FEP-521a (keys), FEP-d556.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind
from col_core.base.settings import CityConfig
from col_core.federation.fediverse import context
from col_core.federation.fediverse.identity import NAME, Identity

ACTIVITY = "application/activity+json"
LINKED = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.1"
_APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
_SOFTWARE = "city-of-learning"


def actor(
    config: CityConfig, identity: Identity, keys: Mapping[KeyKind, tuple[str, PublicKey]], summaries: Mapping[str, str]
) -> dict[str, Any]:
    """Return the actor of the city. `summaries` say in one sentence a language what it tells."""
    language = config.default_language
    (rsa_id, rsa), (ed25519_id, ed25519) = keys[KeyKind.RSA], keys[KeyKind.ED25519]
    return {
        "@context": context.of_actor(),
        "id": identity.actor,
        "type": "Application",
        "preferredUsername": NAME,
        "name": config.city_name(language),
        "nameMap": {tag: config.city_name(tag) for tag in config.languages},
        "summary": f"<p>{summaries[language]}</p>",
        "summaryMap": {tag: f"<p>{text}</p>" for tag, text in summaries.items()},
        "url": f"{identity.base_url}/",
        **_icon(config, identity),
        "inbox": identity.inbox,
        "outbox": identity.outbox,
        "followers": identity.followers,
        "endpoints": {"sharedInbox": identity.inbox},
        "discoverable": True,
        "indexable": True,
        "manuallyApprovesFollowers": False,
        "publicKey": {"id": rsa_id, "owner": identity.actor, "publicKeyPem": rsa.pem()},
        "assertionMethod": [
            {
                "id": ed25519_id,
                "type": "Multikey",
                "controller": identity.actor,
                "publicKeyMultibase": ed25519.multibase(),
            }
        ],
        "generator": {"type": "Application", "name": "City of Learning"}
        | ({"url": config.operator.source_url} if config.operator.source_url else {}),
    }


def _icon(config: CityConfig, identity: Identity) -> dict[str, Any]:
    if config.theme.logo is None:
        return {}
    return {"icon": {"type": "Image", "mediaType": "image/png", "url": f"{identity.base_url}/ap/icon.png"}}


def webfinger(config: CityConfig, identity: Identity) -> dict[str, Any]:
    """Return who answers to the city's name."""
    return {
        "subject": identity.account,
        "aliases": [identity.actor],
        "links": [
            {"rel": "self", "type": ACTIVITY, "href": identity.actor},
            {"rel": "self", "type": LINKED, "href": identity.actor},
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": f"{identity.base_url}/{config.default_language}/",
            },
        ],
    }


def nodeinfo_links(identity: Identity) -> dict[str, Any]:
    """Return where what speaks here is described, and which actor speaks for all of it."""
    return {
        "links": [
            {"rel": _NODEINFO, "href": f"{identity.base_url}/nodeinfo/2.1"},
            {"rel": _APPLICATION, "href": identity.actor},
        ]
    }


def nodeinfo(config: CityConfig, *, offers: int) -> dict[str, Any]:
    """Return what speaks here. Nobody has an account, and no count tells of people."""
    return {
        "version": "2.1",
        "software": {"name": _SOFTWARE, "version": version(_SOFTWARE)},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {"total": 0}, "localPosts": offers},
        "metadata": {"nodeName": config.city_name(config.default_language), "federation": {"enabled": True}},
    }
