"""Designs: which sources of randomness vary, and how. A new design is one file and one entry in ``DESIGNS``.

Each gives ``sources``, the names of the leading axes of a cell's predictions; ``sizes``, their lengths; and ``draws``,
what each member of a cell draws, in C order of those axes.
"""

from biasvar.study.designs.crossed import Crossed
from biasvar.study.designs.joint import Joint
from biasvar.study.designs.sources import fixed_sources, inactive_source

DESIGNS = {design.kind: design for design in (Joint, Crossed)}

__all__ = ["DESIGNS", "fixed_sources", "inactive_source"]
