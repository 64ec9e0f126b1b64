"""Every change to standards: loading files, correcting a target, pairing clauses."""

from tongchuang.standards.services.correcting import CorrectionRefused, correct_measure
from tongchuang.standards.services.drafting import (
    DraftRefused,
    discard_draft,
    keep_draft,
    publish_draft,
)
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
    refuse_suggestion,
    review_mapping,
)

__all__ = [
    "ChangedContent",
    "CorrectionRefused",
    "DraftRefused",
    "Loaded",
    "MappingRefused",
    "Pair",
    "StillNeeded",
    "correct_measure",
    "discard_draft",
    "give_up_mapping",
    "keep_draft",
    "load_framework",
    "load_standards",
    "propose_mapping",
    "refuse_suggestion",
    "publish_draft",
    "review_mapping",
    "standard_files",
]
