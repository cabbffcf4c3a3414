#!/usr/bin/env bash
# soak.sh SECONDS [SEED]: random sweeps for so long, each one checked, on
# DynamoDB Local and dynalite (tests/tools/soak.py says what is checked).
set -euo pipefail

unset WORLD
# shellcheck source=tests/lib/common.bash
source "$(dirname "$0")/lib/common.bash"
trap 'stop_servers; rm -rf "$WORLD"' EXIT
trap 'exit 130' INT TERM HUP

seconds=$1
seed=${2:-$RANDOM}
deadline=$((SECONDS + seconds))
cd "$WORLD"
while ((SECONDS < deadline)); do
	# Tables pile up in a server: a new one now and then.
	start_local
	start_dynalite
	round=$((deadline - SECONDS))
	"$PYTHON" "$ROOT/tests/tools/soak.py" --seed "$seed" \
	    --seconds $((round < 300 ? round : 300)) "$LOCAL_URL" "$DYNALITE_URL"
	stop_servers
	((seed += 100000))
done
