"""Pages of campaigns, one noun per file."""
