"""Issuing plugin `vc_api`: badges that an outside service signs, such as a country's own."""

from marshmallow import fields, validate

from col_core.plugin import BadgeIssuer, City, ConfigSchemas, PluginSchema, hookimpl
from col_plugin_vc_api.issuer import OutsideService
from col_plugin_vc_api.service import Service


class Settings(PluginSchema):
    """The table `[plugins.vc_api]`."""

    url = fields.URL(
        required=True,
        schemes={"https", "http"},
        require_tld=False,
        metadata={"description": "The issuer instance of the service, without /credentials/issue."},
    )
    issuer = fields.String(
        required=True,
        validate=validate.Regexp(r"did:(key|jwk|web):\S+", error="Must be a did:key, did:jwk or did:web"),
        metadata={"description": "The DID under which that instance signs."},
    )
    token = fields.String(
        load_default="", metadata={"description": "Bearer token of the service; write ${NAME} and keep it outside."}
    )
    at_once = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether an award waits for the service, and fails where it does not answer."},
    )


@hookimpl
def col_config_schema() -> ConfigSchemas:
    return ConfigSchemas(settings=Settings)


@hookimpl
def col_badge_issuers(city: City) -> list[BadgeIssuer]:
    settings = city.settings
    service = Service(city, url=settings["url"], token=settings["token"])
    return [OutsideService(city, service, issuer=settings["issuer"], at_once=settings["at_once"])]
