"""Forms that people send: from where they may come, how often, and what is said beside a field that is not right.

No cookie and no script is needed. A form that another site sends in a visitor's name is known by what every browser
says of where a request comes from (`Sec-Fetch-Site`, and `Origin` in older ones).
"""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from flask import Request
from marshmallow import ValidationError, validate

from col_core.base.errors import Forbidden
from col_core.base.i18n import Translator
from col_core.base.ratelimit import RateLimiter
from col_core.base.strict_json import text_fault
from col_core.web.read_limits import network

# A field that no person sees; what fills it in is a program.
TRAP = "website"
LONGEST_EMAIL = 254
_HOUR_S = 3600
_is_email = validate.Email()


class Form:
    """What somebody sent. Reading a field notes what is wrong with it in `errors`, in the words of `words`.

    `values` keeps what was typed, to show it again.
    """

    def __init__(self, sent: Mapping[str, str], words: Translator) -> None:
        self._sent, self._words = sent, words
        self.values: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    @property
    def is_trapped(self) -> bool:
        """Whether a program filled it in."""
        return bool(self._sent.get(TRAP))

    def text(self, name: str, *, longest: int, required: bool = False) -> str:
        """Return the text in the field `name`, without blanks around it."""
        value = self._value(name)
        if text_fault(value) is not None:
            self.values[name] = value = "".join(each for each in value if text_fault(each) is None)
            self.errors[name] = self._words.gettext("This holds characters that cannot be kept. We took them out.")
        elif required and not value:
            self.errors[name] = self._words.gettext("Please fill this in.")
        elif len(value) > longest:
            self.errors[name] = self._words.gettext(
                "This is %(length)s characters long; at most %(longest)s fit. Please shorten it.",
                length=self._words.number(len(value)),
                longest=self._words.number(longest),
            )
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        """Return which of `choices` the field `name` holds."""
        value = self._value(name)
        if value not in choices:
            self.values[name] = ""
            self.errors[name] = self._words.gettext("Please choose one.")
        return value

    def email(self, name: str, *, required: bool = False) -> str | None:
        """Return the e-mail address in the field `name`; None where it is left out."""
        value = self.text(name, longest=LONGEST_EMAIL, required=required)
        if value and name not in self.errors:
            try:
                _is_email(value)
            except ValidationError:
                self.errors[name] = self._words.gettext("This is not a whole e-mail address, such as name@example.org.")
        return value or None

    def _value(self, name: str) -> str:
        value = self._sent.get(name, "").replace("\r\n", "\n").strip()
        self.values[name] = value
        return value


def refuse_foreign(request: Request, *, base_url: str) -> None:
    """Let a form through that comes from a page of this site. Raises Forbidden for one of another site.

    What says nothing of where it comes from is no browser that somebody could be tricked with.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        own = site in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin")
        own = origin is None or origin == _origin(base_url) or urlsplit(origin).netloc == request.host
    if not own:
        raise Forbidden("This form was sent from another site. Open the page here and send it again.")


def count_form(request: Request, limiter: RateLimiter, *, per_hour: int) -> None:
    """Count a form against the visitor's network address. Raises TooManyRequests."""
    limiter.hit(f"form:{network(request.remote_addr)}", limit=per_hour, window_s=_HOUR_S)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
