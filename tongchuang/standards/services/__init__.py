"""Every change to standards: loading, correcting a target, setting limits, pairing clauses."""

from tongchuang.standards.services.correcting import CorrectionRefused, correct_measure
from tongchuang.standards.services.drafting import (
    DraftRefused,
    discard_draft,
    keep_draft,
    publish_draft,
)
from tongchuang.standards.services.files import standard_files
from tongchuang.standards.services.limiting import (
    SET_LIMITS,
    ClassTerms,
    Ground,
    LimitsRefused,
    StaleLimits,
    check_class_limits,
    set_class_limits,
    set_grade_limits,
    terms_of,
    version_of,
)
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
    "SET_LIMITS",
    "ChangedContent",
    "ClassTerms",
    "CorrectionRefused",
    "DraftRefused",
    "Ground",
    "LimitsRefused",
    "Loaded",
    "MappingRefused",
    "Pair",
    "StaleLimits",
    "StillNeeded",
    "check_class_limits",
    "correct_measure",
    "discard_draft",
    "give_up_mapping",
    "keep_draft",
    "load_framework",
    "load_standards",
    "propose_mapping",
    "publish_draft",
    "refuse_suggestion",
    "review_mapping",
    "set_class_limits",
    "set_grade_limits",
    "standard_files",
    "terms_of",
    "version_of",
]
