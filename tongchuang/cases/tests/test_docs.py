"""The drawn flow is the flow of the code."""

from scripts.diagrams import PAGE, case_flow


def test_the_diagram_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == case_flow(), "run `make docs`"
