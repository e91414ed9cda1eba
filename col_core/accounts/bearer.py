"""Programs that come with a bearer token. Source: RFC 6750."""

from collections.abc import Sequence
from dataclasses import dataclass

from authlib.oauth2 import OAuth2Error, ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator
from flask import Request

from col_core.accounts import tokens
from col_core.accounts.records import ApiToken, Scope
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import Forbidden, Unauthenticated
from col_core.base.ratelimit import RateLimiter

_MINUTE_S = 60


class Bearer:
    """Knows the tokens of one city. `per_minute` is how many requests one token may make in a minute."""

    def __init__(
        self, database: Database, *, limiter: RateLimiter, clock: Clock, city_id: str, per_minute: int
    ) -> None:
        self._database, self._limiter, self._clock = database, limiter, clock
        self._realm, self._per_minute = city_id, per_minute
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_Validator(database, clock))

    def require(self, request: Request, scope: Scope) -> ApiToken:
        """Return the token that `request` shows, if it reaches as far as `scope`.

        Raises Unauthenticated without a good one, Forbidden for one that is not meant for this, TooManyRequests.
        """
        token = self._token(request, [scope])
        if token is None:
            challenge = self._challenge(scope=scope)
            raise Unauthenticated("This needs a token: Authorization: Bearer ….", challenge=challenge)
        return token

    def optional(self, request: Request) -> ApiToken | None:
        """Return the token that `request` shows, None where it shows none.

        Raises Unauthenticated for one that is not good (any more), TooManyRequests.
        """
        return self._token(request, [])

    def forbidden(self, scope: Scope) -> Forbidden:
        """Return the error for a token that does not reach as far as `scope`."""
        challenge = self._challenge(error="insufficient_scope", scope=scope)
        return Forbidden(f"This token is not meant for that; it needs the scope “{scope}”.", challenge=challenge)

    def _token(self, request: Request, scopes: Sequence[Scope]) -> ApiToken | None:
        # Other schemes (a proxy's Basic) are not ours to judge.
        if request.headers.get("Authorization", "").partition(" ")[0].lower() != "bearer":
            return None
        try:
            shown: _Shown = self._protector.validate_request(list(map(str, scopes)), request)
        except OAuth2Error as error:
            if error.error == "insufficient_scope":
                raise self.forbidden(scopes[0]) from error
            challenge = self._challenge(error="invalid_token")
            raise Unauthenticated("This token is not known here, or not good any more.", challenge=challenge) from error
        self._limiter.hit(f"token:{shown.token.id}", limit=self._per_minute, window_s=_MINUTE_S)
        if shown.token.used != self._clock.now().date():
            with self._database.write() as session:
                tokens.note_use(session, shown.token.id, clock=self._clock)
        return shown.token

    def _challenge(self, **said: str) -> str:
        parts = {"realm": self._realm, **said}
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parts.items())


@dataclass(frozen=True)
class _Shown:
    """A token in the words that Authlib asks in."""

    token: ApiToken
    is_good: bool

    def is_expired(self) -> bool:
        return not self.is_good

    def is_revoked(self) -> bool:
        return not self.is_good

    def get_scope(self) -> str:
        return " ".join(self.token.scopes)


class _Validator(BearerTokenValidator):  # type: ignore[misc]  # Authlib says nothing of its types
    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__()
        self._database, self._clock = database, clock

    def authenticate_token(self, token_string: str) -> _Shown | None:
        with self._database.read() as session:
            token = tokens.find(session, token_string.strip())
        return None if token is None else _Shown(token, token.is_good(self._clock.now()))
