"""What the page makes of a figure's SVG looks the same, without style attributes and unused ids."""

from xml.etree import ElementTree

from biasvar.report.page.svg import inline
from biasvar.report.spots import Spot

SVG = """<?xml version="1.0"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg" width="100pt" viewBox="0 0 100 50">
 <metadata>who</metadata>
 <defs><style type="text/css">*{stroke-linecap: butt}</style></defs>
 <g id="figure_1"><defs><path id="m1" d="M 0.123456 -1.999999
L 2 3" style="stroke: #0072b2"/></defs>
 <g clip-path="url(#p1)">
  <use xlink:href="#m1" x="1" y="2" style="fill: #d55e00; fill-opacity: 0.4"/>
  <use xlink:href="#m1" x="2" y="2" style="fill: #d55e00; fill-opacity: 0.4"/>
  <use xlink:href="#m1" x="3" y="2" style="fill: #d55e00; fill-opacity: 0.4"/>
  <use xlink:href="#m1" x="4" y="2" style="fill: #d55e00; fill-opacity: 0.5"/>
 </g></g>
 <text id="t" style="font-size: 8px; fill: #222222">a &lt; b  c</text>
 <defs><clipPath id="p1"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>
</svg>"""


def test_styles_become_attributes_and_only_ids_that_are_used_stay():
    root = ElementTree.fromstring(inline(SVG, "u", 'a "curve"'))
    assert all("style" not in one.attrib for one in root.iter())
    assert {one.get("id") for one in root.iter()} - {None} == {"u-m1", "u-p1"}
    assert {one.get("href") for one in root.iter("use")} == {"#u-m1"}
    assert root.get("aria-label") == 'a "curve"' and root.get("role") == "img"
    assert not list(root.iter("style")) and not list(root.iter("metadata"))
    assert root.find(".//path").get("d") == "M 0.12 -2 L 2 3"
    assert root.find(".//text").text == "a < b  c" and root.find(".//text").get("font-size") == "8px"


def test_a_group_has_the_looks_that_all_in_it_share():
    group = next(one for one in ElementTree.fromstring(inline(SVG, "u", "")).iter("g") if one.get("clip-path"))
    assert group.get("clip-path") == "url(#u-p1)" and group.get("fill") == "#d55e00"
    assert [one.get("fill-opacity") for one in group] == ["0.4", "0.4", "0.4", "0.5"]


def test_spots_have_their_numbers_as_text():
    root = ElementTree.fromstring(inline(SVG, "u", "", [Spot(1, 2, 3, 4, "p = <5>\nrisk: 1")]))
    spot = root.find(".//*[@class='spot']")
    assert root.get("role") == "group" and spot.get("aria-label") == "p = <5>\nrisk: 1"
    assert (spot.get("x"), spot.get("height")) == ("1.00", "4.00") and spot.find("title").text.startswith("p = <5>")
