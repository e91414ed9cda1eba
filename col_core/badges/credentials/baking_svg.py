"""Badges inside SVG pictures: written as Open Badges 3.0 say, read as 2.0 and 3.0 do.

A baked SVG leaves our hands as a picture and nothing else: only elements and attributes of a still drawing are kept,
and no address in it leads out of it. Sources: Open Badges 3.0, section 5.3.2; SVG 2; XML 1.0, section 2.7.
"""

import re
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from col_core.badges.credentials.baking_png import MAX_TEXT_BYTES, BadPicture

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
OLDER_NAMESPACES = ("http://openbadges.org", "https://openbadges.org")
MAX_PICTURE_BYTES = 5_000_000
_MAX_ELEMENTS = 50_000
_MAX_DEPTH = 100
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_BADGES = {f"{{{NAMESPACE}}}credential", *(f"{{{each}}}assertion" for each in OLDER_NAMESPACES)}
# Without what runs, what moves (an animation can change an address), what links, and what brings in HTML.
_ELEMENTS = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "style", "switch", "view",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image",
    "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker",
    "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix",
    "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
    "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
}  # fmt: skip
_KEPT = {f"{{{_SVG}}}{name}" for name in _ELEMENTS}
_STYLE = f"{{{_SVG}}}style"
_HREFS = ("href", f"{{{_XLINK}}}href")
_XML_ATTRIBUTES = (
    "{http://www.w3.org/XML/1998/namespace}space",
    "{http://www.w3.org/XML/1998/namespace}lang",
)
_OWN_ADDRESS = re.compile(r"#[\w.:-]+")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
# What a style may not hold: a way out, a script of old browsers, and escapes that would hide either.
_UNSAFE_STYLE = re.compile(r"@import|@font-face|expression\s*\(|javascript:|-moz-binding|behavior\s*:|\\|<|/\*", re.I)
_ADDRESS_IN_STYLE = re.compile(r"url\s*\(\s*([^)]*)\)?|image(?:-set)?\s*\(|src\s*\(", re.I)
_HERE = "badge-goes-here"

register_namespace("", _SVG)
register_namespace("xlink", _XLINK)
register_namespace("openbadges", NAMESPACE)


def bake(svg: bytes, credential: str) -> bytes:
    """Return `svg` with `credential` (JSON or a compact JWS) in it; one that was in it before is replaced.

    Scripts, events, animations, links and whatever leads out of the picture do not survive. Raises BadPicture.
    """
    drawing = _stripped(svg)
    element = Element(f"{{{NAMESPACE}}}credential")
    is_json = credential.lstrip().startswith("{")
    if is_json:
        element.text = _HERE
    else:
        element.set("verify", credential)
    drawing.insert(0, element)
    text = tostring(drawing, encoding="unicode")
    if is_json:
        escaped = credential.replace("]]>", "]]]]><![CDATA[>")
        text = text.replace(f">{_HERE}</", f"><![CDATA[{escaped}]]></", 1)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()


def bare(svg: bytes) -> bytes:
    """Return `svg` as a still drawing, without a badge in it. Raises BadPicture."""
    return tostring(_stripped(svg), encoding="unicode").encode()


def unbake(svg: bytes) -> str | None:
    """Return the badge in `svg` as it was written, or None where there is none. Raises BadPicture."""
    found = [each for each in _parsed(svg).iter() if each.tag in _BADGES]
    newer = [each for each in found if str(each.tag).startswith(f"{{{NAMESPACE}}}")]
    chosen = newer or found
    if len(chosen) > 1:
        raise BadPicture("two badges in one picture")
    if not chosen:
        return None
    text = (chosen[0].text or "").strip() or chosen[0].get("verify", "").strip()
    if len(text) > MAX_TEXT_BYTES:
        raise BadPicture(f"the badge in it is longer than {MAX_TEXT_BYTES} characters")
    return text or None


def _parsed(svg: bytes) -> Element:
    if len(svg) > MAX_PICTURE_BYTES:
        raise BadPicture(f"longer than {MAX_PICTURE_BYTES} bytes")
    if svg.count(b"<") > _MAX_ELEMENTS * 2:
        raise BadPicture("too many elements")
    try:
        # An outside DTD is named by many drawing programs; it is not loaded, and no entity of it is known.
        drawing: Element = fromstring(svg, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise BadPicture("entities, which no picture needs") from error
    except (ParseError, ValueError, LookupError) as error:
        raise BadPicture("not XML") from error
    if drawing.tag != f"{{{_SVG}}}svg":
        raise BadPicture("not an SVG")
    if _depth_exceeds(drawing):
        raise BadPicture("elements nested too deep")
    return drawing


def _depth_exceeds(drawing: Element) -> bool:
    level = [drawing]
    for _ in range(_MAX_DEPTH):
        level = [child for each in level for child in each]
        if not level:
            return False
    return True


def _stripped(svg: bytes) -> Element:
    drawing = _parsed(svg)
    for parent in [*drawing.iter()]:
        for child in [*parent]:
            if child.tag not in _KEPT or (child.tag == _STYLE and _is_unsafe(child.text or "")):
                parent.remove(child)
        for name in [*parent.attrib]:
            if not _may_stay(name, parent.attrib[name]):
                del parent.attrib[name]
    return drawing


def _may_stay(name: str, value: str) -> bool:
    if name in _HREFS:
        return bool(_OWN_ADDRESS.fullmatch(value.strip()) or _PICTURE.fullmatch(value.strip()))
    if name.startswith("{"):
        return name in _XML_ATTRIBUTES
    return not name.lower().startswith("on") and not _is_unsafe(value)


def _is_unsafe(style: str) -> bool:
    if _UNSAFE_STYLE.search(style):
        return True
    return any(
        match[1] is None or not _OWN_ADDRESS.fullmatch(match[1].strip().strip("\"'").strip())
        for match in _ADDRESS_IN_STYLE.finditer(style)
    )
