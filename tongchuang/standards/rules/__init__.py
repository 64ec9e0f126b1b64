"""What a file of standards must look like, and how two of them differ; no database here."""
