"""What is asked for when another server is asked: the Accept header of each kind of document."""

BADGE = (
    "application/vc, application/vc+ld+json, application/vc+jwt, application/ld+json, application/json, "
    "text/plain;q=0.8, image/svg+xml;q=0.7, image/png;q=0.7, text/html;q=0.1"
)
ISSUER = "application/did+json, application/did+ld+json, application/ld+json, application/json"
# Lists are long, change seldom and tell nobody apart, so they alone may be kept for a while.
STATUS_LIST = "application/vc, application/vc+ld+json, application/vc+jwt, application/ld+json, application/json;q=0.9"
REVOCATION_LIST = "application/json, application/ld+json"
OPEN_BADGES_2 = "application/ld+json, application/json"
