#!/bin/sh
# Creates the namespace and the search attributes of Sluice where they are missing. Safe to run at every start.
# Where the server is comes from TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.
set -eu

namespace="${TEMPORAL_NAMESPACE:-default}"

# Runs a command every second until it succeeds, for a minute.
wait_for() {
  what="$1"
  shift
  attempt=1
  until "$@" >/dev/null 2>&1; do
    if [ "$attempt" -ge 60 ]; then
      echo "$what: not within a minute. The last try said:" >&2
      "$@"
      exit 1
    fi
    attempt=$((attempt + 1))
    sleep 1
  done
}

wait_for "A healthy Temporal at ${TEMPORAL_ADDRESS:-localhost:7233}" temporal operator cluster health

if temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  echo "Namespace $namespace exists."
else
  temporal operator namespace create --namespace "$namespace" --retention "${RETENTION:-30d}"
fi

# Every part of the server learns of a new namespace within seconds.
wait_for "Namespace $namespace" temporal operator search-attribute list --namespace "$namespace"
existing="$(temporal operator search-attribute list --namespace "$namespace")"

search_attribute() {
  case "$existing" in
    *"$1 "*) echo "Search attribute $1 exists." ;;
    *) temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2" ;;
  esac
}

search_attribute SluicePipeline Keyword
search_attribute SluiceVersion Keyword
search_attribute SluiceStatus Keyword
search_attribute SluiceMode Keyword
search_attribute SluiceLabels KeywordList
search_attribute SluiceFailedStages KeywordList
search_attribute SluiceParentRun Keyword
search_attribute SluiceAwaiting Keyword
