"""Every deprecation of the hook interface, with its message, in one place.

A hook or argument that goes away first warns for two releases: the specification carries
`warn_on_impl=<message>` or `warn_on_impl_args={"argument": <message>}` from here.
"""


def leaving(what: str, *, instead: str, removed_in: str) -> DeprecationWarning:
    """Return the warning for a hook or argument that is removed in version `removed_in`."""
    return DeprecationWarning(f"{what} is deprecated and goes away in {removed_in}: {instead}")
