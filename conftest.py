"""For every test of the repository: an example of a property test is slow after two seconds, also on a busy machine."""

from hypothesis import settings

settings.register_profile("house", deadline=2_000)
settings.load_profile("house")
