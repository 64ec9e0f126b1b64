"""What the product ships: counts, links, and that it loads twice without change."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from tongchuang.core.worktime import Limit, LimitUnit
from tongchuang.standards import queries, services
from tongchuang.standards.models import (
    ChecklistItem,
    Clause,
    Framework,
    GradeLimit,
    Measure,
    ProblemClass,
    Process,
    Rule,
    SiteType,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]
DAY = date(2016, 3, 8)


@pytest.mark.parametrize(
    ("code", "levels", "measures"),
    [("nsc2014", (8, 40, 92), 37), ("nsc2021", (7, 45, 90), 56)],
)
def test_both_editions_are_whole(code: str, levels: tuple[int, ...], measures: int) -> None:
    counts = queries.tree_counts(queries.clause_tree(Framework.objects.get(code=code)))
    assert (counts.chapters, counts.articles, counts.requirements) == levels
    assert counts.measures == measures


def test_site_types_items_and_classes_are_all_there() -> None:
    assert (SiteType.objects.count(), ChecklistItem.objects.count()) == (46, 613)
    assert (ProblemClass.objects.count(), GradeLimit.objects.count()) == (90, 6)
    assert Process.objects.count() == 2


def test_what_the_source_flags_is_unsure() -> None:
    framework = Framework.objects.get(code="nsc2021")
    unsure = queries.unsure_list(framework)
    assert (len(unsure), sum(not measure.target for measure in unsure)) == (19, 3)


def test_every_requirement_has_a_rule_and_every_article_an_explanation() -> None:
    national = Clause.objects.filter(framework__code__startswith="nsc")
    assert not national.filter(level="requirement", rules=None).exists()
    assert not national.filter(level="article", plain="").exists()


def test_the_document_gate_of_2014_is_a_veto() -> None:
    vetoes = Rule.objects.filter(kind="veto", clause__framework__code="nsc2014")
    assert set(vetoes.values_list("clause__code", flat=True)) == set(
        Clause.objects.filter(veto=True, framework__code="nsc2014").values_list("code", flat=True)
    )
    assert vetoes.count() == 15


def test_every_threshold_has_a_number_to_compare_with() -> None:
    codes = {rule.params["measure"] for rule in Rule.objects.filter(kind="threshold")}
    assert not Measure.objects.filter(code__in=codes, threshold=None).exists()


def test_every_site_type_has_problems_that_belong_to_both_editions() -> None:
    assert not SiteType.objects.filter(problem_classes=None).exists()
    for code in ("nsc2014", "nsc2021"):
        with_it = ProblemClass.objects.filter(clauses__framework__code=code).distinct()
        assert with_it.count() == ProblemClass.objects.count()


def test_limits_follow_grade_and_class() -> None:
    from_grade = queries.limits_of(ProblemClass.objects.get(code="dust"), on=DAY)
    own = queries.limits_of(ProblemClass.objects.get(code="exposed_rubbish"), on=DAY)
    assert from_grade.sign_for == own.sign_for
    assert from_grade.fix == Limit(Decimal(3), LimitUnit.CALENDAR_DAY)
    assert own.fix == Limit(Decimal(1), LimitUnit.CALENDAR_DAY)


def test_loading_again_says_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_standards")
    assert capsys.readouterr().out.endswith("没有变化。\n")


def test_the_command_fails_in_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("x") / "broken.yaml"
    path.write_text("schema: other\n", encoding="utf-8")
    with pytest.raises(CommandError, match="schema"):
        call_command("load_standards", str(path))


def test_a_folder_is_all_its_files() -> None:
    folder = services.standard_files()[0].parent
    assert len(services.standard_files([folder])) == 46
