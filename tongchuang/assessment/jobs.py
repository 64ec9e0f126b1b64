"""Assessment in the background."""

from django.utils.translation import gettext as _
from django_tasks import task

from tongchuang.accounts.models import User
from tongchuang.accounts.services import robot
from tongchuang.assessment.services import compute_snapshot
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.core.jobs import request_job, working
from tongchuang.core.models import Job


def request_assessment(campaigns: list[Campaign], *, by: User) -> Job:
    """Assess these campaigns again for the present month, after a figure came in."""
    codes = [campaign.code for campaign in campaigns]
    return request_job(
        assess_again, title=_("重新自评"), by=by, args={"campaigns": codes}, total=len(codes)
    )


@task()
def assess_again(job_id: int) -> None:
    """Assess one campaign after the other; nothing changes where nothing has changed."""
    with working(job_id) as work:
        if work is None:  # finished already, or in other hands
            return
        at = clock.now()
        for number, code in enumerate(work.args["campaigns"], start=1):
            campaign = Campaign.objects.get(code=code)
            compute_snapshot(campaign, clock.today().strftime("%Y-%m"), at=at, by=robot())
            work.progress(number)
        work.finish(text=_("已按最新数值重新自评。"))
