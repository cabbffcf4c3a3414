#!/usr/bin/env bash
# soak.sh SECONDS [SEED]: random sweeps on DynamoDB Local and dynalite for so
# long, each one checked (tests/tools/soak.py), and between them faults, races
# and kills (tests/lib/faults.py, race.py, kill.py).
set -euo pipefail

unset WORLD
# shellcheck source=tests/lib/common.bash
source "$(dirname "$0")/lib/common.bash"
# shellcheck source=tests/lib/locks.bash
source "$ROOT/tests/lib/locks.bash"
locks_begin
trap 'stop_servers; locks_end; rm -rf "$WORLD"' EXIT
trap 'exit 130' INT TERM HUP

seconds=$1
seed=${2:-$RANDOM}
deadline=$((SECONDS + seconds))
cd "$WORLD"

# About two minutes of tests that `make check` runs with fewer seeds.
hard()
{
	local lib=$ROOT/tests/lib
	local both=(--local "$LOCAL_URL" --dynalite "$DYNALITE_URL")
	echo "faults, seed $seed"
	"$PYTHON" "$lib/faults.py" "${both[@]}" --seeds $((seed + 1))-$((seed + 24))
	"$PYTHON" "$lib/faults.py" "${both[@]}" --rough \
	    --seeds $((seed + 1))-$((seed + 24))
	echo "races, seed $seed"
	"$PYTHON" "$lib/race.py" --server "$LOCAL_URL" --as-real
	"$PYTHON" "$lib/race.py" --server "$LOCAL_URL" --as-real --harm $((seed + 1))
	"$PYTHON" "$lib/race.py" --server "$LOCAL_URL" --batch single \
	    --harm $((seed + 2))
	"$PYTHON" "$lib/race.py" --server "$DYNALITE_URL" --harm $((seed + 3))
	for kind in kill interrupt twice waiting full; do
		echo "kills ($kind), seed $seed"
		"$PYTHON" "$lib/kill.py" --server "$LOCAL_URL" \
		    --server "$DYNALITE_URL" --seed "$seed" --kills 20 "$kind"
	done
}

while ((SECONDS < deadline)); do
	# Tables pile up in a server: start a new one from time to time.
	start_local
	start_dynalite
	if ((SECONDS + 180 <= deadline)); then
		hard
	fi
	round=$((deadline - SECONDS))
	"$PYTHON" "$ROOT/tests/tools/soak.py" --seed "$seed" \
	    --seconds $((round < 300 ? round : 300)) "$LOCAL_URL" "$DYNALITE_URL"
	stop_servers
	((seed += 100000))
done
