"""The JSON-LD contexts of what this city says. Readers who know ActivityPub need none of them.

Sources: Activity Streams 2.0; FEP-521a, FEP-8b32; the terms for events that Mobilizon and Gancio share (FEP-8a8e).
"""

from typing import Any

AS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
PROOFS = "https://w3id.org/security/data-integrity/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"
_EVENT_TERMS: dict[str, Any] = {
    "sc": "http://schema.org#",
    "mz": "https://joinmobilizon.org/ns#",
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "col": "https://w3id.org/fep/8a8e#",
    "Hashtag": "as:Hashtag",
    "PostalAddress": "sc:PostalAddress",
    "VirtualLocation": "sc:VirtualLocation",
    "address": {"@id": "sc:address", "@type": "sc:PostalAddress"},
    "streetAddress": "sc:streetAddress",
    "addressLocality": "sc:addressLocality",
    "addressCountry": "sc:addressCountry",
    "category": "sc:category",
    "inLanguage": "sc:inLanguage",
    "timezone": "mz:timezone",
    "isOnline": "mz:isOnline",
    "joinMode": "mz:joinMode",
    "externalParticipationUrl": {"@id": "mz:externalParticipationUrl", "@type": "sc:URL"},
    "maximumAttendeeCapacity": "sc:maximumAttendeeCapacity",
    "organizers": {"@id": "col:organizers", "@container": "@list"},
}


def of_actor() -> list[Any]:
    """Return the context of the actor's document."""
    return [AS, SECURITY, PROOFS, MULTIKEY]


def of_what_is_said() -> list[Any]:
    """Return the context of activities and of what they are about."""
    return [AS, PROOFS, _EVENT_TERMS]
