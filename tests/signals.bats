#!/usr/bin/env bats
# A signal ends every wait (tests/lib/signals.py).

load lib/common

setup_file() {
	start_local
	CACHETABLE=$(new_table signals)
	export CACHETABLE
	seed --endpoint "$LOCAL_URL" --table "$CACHETABLE" --case past=5 \
	    --now 1795000000
}

teardown_file() { stop_servers; }

@test "HUP, INT and TERM end every wait for input, output or a reply" {
	"$PYTHON" "$ROOT/tests/lib/signals.py"
}
