"""Designs: which sources of variance vary, and how. A new design is one file and one entry in ``DESIGNS``.

Each gives ``sources``, the names of the leading axes of a cell's predictions; ``sizes``, their lengths; and ``draws``,
what each member of a cell draws of the sources that are active there, in C order of those axes. Both take the number
of replicates that the study asks for.
"""

from biasvar.study.designs.crossed import Crossed
from biasvar.study.designs.joint import Joint

DESIGNS = {design.kind: design for design in (Joint, Crossed)}
