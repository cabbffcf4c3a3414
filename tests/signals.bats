#!/usr/bin/env bats
# A signal ends whatever waits for somebody else (tests/lib/signals.py).

load lib/common

setup_file() {
	start_local
	CACHETABLE=$(new_table signals)
	export CACHETABLE
	seed --endpoint "$LOCAL_URL" --table "$CACHETABLE" --case past=5 \
	    --now 1795000000
}

teardown_file() { stop_servers; }

@test "HUP, INT and TERM end what waits for others" {
	"$PYTHON" "$ROOT/tests/lib/signals.py"
}
