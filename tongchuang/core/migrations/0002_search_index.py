"""Add the full-text index beside the plain search entries (docs/adr/0007-search.md)."""

from django.db import migrations

from tongchuang.core import search_ddl


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda _apps, schema_editor: search_ddl.create_index(schema_editor),
            lambda _apps, schema_editor: search_ddl.drop_index(schema_editor),
        )
    ]
