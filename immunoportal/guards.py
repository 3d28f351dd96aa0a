"""Triggers that keep stored rows as they are, whoever asks: the ORM, the admin, or SQL.

A model says with its ``guard`` what may still happen to its rows; everything else is refused by
the database, SQLite and PostgreSQL alike. The triggers are installed after every ``migrate``,
which takes them away first if it has anything to do: a table that is rebuilt (as SQLite must for
most changes) loses its own, and stumbles over those of other tables that name it.

A trigger's name ends in a digest of what it says, so that an outdated one counts as missing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)

# Of a transaction on PostgreSQL; the triggers ask for it.
LIFTED = "immunoportal.guards_lifted"

# The same for the refusals in Python.
_lifted: ContextVar[bool] = ContextVar("guards_lifted", default=False)


class RowIsFrozen(Exception):
    """A guarded row was to be changed or deleted."""


@dataclass(frozen=True)
class Guard:
    """What may still happen to a model's rows once they are stored: by default, nothing.

    Attributes:
        closes: the field with the end of an interval, NULL while that is open. It may be set,
            and an end that is still to come may be moved to an earlier moment; one that has
            passed stays, and no interval is opened again.
        closing: fields that may change in the same statement as ``closes``.
        dated: the field with the moment from which ``kept`` counts.
        kept: how long a row stays; an older one may be deleted.
        deletable: any row may be deleted, as when it goes with what it is about.
        insertable: by the vendor of the database, an SQL condition on ``NEW`` that a row must
            meet to be inserted.
        error: what Python raises before the database has to.
    """

    closes: str = ""
    closing: tuple[str, ...] = ()
    dated: str = ""
    kept: timedelta | None = None
    deletable: bool = False
    insertable: Mapping[str, str] = field(default_factory=dict)
    error: type[RowIsFrozen] = RowIsFrozen

    @property
    def changeable(self) -> set[str]:
        """Return the fields that may change in some way."""
        return {self.closes, *self.closing} - {""}

    def is_old(self) -> models.Q:
        """Return the condition that a row has been ``kept`` long enough."""
        if self.kept is None:  # for ever
            return models.Q(pk__in=())
        return models.Q(**{f"{self.dated}__lt": timezone.now() - self.kept})


class GuardedQuerySet(models.QuerySet[Row]):
    """Refuses what the database would refuse, with an error in plain words."""

    def update(self, **values: Any) -> int:
        # bulk_update comes here too.
        _demand_change(self.model, values.keys())
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]  # Django asks a function for it

    def delete(self) -> tuple[int, dict[str, int]]:
        guard = guard_of(self.model)
        if guard.kept is None or self.exclude(guard.is_old()).exists():
            _demand_deletion(self.model)
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class GuardedModel(models.Model):
    """A row that stays as it was stored, but for what its ``guard`` allows."""

    guard = Guard()

    objects = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new row, or what may still change of a stored one.

        Raises:
            RowIsFrozen: anything else would change; the model may have an error of its own.
        """
        if not self._state.adding:
            _demand_change(type(self), kwargs.get("update_fields") or ["*"])
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _demand_deletion(type(self))
        return super().delete(*args, **kwargs)


def _demand_change(model: type[models.Model], fields: Iterable[str]) -> None:
    if not _lifted.get() and not set(fields) <= guard_of(model).changeable:
        raise guard_of(model).error(f"A stored {model.__name__} never changes.")


def _demand_deletion(model: type[models.Model]) -> None:
    if not _lifted.get() and not guard_of(model).deletable:
        raise guard_of(model).error(f"A stored {model.__name__} is not deleted.")


def guard_of(model: type[models.Model]) -> Guard:
    """Return what may still happen to the rows of a guarded model."""
    guard: Guard = model.guard  # type: ignore[attr-defined]  # whoever asks knows that it has one
    return guard


def guarded_models() -> list[type[models.Model]]:
    """Return the models that have a table and a guard."""
    return [
        model
        for model in apps.get_models()
        if isinstance(getattr(model, "guard", None), Guard) and not model._meta.proxy
    ]


# What the triggers say


@dataclass(frozen=True)
class Trigger:
    """One trigger of one table.

    Attributes:
        says: what the database keeps of it: the statement (SQLite), the function's body
            (PostgreSQL).
        create: the statements that make it.
    """

    name: str
    table: str
    says: str
    create: tuple[str, ...]


# What a trigger refuses, with the condition on OLD and NEW under which it does.
Refusals = dict[str, str]


def triggers_of(model: type[models.Model], connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Return the triggers that a model's table must have on a database."""
    refusals = {
        "INSERT": _refused_to_insert(model, connection),
        "UPDATE": _refused_to_update(model, connection),
        "DELETE": _refused_to_delete(model, connection),
    }
    if connection.vendor == "postgresql":
        refusals["TRUNCATE"] = {"all rows": "TRUE"}
    make = _sqlite_trigger if connection.vendor == "sqlite" else _postgresql_trigger
    return [
        make(model._meta.db_table, operation, refused)
        for operation, refused in refusals.items()
        if refused
    ]


def _refused_to_insert(model: type[models.Model], connection: BaseDatabaseWrapper) -> Refusals:
    refused = {}
    if connection.vendor == "sqlite":
        # There INSERT OR REPLACE deletes the row in the way without asking any trigger.
        for unique in _unique_keys(model):
            refused[unique.name] = _is_taken(unique, model, connection)
    insertable = guard_of(model).insertable.get(connection.vendor)
    if insertable:
        refused["a row of this kind"] = f"NOT ({insertable})"
    return refused


def _unique_keys(model: type[models.Model]) -> Iterator[models.UniqueConstraint]:
    """Yield every key that no two rows of a model may share."""
    meta = model._meta
    for column in meta.local_concrete_fields:
        if column.unique:  # the primary key is
            yield models.UniqueConstraint(fields=[column.name], name=column.name)
    for names in meta.unique_together:
        yield models.UniqueConstraint(fields=list(names), name="_".join(names))
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            if constraint.expressions:
                raise NotImplementedError(f"{constraint.name}: a guard compares fields only.")
            yield constraint


def _is_taken(
    unique: models.UniqueConstraint, model: type[models.Model], connection: BaseDatabaseWrapper
) -> str:
    """Return the condition that another row already has the unique key of the new one."""
    quote = connection.ops.quote_name
    columns = [_column(model, name) for name in unique.fields]
    same = " AND ".join(f"there.{quote(column)} = NEW.{quote(column)}" for column in columns)
    table = quote(model._meta.db_table)
    condition = unique._get_condition_sql(model, connection.schema_editor())  # type: ignore[attr-defined]
    if condition is None:
        return f"EXISTS (SELECT 1 FROM {table} AS there WHERE {same})"  # noqa: S608
    # The condition names columns and no row, so the new row is given as a table of its own.
    all_columns = [quote(_column(model, field.name)) for field in model._meta.local_concrete_fields]
    new_row = ", ".join(f"NEW.{column} AS {column}" for column in all_columns)
    return (
        f"EXISTS (SELECT 1 FROM {table} AS there WHERE {same} AND {condition})"  # noqa: S608
        f" AND EXISTS (SELECT 1 FROM (SELECT {new_row}) WHERE {condition})"
    )


def _column(model: type[models.Model], field: str) -> str:
    """Return the column of a model's own table that holds a field."""
    columns = {own.name: own.column for own in model._meta.local_concrete_fields}
    return str(columns[field])


def _refused_to_update(model: type[models.Model], connection: BaseDatabaseWrapper) -> Refusals:
    guard = guard_of(model)
    quote = connection.ops.quote_name

    def changes(column: str) -> str:
        differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
        return f"NEW.{quote(column)} {differs} OLD.{quote(column)}"

    changeable = {_column(model, name) for name in guard.changeable}
    # Of the table rather than of the model: nothing that is there may change.
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, model._meta.db_table)
    refused = {name: changes(name) for name in sorted({row.name for row in table} - changeable)}
    if guard.closes:
        end = _column(model, guard.closes)
        old, new = f"OLD.{quote(end)}", f"NEW.{quote(end)}"
        refused[end] = (
            f"{changes(end)} AND ({new} IS NULL OR {old} IS NOT NULL"
            f" AND ({old} <= {_ago(timedelta(0), connection)} OR {new} > {old}))"
        )
        for name in guard.closing:
            column = _column(model, name)
            refused[column] = f"{changes(column)} AND NOT ({changes(end)})"
    return refused


def _refused_to_delete(model: type[models.Model], connection: BaseDatabaseWrapper) -> Refusals:
    guard = guard_of(model)
    if guard.deletable:
        return {}
    if guard.kept:
        dated = connection.ops.quote_name(_column(model, guard.dated))
        return {"a row so young": f"OLD.{dated} >= {_ago(guard.kept, connection)}"}
    return {"any row": "TRUE"}


def _ago(time: timedelta, connection: BaseDatabaseWrapper) -> str:
    """Return SQL for the moment so long ago, by the database's clock and in its columns' form."""
    seconds = int(time.total_seconds())
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-{seconds} seconds')"
    return f"clock_timestamp() - interval '{seconds} seconds'"


def _sqlite_trigger(table: str, operation: str, refused: Refusals) -> Trigger:
    body = " ".join(
        f"SELECT RAISE(ABORT, '{_message(table, operation, what)}') WHERE {condition};"
        for what, condition in refused.items()
    )
    name = _name(table, operation, body)
    create = f'CREATE TRIGGER "{name}" BEFORE {operation} ON "{table}" BEGIN {body} END'
    return Trigger(name, table, create, (create,))


def _postgresql_trigger(table: str, operation: str, refused: Refusals) -> Trigger:
    checks = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION '{_message(table, operation, what)}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for what, condition in refused.items()
    )
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(operation, "NEW")
    each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
    body = (
        f"BEGIN IF current_setting('{LIFTED}', TRUE) IS DISTINCT FROM 'yes'"
        f" THEN {checks} END IF; RETURN {row}; END"
    )
    name = _name(table, operation, body)
    create = (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $${body}$$',
        # One that somebody has disabled is in the way.
        f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"',
        f'CREATE TRIGGER "{name}" BEFORE {operation} ON "{table}"'
        f' FOR EACH {each} EXECUTE FUNCTION "{name}"()',
    )
    return Trigger(name, table, body, create)


def _message(table: str, operation: str, what: str) -> str:
    return f"{table} is guarded against this {operation}: {what}"


def _name(table: str, operation: str, body: str) -> str:
    digest = hashlib.sha256(body.encode()).hexdigest()[:8]
    return f"guard_{table}_{operation.lower()}_{digest}"


# Installing the triggers, and checking that they are there


def _expected(connection: BaseDatabaseWrapper) -> dict[str, Trigger]:
    """Return the triggers that all existing guarded tables should have, by name."""
    there = set(connection.introspection.table_names())
    return {
        trigger.name: trigger
        for model in guarded_models()
        if model._meta.db_table in there
        for trigger in triggers_of(model, connection)
    }


def _installed(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Return the table of each trigger that is installed and enabled, and what it says, by name."""
    if connection.vendor == "sqlite":
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname, relname, prosrc FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(tgrelid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {
            name: (table, says)
            for name, table, says in cursor.fetchall()
            if name.startswith("guard_")
        }


def _missing(
    expected: Mapping[str, Trigger], connection: BaseDatabaseWrapper
) -> dict[str, Trigger]:
    """Return the expected triggers that are not there, or do not say what they should."""
    there = _installed(connection)
    return {
        name: trigger
        for name, trigger in expected.items()
        if there.get(name) != (trigger.table, trigger.says)
    }


def install(using: str = DEFAULT_DB_ALIAS, **signal: Any) -> None:
    """Install the missing triggers of every guarded table, and drop outdated ones."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        expected = _expected(connection)
        missing = _missing(expected, connection)
        _drop(connection, but=expected.keys() - missing.keys())
        for trigger in missing.values():
            for statement in trigger.create:
                cursor.execute(statement)


def _drop(connection: BaseDatabaseWrapper, but: Set[str] = frozenset()) -> None:
    with connection.cursor() as cursor:
        for name, (table, _says) in _installed(connection).items():
            if name in but:
                continue
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER "{name}"')
            else:
                cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')


def make_way(plan: Sequence[Any], using: str = DEFAULT_DB_ALIAS, **signal: Any) -> None:
    """Drop the triggers before a ``migrate`` that has something to do; ``install`` follows it."""
    if plan:
        with transaction.atomic(using=using):
            _drop(connections[using])


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let one transaction change guarded rows: a test runner's flush, or a full import.

    Other transactions still find them guarded. An error rolls the changes back.
    """
    connection = connections[using]
    token = _lifted.set(True)
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                # What a transaction changes, triggers included, others see when it is over.
                _drop(connection)
                yield
                install(using)
            else:
                cursor.execute(f"SET LOCAL {LIFTED} = 'yes'")
                yield
                cursor.execute(f"SET LOCAL {LIFTED} = 'no'")
    finally:
        _lifted.reset(token)


@checks.register(checks.Tags.database)
def guards_are_installed(
    app_configs: Any, databases: Sequence[str] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn of missing guards, as after a table was rebuilt by hand.

    An error would keep ``migrate`` from mending it.
    """
    warnings: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        missing = _missing(_expected(connection), connection)
        if missing:
            warnings.append(
                checks.Warning(
                    f"Rows that must never change can be changed: the database lacks the "
                    f"triggers {', '.join(sorted(missing))}.",
                    hint="Run `manage.py migrate`, which installs them.",
                    id="immunoportal.W001",
                )
            )
    return warnings
