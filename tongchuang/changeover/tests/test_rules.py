"""Where records go, as arithmetic."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tongchuang.changeover.rules import (
    NOWHERE,
    Asked,
    Duty,
    Fate,
    Hanging,
    Landing,
    Link,
    asked_as,
    counterpart,
    landings,
    narrowed,
    share_leads,
    sums,
    without_one_lead,
)

_codes = st.sampled_from(["n1", "n2", "n3", "n4", ""])
_links = st.lists(st.builds(Link, st.sampled_from(["o1", "o2", "o3", ""]), _codes), max_size=12)
_duties = st.lists(
    st.builds(
        Duty,
        st.uuids().map(str),
        st.integers(1, 3),
        st.lists(st.sampled_from(["n1", "n2", "n3"]), unique=True).map(tuple),
        whole=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda duty: duty.key,
)


def _like(one: str, other: str) -> float:
    return 1.0 if one == other else 0.4 if one[:1] == other[:1] else 0.0


@given(_links)
def test_every_old_article_lands_once_and_the_word_fits_the_number(links: list[Link]) -> None:
    found = landings(links)
    assert found.keys() == {link.old for link in links if link.old}
    sources = {n: {x.old for x in links if x.new == n and x.old} for n in ("n1", "n2", "n3", "n4")}
    for landing in found.values():
        number = len(landing.targets)
        assert (landing.fate == Fate.RETIRED) == (number == 0)
        assert (landing.fate == Fate.SPLIT) == (number > 1)
        if number == 1:
            merged = len(sources[landing.targets[0]]) > 1
            assert landing.fate == (Fate.MERGED if merged else Fate.CARRIED)


@given(_duties)
def test_what_is_proposed_gives_every_new_clause_one_lead(duties: list[Duty]) -> None:
    shared = share_leads(duties)
    moved = [Duty(d.key, d.lead, d.targets, shared.helps.get(d.key, ())) for d in duties]
    assert without_one_lead(moved) == {}
    assert all(
        set(codes) <= set(d.targets) for d in duties for codes in [shared.helps.get(d.key, ())]
    )


@given(_duties)
def test_only_rivals_of_one_rank_are_in_dispute(duties: list[Duty]) -> None:
    shared = share_leads(duties)
    by_key = {duty.key: duty for duty in duties}
    for key in shared.disputed:
        own = by_key[key]
        rivals = [d for d in duties if d.whole == own.whole and set(d.targets) & set(own.targets)]
        assert len({d.lead for d in rivals}) > 1


def test_two_leads_or_none_are_found() -> None:
    one, two = Duty("1", 1, ("n1",)), Duty("2", 2, ("n1",))
    assert without_one_lead([one, two]) == {"n1": 2}
    assert without_one_lead([Duty("1", 1, ("n1",), ("n1",))]) == {"n1": 0}


_hangings = st.lists(
    st.builds(
        Hanging,
        st.sampled_from(["task", "paper"]),
        st.sampled_from(["a", "b"]),
        st.integers(1, 99),
        clause=st.just("c"),
    ),
    max_size=30,
)


@given(
    _hangings,
    st.fixed_dictionaries(
        {},
        optional={
            (kind, key): st.sampled_from(list(Fate))
            for kind in ("task", "paper")
            for key in ("a", "b")
        },
    ),
)
def test_the_ledger_adds_up_exactly_when_every_record_has_a_line(
    hangings: list[Hanging], fates: dict[tuple[str, str], Fate]
) -> None:
    found = sums(hangings, fates)
    assert {one.kind: one.before for one in found} == Counter(h.kind for h in hangings)
    decided = all((h.kind, h.key) in fates for h in hangings)
    assert all(one.whole for one in found) == decided


@given(st.sets(_codes), st.lists(_codes, min_size=1, unique=True))
def test_a_case_always_keeps_a_target(said: set[str], allowed: list[str]) -> None:
    found = narrowed(said, allowed)
    assert found
    assert set(found) <= set(allowed)


SPLIT = Landing(Fate.SPLIT, ("n1", "n2"))
ONE = Landing(Fate.CARRIED, ("n1",))
AMONG = [Asked("n1.r1", "甲"), Asked("n2.r1", "乙丙")]


def test_a_shared_figure_decides_likeness_only_proposes() -> None:
    own = Asked("o1.r1", "乙丁")
    assert counterpart(own, SPLIT, AMONG, ["n1.r1"], _like).targets == ("n1.r1",)
    assert counterpart(own, SPLIT, AMONG, ["n1.r1"], _like).sure
    alike = counterpart(own, SPLIT, AMONG, [], _like)
    assert (alike.targets, alike.sure) == (("n2.r1",), False)
    assert counterpart(own, ONE, AMONG[:1], [], _like).targets == ("n1",)
    assert counterpart(own, NOWHERE, [], [], _like).targets == ()


def test_two_figures_leave_the_choice_to_a_person() -> None:
    choice = counterpart(Asked("o", "x"), SPLIT, AMONG, ["n1.r1", "n2.r1"], _like)
    assert (choice.targets, choice.sure) == (("n1.r1",), False)


def test_a_paper_counts_under_the_same_words_or_under_none() -> None:
    assert asked_as("甲", SPLIT, AMONG, _like).text == "甲"
    assert asked_as("戊", SPLIT, AMONG, _like).targets == ("n1", "n2")
    assert asked_as("戊", SPLIT, AMONG, _like).text == ""
    assert asked_as("甲", NOWHERE, [], _like).targets == ()
