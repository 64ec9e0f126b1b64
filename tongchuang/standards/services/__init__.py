"""Every change to standards: loading files, correcting a target."""

from tongchuang.standards.services.correcting import CorrectionRefused, correct_measure
from tongchuang.standards.services.files import standard_files
from tongchuang.standards.services.loading import (
    ChangedContent,
    Loaded,
    StillNeeded,
    load_framework,
    load_standards,
)

__all__ = [
    "ChangedContent",
    "CorrectionRefused",
    "Loaded",
    "StillNeeded",
    "correct_measure",
    "load_framework",
    "load_standards",
    "standard_files",
]
