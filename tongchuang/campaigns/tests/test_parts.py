"""What each unit beside the lead does, and who may say so."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns import services
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.standards.models import Clause
from tongchuang.standards.tests.make import make_article, make_chapter

pytestmark = pytest.mark.django_db


class Matter:
    """A clause with a lead, one supporting and one joint unit whose parts are written."""

    def __init__(self) -> None:
        self.city = make_unit("示例市", kind=Unit.Kind.CITY)
        self.by: User = make_user(role="hq_director", unit=self.city)
        self.lead, self.aid, self.fellow, self.other = (
            make_unit(name, parent=self.city) for name in ("城管局", "财政局", "住建局", "水务局")
        )
        self.campaign: Campaign = make_campaign(city=self.city)
        self.clause: Clause = make_article(make_chapter(self.campaign.framework))
        self.row = self.assign(parts={self.aid.pk: "落实资金", self.fellow.pk: "改造老旧小区"})

    def assign(self, **fields: object) -> Assignment:
        values = {"lead": self.lead, "helpers": [self.aid], "joint": [self.fellow]}
        values |= {"sponsor": None, "reason": "分工", "by": self.by} | fields
        return services.assign(self.campaign, self.clause, **values)  # type: ignore[arg-type]

    @property
    def parts(self) -> dict[str, str]:
        return {one.unit.name: one.part for one in self.row.helper_rows.select_related("unit")}

    @property
    def address(self) -> str:
        return f"/campaigns/{self.campaign.code}/assignments/{self.clause.code}/"


@pytest.fixture
def matter() -> Matter:
    return Matter()


def test_a_part_can_be_emptied(matter: Matter) -> None:
    matter.assign(parts={matter.aid.pk: ""})
    assert matter.parts == {"财政局": "", "住建局": "改造老旧小区"}


def test_a_unit_ticked_anew_brings_the_form_back_for_its_part(
    matter: Matter, client: Client
) -> None:
    client.force_login(matter.by)
    data = {"lead": matter.lead.pk, "helpers": [matter.other.pk], "reason": "分工"}
    answer = client.post(matter.address, {**data, "version": matter.row.version})
    assert answer.headers["Location"] == matter.address
    assert matter.parts == {"水务局": ""}


def test_a_unit_cannot_write_its_own_part(matter: Matter) -> None:
    head = make_user(role="unit_head", unit=matter.fellow)
    with pytest.raises(PermissionDenied):
        matter.assign(parts={matter.fellow.pk: "无"}, by=head)
    assert matter.parts["住建局"] == "改造老旧小区"
