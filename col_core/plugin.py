"""The door for plugins: everything that a plugin or a city may use of the core, and nothing else.

A name that stands here keeps its meaning within one `HOOK_API`.
"""

from col_core.badges.hooks import BadgeIssuer, SignedCredential
from col_core.base.decoding import decoded, is_encoding
from col_core.base.errors import ColError, ConfigError, FetchError, FetchRefused, InvalidInput, PluginError
from col_core.base.html import clean_html, plain_line, plain_text
from col_core.base.jobs import Job, Periodic
from col_core.base.languages import Language
from col_core.base.outbox import Event
from col_core.base.settings import Bounds, Point, SourceConfig
from col_core.catalogue.hooks import MapLayer, OpportunityFormat, OpportunitySource, SearchIndex
from col_core.catalogue.records import (
    Access,
    Ages,
    Category,
    Concession,
    Contact,
    Draft,
    Fetched,
    Finding,
    Format,
    Host,
    Image,
    Occurrence,
    Opportunity,
    OpportunityType,
    Override,
    Place,
    Price,
    RawItem,
    Reach,
    Registration,
    RegistrationMode,
    Rejected,
    Schedule,
    Severity,
    Signal,
    Skill,
    Status,
)
from col_core.hooks.city import City, Loaded
from col_core.hooks.hooks import Command, ConfigSchemas, Operations, PluginSchema
from col_core.hooks.markers import HOOK_API, hookimpl
from col_core.web.hooks import Block, MenuEntry, WebParts

__all__ = [
    "HOOK_API",
    "Access",
    "Ages",
    "BadgeIssuer",
    "Block",
    "Bounds",
    "Category",
    "City",
    "ColError",
    "Command",
    "Concession",
    "ConfigError",
    "ConfigSchemas",
    "Contact",
    "Draft",
    "Event",
    "FetchError",
    "FetchRefused",
    "Fetched",
    "Finding",
    "Format",
    "Host",
    "Image",
    "InvalidInput",
    "Job",
    "Language",
    "Loaded",
    "MapLayer",
    "MenuEntry",
    "Occurrence",
    "Operations",
    "Opportunity",
    "OpportunityFormat",
    "OpportunitySource",
    "OpportunityType",
    "Override",
    "Periodic",
    "Place",
    "PluginError",
    "PluginSchema",
    "Point",
    "Price",
    "RawItem",
    "Reach",
    "Registration",
    "RegistrationMode",
    "Rejected",
    "Schedule",
    "SearchIndex",
    "Severity",
    "Signal",
    "SignedCredential",
    "Skill",
    "SourceConfig",
    "Status",
    "WebParts",
    "clean_html",
    "decoded",
    "hookimpl",
    "is_encoding",
    "plain_line",
    "plain_text",
]
