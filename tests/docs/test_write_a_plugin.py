"""The tutorial for authors of plugins, done as it is written."""


def test_whoever_follows_the_tutorial_has_a_plugin_that_works(walk):
    walk.follow("write-a-plugin.md")
