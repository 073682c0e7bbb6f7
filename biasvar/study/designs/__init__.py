"""Designs: which sources of variance vary, and how. A new design is one file and one entry in ``DESIGNS``.

Each defines ``sources``, the names of the leading axes of a cell's predictions; ``sizes``, their lengths; and
``draws``, the draws of each member of a cell, for the sources that are active there, in C order of those axes. The last
two take the number of replicates that the study asks for.
"""

from biasvar.family import Family

DESIGNS = Family(
    {
        "joint": "biasvar.study.designs.joint:Joint",
        "crossed": "biasvar.study.designs.crossed:Crossed",
        "nested": "biasvar.study.designs.nested:Nested",
    }
)
