"""Pages of changeovers."""
