"""A breakdown table of the provincial re-evaluation, uploaded and not yet confirmed."""

from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile

from tongchuang.campaigns.breakdown.drafts import keep_upload
from tongchuang.core import clock
from tongchuang.core.tabular import Column, Sheet
from tongchuang.demo.city import City

_NAME: Final = "省级复审整改任务分解表.xlsx"
_HEAD: Final = (
    "序号",
    "标准要求",
    "工作任务",
    "牵头领导",
    "牵头单位",
    "责任单位",
    "完成时限",
    "备注",
)
# As offices write them: short and former names, groups, words without a unit, dates without a year.
_ROWS: Final = (
    (
        "城市公厕",
        "改造城北老公厕6座，配齐洗手设施",
        "周副市长",
        "市城管局",
        "市住建局、各街道",
        "2016年4月底前",
    ),
    (
        "农贸市场",
        "城南市场三防设施维修",
        "",
        "市场监管局",
        "城南农贸市场管理公司、卫计委",
        "2016年3月20日",
    ),
    ("背街小巷", "硬化背街小巷15条", "郑副市长", "住房城乡建设局", "各街道、市财政局", "6月底前"),
    ("健康教育", "更新宣传栏80块", "", "市爱卫办", "宣传部、各乡镇、街道", "每月"),
    ("食品安全", "小餐饮持证上岗检查", "", "食药监局", "县直有关部门", "长期坚持"),
    ("生活饮用水", "清洗二次供水水箱", "", "市自来水公司、水务局", "疾控中心", "2016年5月31日前"),
    ("河道", "清理护城河漂浮物", "", "", "水务局、环保局、城东街道", "2016年3月底前"),
    ("工地", "补建围挡1200米", "", "建设局", "交通运输局", ""),
)


@dataclass(frozen=True, slots=True)
class _Line:
    cells: tuple[str, ...]


def _sheet() -> Sheet[_Line]:
    def column(place: int) -> Column[_Line]:
        return Column(_HEAD[place], lambda line: line.cells[place])

    return Sheet("分解表", [column(place) for place in range(len(_HEAD))])


def upload(city: City) -> None:
    """Upload the table under the office's director; it waits for somebody to look it over."""
    lines = [_Line((str(n), *row, "")) for n, row in enumerate(_ROWS, start=1)]
    file = ContentFile(_sheet().export(lines), name=_NAME)
    keep_upload(city.campaign(), file, by=city.people["fangyuan"], at=clock.now())
