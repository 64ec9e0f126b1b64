"""The shape of every kind of file; explained in docs/reference/framework-files.md."""

from django.utils.translation import gettext_lazy as _

from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.rules.reading import (
    Day,
    Flag,
    Items,
    Number,
    Record,
    Shape,
    Table,
    Text,
    Whole,
)

OPS = frozenset({">=", ">", "==", "<=", "<", "trend"})
RULE_KINDS = frozenset(
    {
        "threshold",
        "checklist_rate",
        "veto",
        "manual",
        "ratio",
        "trend",
        "deduction",
        "sample_rate",
        "no_incident",
        "prerequisite",
    }
)
DIRECTIONS = frozenset({"up", "down"})
SEVERITIES = frozenset({"red_line", "major", "minor"})
METHODS = frozenset({"observe", "records", "measure", "ask"})
CONFIDENCES = frozenset({"high", "medium", "low", "product_default"})
STATUSES = frozenset({"in_force", "superseded", "reference"})
GRADES = frozenset("UABCDE")
LIMIT_UNITS = frozenset({"urgent_hour", "work_hour", "work_day", "calendar_day"})
RELATIONS = frozenset(str(relation) for relation in Relation)
RATIONALES = frozenset({"semantic", "functional"})
REUSES = frozenset({"full", "partial", "none"})
LIMIT_PARTS = ("sign_for", "return_window", "make_safe", "fix", "verify")
_UNIT_WORDS = """
    % ‰ 1/10万 个 名 处 起 类 级 天 年 岁 张 人 册 分 元 倍 次/年 小时/日 有/无 指数
    dB(A) ug/m3 mg/m3 ℃ 平方米 平方米/人 公里/万人 个/万人 个/10万人
    吨标准煤/万元 立方米/万元 千克/万元 处/km 只 只/间 只/人·30分钟
"""
UNITS = frozenset(_UNIT_WORDS.split())

WORD = Text(longest=100, empty=False)
LINE = Text(longest=400, empty=False)
PROSE = Text(longest=4000)
NUMBER = Text(longest=20, empty=False)  # as long as the tables hold
TITLE = Text(longest=200, empty=False)
NOTE = Text(longest=300, empty=False)
CONFIDENCE = Text(choices=CONFIDENCES, word=_("可信度"))
OP = Text(choices=OPS, word=_("比较符"))
UNIT = Text(choices=UNITS, word=_("单位"))
STATUS = Text(choices=STATUSES, word=_("状态"))
LINES = Items(LINE)
WORDS = Items(WORD)
HEAD: dict[str, Shape] = {"schema": WORD, "id": WORD, "edition": Text(longest=60, empty=False)}

STEP = Record({"fault": LINE, "points": Number()}, {"most": Number()})
RULE = Record(
    {"kind": Text(choices=RULE_KINDS, word=_("规则类型"))},
    {
        "measure": WORD,
        "pass_line": Number(),
        "gate": WORD,
        "part": WORD,
        "whole": WORD,
        "op": OP,
        "direction": Text(choices=DIRECTIONS, word=_("方向")),
        "years": Whole(2),
        "months": Whole(1),
        "most": Whole(),
        "least": Whole(1),
        "full": Number(),
        "pass_score": Number(),
        "steps": Items(STEP),
        "title": WORD,
        "confidence": CONFIDENCE,
        "note": NOTE,
    },
)
VARIANT = Record({"when": LINE}, {"op": OP, "threshold": Number(), "unit": UNIT, "note": LINE})
MEASURE = Record(
    {"id": WORD, "name": TITLE, "confidence": CONFIDENCE},
    {
        "number": NUMBER,
        "name_en": NOTE,
        "metric": TITLE,
        "unit": UNIT,
        "op": OP,
        "threshold": Number(),
        "threshold_text": WORD,
        "variants": Items(VARIANT),
        "alternative": TITLE,
        "years_reported": Whole(1),
        "base": TITLE,
        "formula": NOTE,
        "responsible": WORDS,
        "unsure": Flag(),
        "note": PROSE,
        "sources": LINES,
    },
)
REQUIREMENT = Record(
    {"id": WORD, "title": TITLE, "text": PROSE, "confidence": CONFIDENCE, "rules": Items(RULE)},
    {
        "parent": WORD,
        "title_en": NOTE,
        "veto": Flag(),
        "evidence": LINES,
        "responsible": WORDS,
        "site_types": WORDS,
        "measures": Items(MEASURE),
        "note": PROSE,
        "sources": LINES,
    },
)
ARTICLE = Record(
    {"id": WORD, "number": NUMBER, "title": TITLE, "requirements": Items(REQUIREMENT)},
    {"number_confidence": CONFIDENCE, "title_en": NOTE, "plain": PROSE, "note": PROSE},
)
CHAPTER = Record(
    {"id": WORD, "number": NUMBER, "title": TITLE},
    {
        "title_en": NOTE,
        "note": PROSE,
        "articles": Items(ARTICLE),
        "requirements": Items(REQUIREMENT),
    },
)
FRAMEWORK = Record(
    {**HEAD, "title": TITLE, "status": STATUS, "chapters": Items(CHAPTER)},
    {
        "title_en": NOTE,
        "issuer": TITLE,
        "document_no": WORD,
        "issued_on": Day(),
        "in_force_on": Day(),
        "superseded_on": Day(),
        "superseded_by": TITLE,
        "ordinal": Whole(),
        "note": PROSE,
        "sources": LINES,
    },
)

ITEM = Record(
    {
        "id": WORD,
        "text": LINE,
        "severity": Text(choices=SEVERITIES, word=_("轻重")),
        "weight": Number(),
    },
    {
        "text_en": LINE,
        "method": Items(Text(choices=METHODS, word=_("检查方法"))),
        "photo_required": Flag(),
        "clauses": WORDS,
    },
)
CHECKLIST = Record(
    {**HEAD, "title": LINE, "ordinal": Whole(), "items": Items(ITEM)},
    {
        "title_en": LINE,
        "lead": WORDS,
        "sample_minimum": Table(WORD),
        "sample_note": LINE,
        "self_check": LINE,
        "confidence": CONFIDENCE,
        "sources": LINES,
    },
)

LIMITS_OF = dict.fromkeys(LIMIT_PARTS, WORD)
GRADE_LIMIT = Record({"grade": Text(choices=GRADES, word=_("等级"))}, {**LIMITS_OF, "note": LINE})
LIMITS = Record({**HEAD, "grades": Items(GRADE_LIMIT)}, {"note": PROSE})

PROBLEM_CLASS = Record(
    {
        "id": WORD,
        "title": WORD,
        "title_en": LINE,
        "grade": Text(choices=GRADES, word=_("等级")),
        "closing": LINE,
        "closing_en": LINE,
        "clauses": WORDS,
    },
    {
        "site_types": WORDS,
        "trade": WORDS,
        "ban_provision": Flag(),
        "limits": Record({}, LIMITS_OF),
    },
)
PROBLEM_GROUP = Record({"title": WORD, "title_en": LINE, "classes": Items(PROBLEM_CLASS)})
PROBLEM_CLASSES = Record({**HEAD, "groups": Items(PROBLEM_GROUP)}, {"note": PROSE})

STATE = Record(
    {"id": WORD, "title": WORD, "actor": WORD, "confidence": CONFIDENCE},
    {
        "title_en": LINE,
        "period_days": Whole(1),
        "period_years": Whole(1),
        "note": PROSE,
        "sources": LINES,
    },
)
GATE = Record(
    {"from": WORD, "to": WORD, "condition": LINE, "confidence": CONFIDENCE},
    {
        "condition_en": LINE,
        "again": Flag(),
        "pass_score": Number(),
        "note": PROSE,
        "sources": LINES,
    },
)
PROCESS = Record(
    {
        **HEAD,
        "framework": WORD,
        "title": LINE,
        "status": STATUS,
        "states": Items(STATE),
        "gates": Items(GATE),
    },
    {
        "title_en": LINE,
        "document_no": WORD,
        "issued_on": Day(),
        "cycle_years": Whole(1),
        "note": PROSE,
        "sources": LINES,
    },
)

LEVEL = Record(
    {"metric": WORD, "unit": UNIT, "confidence": CONFIDENCE},
    {
        "metric_en": LINE,
        "op": OP,
        "a": Number(),
        "b": Number(),
        "c": Number(),
        "note": LINE,
        "sources": LINES,
    },
)
SPECIES = Record({"id": WORD, "title": WORD, "document_no": WORD, "metrics": Items(LEVEL)})
VECTOR_LEVELS = Record({**HEAD, "species": Items(SPECIES)}, {"note": PROSE})

PAIR = Record(
    {
        "id": Text(longest=40, empty=False),
        "source": WORD,
        "target": WORD,
        "relation": Text(choices=RELATIONS, word=_("关系")),
        "strength": Whole(1),
        "rationale": Text(choices=RATIONALES, word=_("理由类型")),
        "reuse": Text(choices=REUSES, word=_("材料复用")),
        "reason": LINE,
        "confidence": CONFIDENCE,
    },
    {
        "source_measure": WORD,
        "target_measure": WORD,
        "same_quantity": Flag(),
        "tension": Text(longest=300, empty=False),
        "source_window": Whole(1),
        "target_window": Whole(1),
    },
)
CROSSWALK = Record(
    {
        **HEAD,
        "title": LINE,
        "author": Text(longest=60, empty=False),
        "made_on": Day(),
        "pairs": Items(PAIR),
    },
    {"title_en": LINE, "note": PROSE},
)

SHAPES = {
    "tongchuang/checklist/1": CHECKLIST,
    "tongchuang/crosswalk/1": CROSSWALK,
    "tongchuang/framework/1": FRAMEWORK,
    "tongchuang/limits/1": LIMITS,
    "tongchuang/problem-classes/1": PROBLEM_CLASSES,
    "tongchuang/process/1": PROCESS,
    "tongchuang/vector-levels/1": VECTOR_LEVELS,
}
