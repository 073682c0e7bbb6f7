"""A figure's SVG for the page: without what is unused, and without style attributes, which the policy forbids."""

import re
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from markupsafe import Markup

from biasvar.report.spots import Spot

Element = ElementTree.Element
LINK = "{http://www.w3.org/1999/xlink}href"
REFERENCE = re.compile(r"url\(#([^)]+)\)")
DECIMALS = re.compile(r"-?\d+\.\d{3,}")
MEASURED = ("d", "x", "y", "width", "height", "points")
INHERITED = ("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "font-size", "font-family")
DROPPED = ("metadata", "style")
FEWEST = 4
"""A group of at least so many equal strokes or letters gives them their look."""


def inline(svg: str, stem: str, alt: str, spots: Sequence[Spot] = ()) -> Markup:
    """Return a figure's SVG for the page: ids begin with ``stem``, and a reader is told ``alt``.

    Styles become presentation attributes, which a style sheet can override, as it does for dark screens. Coordinates
    are rounded to 0.01 points. ``spots`` are shown on demand.
    """
    root = ElementTree.fromstring(svg)
    cleaned(root)
    used = references(root)
    for element in root.iter():
        shortened(element, stem, used)
    for element in root.iter():
        share_looks(element)
    width, view = root.get("width", ""), root.get("viewBox", "")
    root.attrib.clear()
    role = "group" if spots else "img"
    root.attrib.update({"width": width, "viewBox": view, "role": role, "aria-label": alt})
    if spots:
        root.append(spots_in(spots))
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def cleaned(element: Element) -> None:
    """Strip namespaces, white space, and elements that a page does not need."""
    element.tag = element.tag.rpartition("}")[2]
    for child in list(element):
        name = child.tag.rpartition("}")[2]
        if name in DROPPED:
            element.remove(child)
            continue
        cleaned(child)
        if name in ("g", "defs") and not len(child):
            element.remove(child)
    if element.tag != "text" and not (element.text or "").strip():
        element.text = None
    for child in element:
        if not (child.tail or "").strip():
            child.tail = None


def references(root: Element) -> set[str]:
    """Return the ids that something refers to."""
    found = {element.get(LINK, "")[1:] for element in root.iter("use")}
    for element in root.iter():
        found.update(*map(REFERENCE.findall, element.attrib.values()))
    return found


def shortened(element: Element, stem: str, used: set[str]) -> None:
    """Turn the styles of an element into attributes, round its numbers, and give its ids the prefix."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip():
            element.set(name.strip(), value.strip())
    if (own := element.attrib.pop("id", None)) in used:
        element.set("id", f"{stem}-{own}")
    if (link := element.attrib.pop(LINK, "")).startswith("#"):
        element.set("href", f"#{stem}-{link[1:]}")
    elif link:
        element.set("href", link)
    for name, value in element.attrib.items():
        if name in MEASURED:
            element.set(name, " ".join(DECIMALS.sub(rounded, value).split()))
        elif "url(#" in value:
            element.set(name, REFERENCE.sub(rf"url(#{stem}-\1)", value))


def rounded(match: re.Match) -> str:
    """Return a number with at most two decimals."""
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def share_looks(group: Element) -> None:
    """Give a group the looks that all of its elements share, which they inherit."""
    if group.tag != "g" or len(group) < FEWEST:
        return
    for name in INHERITED:
        values = Counter(child.get(name) for child in group)
        (value, count), *_ = values.most_common(1)
        if value is not None and count == len(group) and group.get(name) is None:
            group.set(name, value)
            for child in group:
                del child.attrib[name]


def spots_in(spots: Sequence[Spot]) -> Element:
    """Return the places of a figure that show their numbers when a pointer or the keyboard reaches them."""
    group = Element("g", {"class": "spots"})
    for spot in spots:
        sizes = {name: f"{getattr(spot, name):.2f}" for name in ("x", "y", "width", "height")}
        place = ElementTree.SubElement(group, "rect", sizes | {"class": "spot", "role": "img", "aria-label": spot.text})
        ElementTree.SubElement(place, "title").text = spot.text
    return group
