"""Which words head which column of a breakdown table; the same words label a bracket.

Arithmetic without Django. Source of the words: published breakdown tables, digest practice §2.
"""

import re
from typing import Final

# Fields of a row. `units` is 责任单位: helpers beside a lead, else lead and helpers in one list.
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("序号", "编号", "项目编号", "任务编号"),
    "chapter": ("章", "类别", "大项", "一级指标", "项目", "板块"),
    "code": ("条款代码", "指标代码", "条款编号", "标准条款", "对应条款"),
    "clause": ("条款", "指标名称", "指标", "二级指标", "标准", "测评项目", "测评指标"),
    "content": (
        "指标内容",
        "标准内容",
        "标准要求",
        "指标要求",
        "工作标准",
        "测评标准",
        "目标要求",
        "三级指标",
        "考核标准",
        "测评内容",
    ),
    "task": (
        "工作任务",
        "任务",
        "主要任务",
        "重点任务",
        "任务内容",
        "工作内容",
        "主要工作",
        "工作任务及要求",
        "具体任务",
        "任务分解",
        "工作措施",
        "整改措施",
        "任务名称",
        "具体措施",
    ),
    "sponsor": (
        "牵头领导",
        "责任领导",
        "分管领导",
        "包保领导",
        "市级领导",
        "县级领导",
        "挂点领导",
        "市领导",
        "责任市领导",
        "牵头市领导",
    ),
    "lead": (
        "牵头单位",
        "牵头部门",
        "牵头责任单位",
        "责任牵头单位",
        "主办单位",
        "主责单位",
        "主要责任单位",
        "第一责任单位",
        "牵头",
        "牵头(责任)单位",
    ),
    "units": ("责任单位", "责任部门", "责任科室", "责任科室(单位)", "责任主体", "承办单位"),
    "helpers": (
        "配合单位",
        "配合部门",
        "协办单位",
        "参与单位",
        "协作单位",
        "参加单位",
        "协助单位",
        "协同单位",
        "配合责任单位",
        "责任(配合)单位",
        "责任/配合单位",
        "成员单位",
    ),
    "territory": ("属地", "属地单位", "属地责任单位", "责任区域", "责任乡镇", "责任街道"),
    "amount": ("目标量", "数量", "任务量", "工作量", "目标数"),
    "measure": ("计量单位", "单位", "数量单位"),
    "starts": ("开始", "开始时间", "开始日期", "启动时间"),
    "limit": (
        "完成时限",
        "完成时间",
        "时限",
        "时限要求",
        "办结时限",
        "完成日期",
        "整改时限",
        "时间节点",
        "进度安排",
        "截止时间",
        "完成期限",
        "时间要求",
    ),
    "evidence": ("佐证材料", "印证材料", "档案资料", "证明材料", "资料要求"),
    "note": ("备注", "说明"),
}
# What is read for the person who looks, and written nowhere.
SHOWN_ONLY: Final = frozenset({"chapter", "evidence", "note"})
FIELD_OF: Final = {word: field for field, words in SYNONYMS.items() for word in words}
_LABELLED: Final = ("sponsor", "lead", "units", "helpers", "territory", "limit")
# The longer word first, so that 牵头责任单位 is not read as 责任单位.
LABELS: Final = sorted((w for f in _LABELLED for w in SYNONYMS[f]), key=len, reverse=True)
LABEL: Final = re.compile(
    r"(?P<word>" + "|".join(map(re.escape, LABELS)) + r")\s*[:：]", re.MULTILINE
)
