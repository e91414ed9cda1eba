"""The one error that reading a credential, a key or a document of an issuer raises."""


class Unreadable(Exception):
    """Something is not what it says it is, or more than we take.

    `reason` is a word that stays the same (`json`, `context`, `key` …); `message` says in English what was found, for
    logs and for whoever signs.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
