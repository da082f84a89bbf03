"""The house.

Follows an empty database; made 2026-11-24.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"])
    op.create_index("ix_attempts_who", "attempts", ["who", "at"])

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject", "audit", ["object_kind", "object_id"])

    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jobs")),
    )
    op.create_table(
        "organisers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("register_number", sa.String(length=20), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("town", sa.String(length=60), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisers")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["due_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("called_name", sa.String(length=80), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("search_key", sa.String(length=400), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("shows_phone", sa.Boolean(), nullable=False),
        sa.Column("shows_phone_publicly", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_people_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_mail"), "people", ["mail"])
    op.create_index(op.f("ix_people_phone"), "people", ["phone"])

    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("with_children", sa.Boolean(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_table(
        "acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["people.id"], name=op.f("fk_acceptances_accepted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_acceptances_person_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["people.id"], name=op.f("fk_acceptances_revoked_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_acceptances_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
    )
    op.create_index(op.f("ix_acceptances_task_id"), "acceptances", ["task_id"])
    op.create_index(
        "uq_acceptances_in_force",
        "acceptances",
        ["person_id", "task_id"],
        unique=True,
        sqlite_where=sa.text("revoked_on IS NULL"),
        postgresql_where=sa.text("revoked_on IS NULL"),
    )

    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("second_passed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"])

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("goes_to", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index(op.f("ix_sign_ins_browser_hash"), "sign_ins", ["browser_hash"])
    op.create_index(op.f("ix_sign_ins_code_hash"), "sign_ins", ["code_hash"])
    op.create_index(op.f("ix_sign_ins_mail"), "sign_ins", ["mail"])
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"])

    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("short_name", sa.JSON(), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("town", sa.String(length=60), nullable=False),
        sa.Column("map_url", sa.String(length=300), nullable=False),
        sa.Column("directions", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("succeeds_id", sa.Integer(), nullable=True),
        sa.Column("succeeds_from", sa.Date(), nullable=True),
        sa.Column("cancel_hours", sa.Integer(), nullable=False),
        sa.Column("undo_minutes", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(succeeds_id IS NULL) = (succeeds_from IS NULL)", name=op.f("ck_sites_succession")),
        sa.CheckConstraint("cancel_hours BETWEEN 0 AND 336", name=op.f("ck_sites_cancel_hours")),
        sa.CheckConstraint("undo_minutes BETWEEN 0 AND 120", name=op.f("ck_sites_undo_minutes")),
        sa.ForeignKeyConstraint(["organiser_id"], ["organisers.id"], name=op.f("fk_sites_organiser_id")),
        sa.ForeignKeyConstraint(["succeeds_id"], ["sites.id"], name=op.f("fk_sites_succeeds_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_organiser_id"), "sites", ["organiser_id"])
    op.create_index(op.f("ix_sites_succeeds_id"), "sites", ["succeeds_id"])

    op.create_table(
        "spare_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_spare_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_spare_codes_code_hash")),
    )
    op.create_index(op.f("ix_spare_codes_person_id"), "spare_codes", ["person_id"])

    op.create_table(
        "volunteers",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_volunteers_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteers")),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("directions", sa.JSON(), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("map_url", sa.String(length=300), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_places_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_site_id"), "places", ["site_id"])

    op.create_table(
        "closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_closures_order")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_closures_place_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_closures_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_closures_place_id"), "closures", ["place_id"])
    op.create_index(op.f("ix_closures_site_id"), "closures", ["site_id"])

    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_hours_order")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_opening_hours_weekday")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_opening_hours_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_index("uq_opening_hours", "opening_hours", ["place_id", "weekday", "opens"], unique=True)

    op.create_table(
        "place_tasks",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_tasks_place_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_place_tasks_task_id")),
        sa.PrimaryKeyConstraint("place_id", "task_id", name=op.f("pk_place_tasks")),
    )
    op.create_index(op.f("ix_place_tasks_task_id"), "place_tasks", ["task_id"])

    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("deputy_of_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_roles_order")),
        sa.ForeignKeyConstraint(["deputy_of_id"], ["roles.id"], name=op.f("fk_roles_deputy_of_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_roles_place_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_roles_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_person_id"), "roles", ["person_id"])
    op.create_index("ix_roles_site_kind", "roles", ["site_id", "kind"])

    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Time(), nullable=False),
        sa.Column("end", sa.Time(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("min_people", sa.Integer(), nullable=False),
        sa.Column("max_people", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("min_people BETWEEN 0 AND max_people", name=op.f("ck_shifts_minimum")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shifts_order")),
        sa.CheckConstraint("taken BETWEEN 0 AND max_people", name=op.f("ck_shifts_capacity")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_shifts_place_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_shifts_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shifts_place_day", "shifts", ["place_id", "day"])
    op.create_index("ix_shifts_starts_at", "shifts", ["starts_at", "id"])
    op.create_index(op.f("ix_shifts_task_id"), "shifts", ["task_id"])

    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("operation_key", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["booked_by_id"], ["people.id"], name=op.f("fk_bookings_booked_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bookings_person_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["people.id"], name=op.f("fk_bookings_released_by_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_bookings_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("operation_key", name=op.f("uq_bookings_operation_key")),
    )
    op.create_index("ix_bookings_person", "bookings", ["person_id", "state", "starts_at"])
    op.create_index(
        "uq_bookings_person_shift",
        "bookings",
        ["shift_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'booked'"),
        postgresql_where=sa.text("state = 'booked'"),
    )


def downgrade() -> None:
    op.drop_table("bookings")
    op.drop_table("shifts")
    op.drop_table("roles")
    op.drop_table("place_tasks")
    op.drop_table("opening_hours")
    op.drop_table("closures")
    op.drop_table("places")
    op.drop_table("volunteers")
    op.drop_table("spare_codes")
    op.drop_table("sites")
    op.drop_table("sign_ins")
    op.drop_table("sessions")
    op.drop_table("second_factors")
    op.drop_table("acceptances")
    op.drop_table("tasks")
    op.drop_table("people")
    op.drop_table("outbox")
    op.drop_table("organisers")
    op.drop_table("jobs")
    op.drop_table("audit")
    op.drop_table("attempts")
