"""Frameworks as data: clauses, measures, rules, site types, problem classes, procedures."""

from tongchuang.standards.models.checklists import ChecklistItem, SiteType
from tongchuang.standards.models.crosswalk import Mapping, MappingQuerySet, Unpaired
from tongchuang.standards.models.drafts import Draft
from tongchuang.standards.models.frameworks import Clause, Correction, Framework, Measure, Rule
from tongchuang.standards.models.problems import Grade, GradeLimit, LimitChange, ProblemClass
from tongchuang.standards.models.processes import (
    DataFile,
    Process,
    ProcessGate,
    ProcessState,
    VectorLevel,
)
from tongchuang.standards.models.wording import Confidence, in_language

__all__ = [
    "ChecklistItem",
    "Clause",
    "Confidence",
    "Correction",
    "DataFile",
    "Draft",
    "Framework",
    "Grade",
    "GradeLimit",
    "LimitChange",
    "Mapping",
    "MappingQuerySet",
    "Measure",
    "ProblemClass",
    "Process",
    "ProcessGate",
    "ProcessState",
    "Rule",
    "SiteType",
    "Unpaired",
    "VectorLevel",
    "in_language",
]
