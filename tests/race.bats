#!/usr/bin/env bats
# Sessions are renewed, changed and removed while a purge runs, on both servers:
# tests/lib/race.py says what must hold.

load lib/common

setup_file() {
	start_local
	start_dynalite
}

teardown_file() { stop_servers; }

race() { "$PYTHON" "$ROOT/tests/lib/race.py" "$@"; }

@test "no renewed session is deleted: batches, with DynamoDB's answers" {
	race --server "$LOCAL_URL" --as-real --batch partiql
}

@test "no renewed session is deleted: batches, throttled, DynamoDB Local" {
	race --server "$LOCAL_URL" --throttle
}

@test "no renewed session is deleted: single deletes, throttled" {
	race --server "$LOCAL_URL" --batch single --throttle
}

@test "no renewed session is deleted: single deletes, dynalite" {
	race --server "$DYNALITE_URL"
}

@test "no renewed session is deleted: lost replies, batches" {
	race --server "$LOCAL_URL" --as-real --harm 1
}

@test "no renewed session is deleted: lost replies, single deletes" {
	race --server "$DYNALITE_URL" --harm 2
}
