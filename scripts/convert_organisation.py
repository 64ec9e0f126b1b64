"""Turn the collected facts about the command structure into data/organisation/template.yaml.

    python scripts/convert_organisation.py SOURCE_FILE

Running it twice gives the same file. Short names are our own.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "data" / "organisation" / "template.yaml"
HEADER = """\
# The command structure of a county-level city that runs a campaign. The city is fictional.
# Made by scripts/convert_organisation.py; loaded by `tongchuang load_organisation`.
#
# units: one row a unit, parents before children. A unit bears the name whose days cover the day.
#   leads, helps: chapters of the 2021 standard that the unit leads or helps with.
# lead_of: clause families whose lead is not the lead of their chapter.
# responsibility: who answers for a kind of place beside the territory (trade and property).
# The reform of local bodies was carried out by units on different days around the turn of
# 2018/2019; 2019-01-01 stands for all of them.
"""
REFORM = date(2019, 1, 1)
Facts = dict[str, Any]
KINDS = {"dept": "department", "institution": "institution", "mass": "mass",
         "enterprise": "enterprise", "zone": "zone"}  # fmt: skip
SHORT = {
    "市政府办公室": "市政府办",
    "市委督查室/市政府督办室/目标办": "督查督办室",
    "市委宣传部（文明办）": "宣传部",
    "市委组织部": "组织部",
    "市委编办": "编办",
    "纪委监委": "纪委监委",
    "市直机关工委": "机关工委",
    "卫生健康委员会（爱卫办）": "卫健委",
    "卫生和计划生育委员会": "卫计委",
    "发展和改革委员会": "发改委",
    "教育体育局": "教体局",
    "教育局/体育局": "教育局",
    "科技/工业和信息化局": "科工局",
    "经济和信息化委员会": "经信委",
    "公安局（交警）": "公安局",
    "生态环境分局": "环境分局",
    "环境保护局": "环保局",
    "住房和城乡建设局（房产物业）": "住建局",
    "城市管理综合执法局（环卫）": "城管局",
    "城市管理行政执法局": "城管执法局",
    "市场监督管理局": "市监局",
    "食品药品监督管理局/工商局/质监局": "食药监局",
    "农业农村局": "农业农村局",
    "农业委员会": "农委",
    "交通运输局（客运站）": "交通局",
    "文化和旅游局": "文旅局",
    "文广新局/旅游局": "文广新局",
    "自然资源和规划局": "自然资源局",
    "国土资源局/规划局": "国土局",
    "林业局（园林）": "林业局",
    "人力资源和社会保障局": "人社局",
    "应急管理局": "应急局",
    "安全生产监督管理局": "安监局",
    "数据资源管理局（12345）": "数据局",
    "信访局/行政服务中心": "信访局",
    "疾病预防控制中心": "疾控中心",
    "市人民医院及医疗机构": "市医院",
    "供电/通信/燃气企业": "供电通信燃气",
    "经济开发区管委会": "开发区",
    "创卫指挥部办公室": "创卫办",
    "创卫指挥部": "指挥部",
}


def main() -> None:
    facts = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = yaml.safe_dump(converted(facts), allow_unicode=True, sort_keys=False, width=100)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(HEADER + text, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: written")


def converted(facts: Facts) -> Facts:
    """The whole template in our own schema."""
    return {
        "id": facts["meta"]["level"].replace("_", "-"),
        "comparison_groups": facts["comparison_groups"],
        "chapters": {key: chapter["zh"] for key, chapter in facts["chapters"].items()},
        "chapters_2014": {
            key: {"title": chapter["zh"], "becomes": chapter["to"]}
            for key, chapter in facts["chapters_2014"].items()
        },
        "units": [*_top(facts), *_groups(facts), *_bodies(facts), *_territories(facts)],
        "lead_of": facts["special_leads"],
        "responsibility": _responsibility(facts["responsibility_rules"]),
    }


def _top(facts: Facts) -> list[Facts]:
    city = str(facts["meta"]["code"])
    office = facts["headquarters"]["office"]
    return [
        _unit(city[:2], None, "province", "示例省"),
        _unit(city, city[:2], "city", facts["meta"]["city"]),
        _unit("HQ", city, "headquarters", office["name"].removesuffix("办公室")),
        _unit("HQ-OFFICE", "HQ", "office", office["name"]) | {"duty": "、".join(office["desks"])},
    ]


def _groups(facts: Facts) -> list[Facts]:
    return [
        _unit(group["id"], "HQ", "group", group["zh"])
        | {"lead_unit": group["lead_unit"], "leads": group["chapters"]}
        for group in facts["groups"]
    ]


def _bodies(facts: Facts) -> list[Facts]:
    return [_body(row, str(facts["meta"]["code"])) for row in facts["units"]]


def _body(row: Facts, city: str) -> Facts:
    unit = _unit(row["id"], row.get("parent", city), KINDS[row["kind"]], row["zh"])
    if "name_2015" in row:
        old = _name(row["name_2015"]) | {"until": date.fromordinal(REFORM.toordinal() - 1)}
        unit["names"] = [old, {**unit["names"][0], "from": REFORM}]
    unit["group"] = row["group_rank"]
    unit["scored"] = row.get("scored", True)
    return unit | {
        ours: row[theirs]
        for ours, theirs in (("duty", "duty"), ("leads", "lead"), ("helps", "co"))
        if row.get(theirs)
    }


def _territories(facts: Facts) -> list[Facts]:
    city, units = str(facts["meta"]["code"]), []
    for kind, rows in (("street", "streets"), ("town", "towns")):
        for row in facts["territories"][rows]:
            top = _unit(row["id"], city, kind, row["zh"]) | {"group": "town", "scored": True}
            units.append(top)
            for number, name in enumerate(row["communities"], 1):
                below = "village" if name.endswith("村") else "community"
                units.append(_unit(f"{row['id']}-{number:02}", row["id"], below, name))
    return units


def _responsibility(rules: Facts) -> Facts:
    return {
        place: rule | {"trade": _list(rule["trade"])} if "trade" in rule else rule
        for place, rule in rules.items()
    }


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _unit(code: str, parent: str | None, kind: str, name: str) -> Facts:
    return {"code": code, "parent": parent, "kind": kind, "names": [_name(name)]}


def _name(name: str) -> Facts:
    name = name.replace("(", "（").replace(")", "）")
    return {"name": name} | ({"short": SHORT[name]} if SHORT.get(name, name) != name else {})


if __name__ == "__main__":
    main()
