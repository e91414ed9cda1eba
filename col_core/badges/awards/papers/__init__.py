"""Badges and codes on paper: PDF by typst, to which everything that is said goes in as data and never as markup."""

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import segno
import typst


def qr_svg(text: str) -> str:
    """Return a QR code as SVG; error correction M survives a crease."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True, scale=4)
    return out.getvalue().decode()


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the paper `template` filled with `data` as PDF."""
    made: bytes = typst.compile(_template(template), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    return made


@cache
def _template(name: str) -> bytes:
    return files(__package__).joinpath(f"{name}.typ").read_bytes()
