"""Pages of followup."""
