"""The two markers of hooks: `hookspec` for the rooms of the core, `hookimpl` for plugins."""

import pluggy

PROJECT = "col"
HOOK_API = 1

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
