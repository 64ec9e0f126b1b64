"""The full-text index beside `SearchEntry`, called by a migration; see docs/adr/0007-search.md."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FTS_TABLE = "core_search_fts"

_SQLITE = (
    "CREATE VIRTUAL TABLE core_search_fts USING fts5("
    "terms, content='core_searchentry', content_rowid='id')",
    "CREATE TRIGGER core_search_fts_new AFTER INSERT ON core_searchentry BEGIN "
    "INSERT INTO core_search_fts(rowid, terms) VALUES (new.id, new.terms); END",
    "CREATE TRIGGER core_search_fts_gone AFTER DELETE ON core_searchentry BEGIN "
    "INSERT INTO core_search_fts(core_search_fts, rowid, terms) "
    "VALUES ('delete', old.id, old.terms); END",
    "CREATE TRIGGER core_search_fts_changed AFTER UPDATE ON core_searchentry BEGIN "
    "INSERT INTO core_search_fts(core_search_fts, rowid, terms) "
    "VALUES ('delete', old.id, old.terms); "
    "INSERT INTO core_search_fts(rowid, terms) VALUES (new.id, new.terms); END",
    "INSERT INTO core_search_fts(core_search_fts) VALUES ('rebuild')",
)
_SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS core_search_fts_new",
    "DROP TRIGGER IF EXISTS core_search_fts_gone",
    "DROP TRIGGER IF EXISTS core_search_fts_changed",
    "DROP TABLE IF EXISTS core_search_fts",
)
_POSTGRES = (
    "CREATE INDEX core_search_gin ON core_searchentry USING gin (to_tsvector('simple', terms))",
)
_POSTGRES_BACK = ("DROP INDEX IF EXISTS core_search_gin",)


def create_index(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the index of the database in use and fill it from the rows that exist."""
    _run(schema_editor, _SQLITE, _POSTGRES)


def drop_index(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the index away; search goes on without it, more slowly."""
    _run(schema_editor, _SQLITE_BACK, _POSTGRES_BACK)


def _run(
    schema_editor: BaseDatabaseSchemaEditor, sqlite: tuple[str, ...], postgres: tuple[str, ...]
) -> None:
    statements = postgres if schema_editor.connection.vendor == "postgresql" else sqlite
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
