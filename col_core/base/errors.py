"""Every error that the core raises on purpose.

    ColError                     code, safe message, permanent, status
    ├── ConfigError              city.toml or the environment is wrong: names file, line, key
    ├── PluginError              a plugin is missing, broken or breaks its contract
    ├── InvalidInput             what came in cannot be used; `fields` says where
    │   ├── Malformed            it could not even be read (JSON, UTF-8, limits)
    │   └── UnfitParameter       a parameter of an address (`catalogue.query`)
    ├── NotFound                 there is no such thing, or not for this visitor
    ├── Gone                     there was such a thing, and it was taken away for good
    ├── Unauthenticated          nobody is signed in, or the token is not known; `challenge`
    ├── Forbidden                known, and not allowed
    ├── TooSlow                  it did not arrive in time
    ├── Misdirected              it was meant for another host than this city
    ├── Conflict                 it collides with what is there
    ├── PreconditionFailed       it was changed since it was read
    ├── UnsupportedMedia         it comes in a format that we do not read
    ├── TooManyRequests          a limit was reached; `retry_after_s`
    ├── Unavailable              we cannot do it now; `retry_after_s`
    │   └── StorageFull          the disk is full
    ├── FetchError               another server did not give what we asked for
    │   └── FetchRefused         we do not go to that address (private network, scheme, too many hops)
    └── MailError                the mail server did not take a message
        └── MailRefused          and never will

An expected outcome is a return value, not one of these: an exception means that the caller cannot go on.
"""

from collections.abc import Mapping, Sequence


class ColError(Exception):
    """Base of all. `str(error)` is safe to show; `permanent` tells a job not to try again."""

    code = "error"
    status = 500
    permanent = True

    def __init__(self, message: str, /) -> None:
        super().__init__(message)
        self.message = message


class ConfigError(ColError):
    """A setting is wrong. `problems` are whole sentences, one a fault."""

    code = "config"

    def __init__(self, message: str, /, *, problems: Sequence[str] = ()) -> None:
        super().__init__("\n".join([message, *problems]) if problems else message)
        self.problems = tuple(problems)


class PluginError(ColError):
    code = "plugin"


class InvalidInput(ColError):
    """Input that can be read but not used. `fields` maps a dotted path to what is wrong there."""

    code = "invalid"
    status = 422

    def __init__(self, message: str, /, *, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Malformed(InvalidInput):
    code = "malformed"
    status = 400


class NotFound(ColError):
    code = "not-found"
    status = 404


class Gone(ColError):
    code = "gone"
    status = 410


class Unauthenticated(ColError):
    """`challenge` tells a program how to come back (RFC 9110, section 11.6.1)."""

    code = "unauthenticated"
    status = 401

    def __init__(self, message: str, /, *, challenge: str | None = None) -> None:
        super().__init__(message)
        self.challenge = challenge


class Forbidden(ColError):
    code = "forbidden"
    status = 403

    def __init__(self, message: str, /, *, challenge: str | None = None) -> None:
        super().__init__(message)
        self.challenge = challenge


class TooSlow(ColError):
    code = "too-slow"
    status = 408
    permanent = False


class Misdirected(ColError):
    code = "misdirected"
    status = 421


class Conflict(ColError):
    code = "conflict"
    status = 409


class PreconditionFailed(ColError):
    code = "precondition-failed"
    status = 412


class UnsupportedMedia(ColError):
    code = "unsupported-media-type"
    status = 415


class TooManyRequests(ColError):
    code = "too-many-requests"
    status = 429
    permanent = False

    def __init__(self, message: str, /, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(ColError):
    code = "unavailable"
    status = 503
    permanent = False

    def __init__(self, message: str, /, *, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StorageFull(Unavailable):
    code = "storage-full"
    status = 507


class FetchError(ColError):
    """`answered` is the HTTP status that the other server gave, where it gave one; `retry_after_s` how long it asks to
    be left alone, where it says so in seconds.
    """

    answered: int | None = None
    retry_after_s: int | None = None
    code = "fetch"
    status = 502
    permanent = False


class FetchRefused(FetchError):
    code = "fetch-refused"
    permanent = True


class MailError(ColError):
    code = "mail"
    status = 502
    permanent = False


class MailRefused(MailError):
    code = "mail-refused"
    permanent = True
