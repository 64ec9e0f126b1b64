"""Every change to standards: loading files, correcting a target, pairing clauses."""

from tongchuang.standards.services.correcting import CorrectionRefused, correct_measure
from tongchuang.standards.services.files import standard_files
from tongchuang.standards.services.loading import (
    ChangedContent,
    Loaded,
    StillNeeded,
    load_framework,
    load_standards,
)
from tongchuang.standards.services.mapping import (
    MappingRefused,
    Pair,
    give_up_mapping,
    propose_mapping,
    review_mapping,
)

__all__ = [
    "ChangedContent",
    "CorrectionRefused",
    "Loaded",
    "MappingRefused",
    "Pair",
    "StillNeeded",
    "correct_measure",
    "give_up_mapping",
    "load_framework",
    "load_standards",
    "propose_mapping",
    "review_mapping",
    "standard_files",
]
