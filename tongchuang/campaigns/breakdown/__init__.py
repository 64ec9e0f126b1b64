"""The breakdown table (任务分解表) and the implementation plan (实施方案), in and out.

Out: `lines` reads the records, `sheets` and `papers` write them. In: `files` finds rows in Excel
and Word, `brackets` and `phrases` read their words, `books` knows units, clauses and leaders,
`understanding` puts a row together, `drafts` keeps it and writes what a person confirmed.
"""
