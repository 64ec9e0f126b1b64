"""Write checked files into tables. Rows keep their keys from edition to edition."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F, Model

from tongchuang.standards.models import (
    ChecklistItem,
    Clause,
    Correction,
    Framework,
    GradeLimit,
    Mapping,
    Measure,
    ProblemClass,
    Process,
    ProcessGate,
    ProcessState,
    Rule,
    SiteType,
    VectorLevel,
)
from tongchuang.standards.rules.checks import PARAM_KEYS, ClauseRow, clause_paths, clause_rows
from tongchuang.standards.rules.difference import digest
from tongchuang.standards.rules.reading import Document
from tongchuang.standards.rules.shapes import LIMIT_PARTS

Content = dict[str, Any]
Coded = TypeVar("Coded", Clause, Mapping, Measure, ChecklistItem, ProblemClass)
_ASIDE = 1_000_000  # room for ordinals while they move
_DEFAULT = "medium"
CORRECTABLE = ("op", "threshold", "threshold_text", "unsure", "version")


def write_site_type(document: Document, at: datetime) -> None:
    """The site type of a checklist file; its items come when the clauses are there."""
    content = document.content
    SiteType.objects.update_or_create(
        code=content["id"],
        defaults={
            "title": content["title"],
            "title_en": content.get("title_en", ""),
            "ordinal": content["ordinal"],
            "lead_hint": content.get("lead", []),
            "sample_minimum": content.get("sample_minimum", {}),
            "sample_note": content.get("sample_note", ""),
            "self_check": content.get("self_check", ""),
            "confidence": content.get("confidence", _DEFAULT),
            "sources": content.get("sources", []),
        },
    )


def write_items(document: Document, at: datetime) -> None:
    """The items of a checklist; those that are gone go out of use, answers keep them."""
    site_type = SiteType.objects.get(code=document.content["id"])
    facts = document.content["items"]
    rows = _upsert(
        ChecklistItem, [_item(site_type, place, row) for place, row in enumerate(facts, 1)]
    )
    site_type.items.exclude(code__in=rows).update(active=False)
    _link(
        ChecklistItem.clauses.through,
        ("checklistitem_id", "clause_id"),
        rows,
        {row["id"]: row.get("clauses", []) for row in facts},
        _keys(Clause),
    )


def _item(site_type: SiteType, place: int, facts: Content) -> ChecklistItem:
    return ChecklistItem(
        site_type=site_type,
        code=facts["id"],
        ordinal=place,
        text=facts["text"],
        text_en=facts.get("text_en", ""),
        severity=facts["severity"],
        weight=facts["weight"],
        method=facts.get("method", []),
        photo_required=facts.get("photo_required", False),
    )


def write_framework(document: Document, at: datetime) -> None:
    """A framework with its clauses, measures and rules; what the city corrected stays."""
    content = document.content
    framework, _created = Framework.objects.update_or_create(
        code=content["id"], defaults=_framework(content, at)
    )
    rows = clause_rows(content)
    framework.clauses.update(ordinal=F("ordinal") + _ASIDE)
    clauses = _write_clauses(framework, rows)
    _write_measures(clauses, rows)
    _write_rules(clauses, rows)
    _drop_clauses(framework, clauses)


def _framework(content: Content, at: datetime) -> Content:
    return {
        "edition": content["edition"],
        "title": content["title"],
        "title_en": content.get("title_en", ""),
        "issuer": content.get("issuer", ""),
        "document_no": content.get("document_no", ""),
        "issued_on": content.get("issued_on"),
        "in_force_on": content.get("in_force_on"),
        "status": content["status"],
        "superseded_on": content.get("superseded_on"),
        "superseded_by": content.get("superseded_by", ""),
        "ordinal": content.get("ordinal", 100),
        "note": content.get("note", ""),
        "sources": content.get("sources", []),
        "content_sha256": digest(content),
        "loaded_at": at,
    }


def _write_clauses(framework: Framework, rows: Sequence[ClauseRow]) -> dict[str, Clause]:
    """Parents first, so that children can name them."""
    paths = clause_paths(rows)
    clauses: dict[str, Clause] = {}
    for depth in sorted({path.count("/") for path in paths.values()}):
        layer = [row for row in rows if paths[row.code].count("/") == depth]
        made = [_clause(framework, row, paths[row.code], clauses.get(row.parent)) for row in layer]
        clauses |= _upsert(Clause, made)
    _link(
        Clause.site_types.through,
        ("clause_id", "sitetype_id"),
        clauses,
        {row.code: row.facts.get("site_types", []) for row in rows},
        _keys(SiteType),
    )
    return clauses


def _clause(framework: Framework, row: ClauseRow, path: str, parent: Clause | None) -> Clause:
    facts = row.facts
    return Clause(
        framework=framework,
        parent=parent,
        code=row.code,
        level=row.level,
        number=facts.get("number", ""),
        number_confidence=facts.get("number_confidence", _DEFAULT),
        ordinal=row.ordinal,
        path=path,
        title=facts["title"],
        title_en=facts.get("title_en", ""),
        text=facts.get("text", ""),
        plain=facts.get("plain", ""),
        veto=facts.get("veto", False),
        evidence=facts.get("evidence", []),
        responsible_hint=facts.get("responsible", []),
        confidence=facts.get("confidence", _DEFAULT),
        sources=facts.get("sources", []),
        note=facts.get("note", ""),
    )


def _write_measures(clauses: dict[str, Clause], rows: Iterable[ClauseRow]) -> None:
    made: list[Measure] = []
    for row in rows:
        for facts in row.facts.get("measures", []):
            made.append(_measure(clauses[row.code], len(made) + 1, facts))
    corrected = _corrected(made)
    for measure in made:
        for name in CORRECTABLE if measure.code in corrected else ():
            setattr(measure, name, getattr(corrected[measure.code], name))
    kept = _upsert(Measure, made)
    Measure.objects.filter(clause__in=clauses.values()).exclude(code__in=kept).delete()


def _corrected(measures: Iterable[Measure]) -> dict[str, Measure]:
    """Measures that the city put right, as they stand."""
    found = Measure.objects.filter(
        code__in=[measure.code for measure in measures],
        pk__in=Correction.objects.values("measure"),
    )
    return {measure.code: measure for measure in found}


def _measure(clause: Clause, ordinal: int, facts: Content) -> Measure:
    return Measure(
        clause=clause,
        code=facts["id"],
        ordinal=ordinal,
        number=facts.get("number", ""),
        name=facts["name"],
        name_en=facts.get("name_en", ""),
        metric=facts.get("metric") or facts["name"],
        unit=facts.get("unit", ""),
        op=facts.get("op", ""),
        threshold=facts.get("threshold"),
        threshold_text=facts.get("threshold_text", ""),
        variants=facts.get("variants", []),
        alternative=facts.get("alternative", ""),
        years_reported=facts.get("years_reported", 1),
        base=facts.get("base", ""),
        formula=facts.get("formula", ""),
        responsible_hint=facts.get("responsible", []),
        confidence=facts["confidence"],
        unsure=facts.get("unsure", False),
        sources=facts.get("sources", []),
        note=facts.get("note", ""),
    )


def _write_rules(clauses: dict[str, Clause], rows: Iterable[ClauseRow]) -> None:
    """Rules have no code: the n-th rule of a clause stays the n-th."""
    standing: dict[int, list[int]] = {}
    for rule in Rule.objects.filter(clause__in=clauses.values()):
        standing.setdefault(rule.clause_id, []).append(rule.pk)
    made: list[Rule] = []
    for row in rows:
        clause = clauses[row.code]
        keys = iter(standing.get(clause.pk, []))
        made += [_rule(clause, facts, next(keys, None)) for facts in row.facts.get("rules", [])]
    kept = [rule.pk for rule in made if rule.pk]
    Rule.objects.filter(clause__in=clauses.values()).exclude(pk__in=kept).delete()
    _save_all(Rule, made)


def _rule(clause: Clause, facts: Content, key: int | None) -> Rule:
    return Rule(
        pk=key,
        clause=clause,
        kind=facts["kind"],
        params={name: facts[name] for name in sorted(PARAM_KEYS & facts.keys())},
        confidence=facts.get("confidence", "product_default"),
        note=facts.get("note", ""),
    )


def _drop_clauses(framework: Framework, kept: dict[str, Clause]) -> None:
    """Clauses that an edition no longer has; refused (`ProtectedError`) while records need them."""
    gone = framework.clauses.exclude(code__in=kept)
    Rule.objects.filter(clause__in=gone).delete()
    Measure.objects.filter(clause__in=gone).delete()
    for clause in gone.order_by("-path"):
        clause.delete()


def write_problem_classes(document: Document, at: datetime) -> None:
    """The problem classes; those that are gone go out of use, cases keep them."""
    pairs = [(group, row) for group in document.content["groups"] for row in group["classes"]]
    made = [_class(group, row, place) for place, (group, row) in enumerate(pairs, 1)]
    rows = _upsert(ProblemClass, made)
    ProblemClass.objects.exclude(code__in=rows).update(active=False)
    for through, name, keys in (
        (ProblemClass.clauses.through, "clause", _keys(Clause)),
        (ProblemClass.site_types.through, "sitetype", _keys(SiteType)),
    ):
        part = {"clause": "clauses", "sitetype": "site_types"}[name]
        wanted = {row["id"]: row.get(part, []) for _group, row in pairs}
        _link(through, ("problemclass_id", f"{name}_id"), rows, wanted, keys)


def _class(group: Content, facts: Content, ordinal: int) -> ProblemClass:
    return ProblemClass(
        code=facts["id"],
        title=facts["title"],
        title_en=facts["title_en"],
        group=group["title"],
        group_en=group["title_en"],
        ordinal=ordinal,
        grade=facts["grade"],
        limits=facts.get("limits", {}),
        closing_condition=facts["closing"],
        closing_condition_en=facts["closing_en"],
        trade_hint=facts.get("trade", []),
        ban_provision=facts.get("ban_provision", False),
    )


def write_limits(document: Document, at: datetime) -> None:
    """The limits of every grade."""
    for row in document.content["grades"]:
        limits = {part: row.get(part, "") for part in LIMIT_PARTS}
        GradeLimit.objects.update_or_create(
            grade=row["grade"], defaults={**limits, "note": row.get("note", "")}
        )


def write_process(document: Document, at: datetime) -> None:
    """A review procedure with its stages and gates."""
    content = document.content
    process, _created = Process.objects.update_or_create(
        code=content["id"],
        defaults={
            "framework": Framework.objects.get(code=content["framework"]),
            "title": content["title"],
            "title_en": content.get("title_en", ""),
            "document_no": content.get("document_no", ""),
            "issued_on": content.get("issued_on"),
            "status": content["status"],
            "cycle_years": content.get("cycle_years"),
            "note": content.get("note", ""),
            "sources": content.get("sources", []),
        },
    )
    states = {
        row["id"]: _state(process, place, row) for place, row in enumerate(content["states"], 1)
    }
    gates = [_gate(process, place, row, states) for place, row in enumerate(content["gates"], 1)]
    process.gates.exclude(pk__in=[gate.pk for gate in gates]).delete()
    process.states.exclude(code__in=states).delete()


def _state(process: Process, ordinal: int, facts: Content) -> ProcessState:
    state, _created = ProcessState.objects.update_or_create(
        process=process,
        code=facts["id"],
        defaults={
            "ordinal": ordinal,
            "title": facts["title"],
            "title_en": facts.get("title_en", ""),
            "actor": facts["actor"],
            "period_days": facts.get("period_days"),
            "period_years": facts.get("period_years"),
            "note": facts.get("note", ""),
            "confidence": facts["confidence"],
            "sources": facts.get("sources", []),
        },
    )
    return state


def _gate(
    process: Process, ordinal: int, facts: Content, states: dict[str, ProcessState]
) -> ProcessGate:
    gate, _created = ProcessGate.objects.update_or_create(
        process=process,
        source=states[facts["from"]],
        target=states[facts["to"]],
        defaults={
            "ordinal": ordinal,
            "condition": facts["condition"],
            "condition_en": facts.get("condition_en", ""),
            "again": facts.get("again", False),
            "pass_score": facts.get("pass_score"),
            "note": facts.get("note", ""),
            "confidence": facts["confidence"],
            "sources": facts.get("sources", []),
        },
    )
    return gate


def write_vector_levels(document: Document, at: datetime) -> None:
    """The density levels; plain facts that nothing refers to."""
    pairs = [(row, line) for row in document.content["species"] for line in row["metrics"]]
    VectorLevel.objects.all().delete()
    VectorLevel.objects.bulk_create(
        _level(species, line, place) for place, (species, line) in enumerate(pairs, 1)
    )


def _level(species: Content, facts: Content, ordinal: int) -> VectorLevel:
    return VectorLevel(
        species=species["id"],
        species_name=species["title"],
        document_no=species["document_no"],
        ordinal=ordinal,
        metric=facts["metric"],
        metric_en=facts.get("metric_en", ""),
        unit=facts["unit"],
        op=facts.get("op", ""),
        level_a=facts.get("a"),
        level_b=facts.get("b"),
        level_c=facts.get("c"),
        confidence=facts["confidence"],
        sources=facts.get("sources", []),
        note=facts.get("note", ""),
    )


# Rows by code
def _keys(model: type[Clause | Measure | SiteType]) -> dict[str, int]:
    return dict(model.objects.values_list("code", "pk"))


def write_crosswalk(document: Document, at: datetime) -> None:
    """The pairs of a file; a pair that says something new has to be looked at again.

    A pair that is gone goes out of use with its review on record.
    """
    content = document.content
    before = {row.code: row for row in Mapping.objects.filter(file=content["id"])}
    clauses, measures = _keys(Clause), _keys(Measure)
    rows = []
    for facts in content["pairs"]:
        row = _mapping(content, facts, clauses, measures)
        old = before.get(row.code)
        if old and _says(old) == _says(row):
            row.review, row.reviewed_by = old.review, old.reviewed_by
            row.reviewed_at, row.review_note = old.reviewed_at, old.review_note
        row.version = old.version + 1 if old else 1
        rows.append(row)
    gone = [row.pk for code, row in before.items() if code not in {row.code for row in rows}]
    Mapping.objects.filter(pk__in=gone).update(active=False)
    _upsert(Mapping, rows)


_SAID = ("source_id", "target_id", "source_measure_id", "target_measure_id", "relation", "reuse")


def _says(row: Mapping) -> tuple[object, ...]:
    """What a reviewer agreed to."""
    return (*(getattr(row, name) for name in _SAID), row.same_quantity, row.reason)


def _mapping(
    content: Content, facts: Content, clauses: dict[str, int], measures: dict[str, int]
) -> Mapping:
    return Mapping(
        code=facts["id"],
        source_id=clauses[facts["source"]],
        target_id=clauses[facts["target"]],
        source_measure_id=measures.get(facts.get("source_measure", "")),
        target_measure_id=measures.get(facts.get("target_measure", "")),
        same_quantity=facts.get("same_quantity", False),
        relation=facts["relation"],
        strength=facts["strength"],
        rationale=facts["rationale"],
        reuse=facts["reuse"],
        reason=facts["reason"],
        tension=facts.get("tension", ""),
        source_window=facts.get("source_window"),
        target_window=facts.get("target_window"),
        confidence=facts["confidence"],
        author=content["author"],
        made_on=content["made_on"],
        file=content["id"],
    )


def _upsert(model: type[Coded], rows: list[Coded]) -> dict[str, Coded]:
    """Save rows by code: known ones keep their key, new ones get one."""
    known = dict(
        model._default_manager.filter(code__in=[row.code for row in rows]).values_list("code", "pk")
    )
    for row in rows:
        row.pk = known.get(row.code)
    _save_all(model, rows)
    return {row.code: row for row in rows}


def _save_all(model: type[Model], rows: Sequence[Model]) -> None:
    """Add rows without a key, rewrite those with one."""
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    known = [row for row in rows if row.pk is not None]
    model._default_manager.bulk_create([row for row in rows if row.pk is None])
    if known:
        model._default_manager.bulk_update(known, fields, batch_size=100)


def _link(
    through: type[Any],
    ends: tuple[str, str],
    sources: dict[str, Coded],
    wanted: dict[str, list[str]],
    targets: dict[str, int],
) -> None:
    """Make the links of these rows exactly those wanted."""
    source, target = ends
    through.objects.filter(**{f"{source}__in": [row.pk for row in sources.values()]}).delete()
    through.objects.bulk_create(
        through(**{source: sources[code].pk, target: targets[other]})
        for code, others in wanted.items()
        for other in dict.fromkeys(others)
    )


Writer = Callable[[Document, datetime], None]
# In this order, whatever the order of the files: site types, then the clauses that name them,
# then the items that name clauses.
STEPS: list[tuple[str, Writer]] = [
    ("checklist", write_site_type),
    ("framework", write_framework),
    ("crosswalk", write_crosswalk),
    ("checklist", write_items),
    ("problem-classes", write_problem_classes),
    ("limits", write_limits),
    ("process", write_process),
    ("vector-levels", write_vector_levels),
]
