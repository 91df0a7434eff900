"""Triggers that keep the ledger append-only whoever asks: a slip in a shell, an admin page, another app.

They stop slips, not an adversary who owns the database: against that one stand the signed checkpoints.
"""

from django.db import migrations

ENTRY_KEPT = ("id", "uuid", "at_utc", "actor", "verb", "subject", "about", "data", "salt", "leaf")
APPEND_ONLY = ("ledger_checkpoint", "ledger_treenode")

SQLITE = [
    f"""CREATE TRIGGER ledger_entry_insert BEFORE INSERT ON ledger_entry
        WHEN NEW.place IS NOT NULL OR EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id OR uuid = NEW.uuid)
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a new entry has no place'); END""",
    f"""CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry
        WHEN OLD.place IS NOT NULL OR NEW.place IS NULL OR NOT ({
            " AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in ENTRY_KEPT)
        })
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry only gets its place, once'); END""",
    """CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    *[
        f"""CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table}
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
        for table in APPEND_ONLY
        for event in ("UPDATE", "DELETE")
    ],
]
SQLITE_BACK = [
    "DROP TRIGGER ledger_entry_insert",
    *[
        f"DROP TRIGGER {table}_{event}"
        for table in ("ledger_entry", *APPEND_ONLY)
        for event in ("update", "delete")
    ],
]

POSTGRESQL = [
    """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER ledger_entry_insert BEFORE INSERT ON ledger_entry FOR EACH ROW
        WHEN (NEW.place IS NOT NULL) EXECUTE FUNCTION ledger_refuse()""",
    f"""CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry FOR EACH ROW
        WHEN (OLD.place IS NOT NULL OR NEW.place IS NULL OR {
            " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in ENTRY_KEPT)
        }) EXECUTE FUNCTION ledger_refuse()""",
    "CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    *[
        f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        for table in APPEND_ONLY
    ],
    *[
        f"CREATE TRIGGER {table}_empty BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        for table in ("ledger_entry", *APPEND_ONLY)
    ],
]
POSTGRESQL_BACK = ["DROP FUNCTION ledger_refuse() CASCADE"]

STATEMENTS = {"sqlite": (SQLITE, SQLITE_BACK), "postgresql": (POSTGRESQL, POSTGRESQL_BACK)}


def arm(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor][0]:
        schema_editor.execute(statement, params=None)


def disarm(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor][1]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_entry_and_checkpoint")]
    operations = [migrations.RunPython(arm, disarm, elidable=False)]
