#!/bin/sh
# Creates Temporal's databases and brings their schema to the version of this image. Safe to run at every start.
# Where the database is comes from SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

schemas="${SCHEMA_DIR:-/etc/temporal/schema/postgresql/v12}"

update() {
  temporal-sql-tool --database "$1" update-schema --schema-dir "$schemas/$2/versioned" 2>&1
}

# `setup-schema` sets the recorded version back to 0.0, which would make the next update apply everything again. So it
# runs only where the database itself says that no version was ever recorded.
bring_up_to_date() {
  temporal-sql-tool --database "$1" create-database
  if output="$(update "$1" "$2")"; then
    echo "$1: the schema is up to date."
    return
  fi
  case "$output" in
    *schema_version*'does not exist'*) ;;
    *)
      echo "$output" >&2
      echo "$1: cannot update the schema." >&2
      exit 1
      ;;
  esac
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  update "$1" "$2"
  echo "$1: the schema was created."
}

bring_up_to_date temporal temporal
bring_up_to_date temporal_visibility visibility
