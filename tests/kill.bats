#!/usr/bin/env bats
# Purges and restores that are killed, interrupted, or run out of disk space, on
# both servers: restore always brings back the table (tests/lib/kill.py).

load lib/common

setup_file() {
	start_local
	start_dynalite
}

teardown_file() { stop_servers; }

kill_py() {
	"$PYTHON" "$ROOT/tests/lib/kill.py" --server "$LOCAL_URL" \
	    --server "$DYNALITE_URL" "$@"
}

@test "after each of 60 kills, restore brings back what was deleted" { kill_py --kills 15 kill; }
@test "INT, TERM and HUP let requests in flight finish" { kill_py --kills 6 interrupt; }
@test "INT and TERM end a wait" { kill_py --kills 3 waiting; }
@test "a second INT later ends the run at once" { kill_py --kills 3 twice; }
@test "two INT at once count as one" { kill_py --kills 4 doubled; }
@test "a signal ends the wait for a reply that never comes" { kill_py --kills 1 hanging; }
@test "a full disk stops a purge before the delete" { kill_py --kills 8 full; }

@test "a journal that exists, or that cannot be created, is refused" {
	local table path
	table=$(new_table taken)
	seed --endpoint "$LOCAL_URL" --table "$table" --case past=5 \
	    --now 1795000000
	touch "$BATS_TEST_TMPDIR/taken"
	for path in /dev/full "$BATS_TEST_TMPDIR/taken" \
	    "$BATS_TEST_TMPDIR/none/journal"; do
		run ttlsweep purge -t "$table" --yes --journal "$path" \
		    --endpoint-url "$LOCAL_URL"
		[[ $status -ne 0 && $output == *"$path"* ]]
		[[ ! -s $BATS_TEST_TMPDIR/taken ]]
		[[ $(dump --endpoint "$LOCAL_URL" --table "$table" |
		    wc -l) -eq 5 ]]
	done
	# A limit that leaves no room for the first line.
	run prlimit --fsize=10 "$TTLSWEEP" purge -t "$table" --yes -q \
	    --journal "$BATS_TEST_TMPDIR/short" --endpoint-url "$LOCAL_URL"
	[[ $status -eq 1 && $output == *"$BATS_TEST_TMPDIR/short"* ]]
	[[ $(dump --endpoint "$LOCAL_URL" --table "$table" | wc -l) -eq 5 ]]
}

# tests/lib/locks.bash, which runs at the end of every suite and demo
@test "locks of killed processes are removed; held locks and other files stay" {
	local run=$BATS_TEST_TMPDIR/run place
	XDG_RUNTIME_DIR=$run
	mkdir -p "$run/ttlsweep-$(id -u)"
	# shellcheck source=tests/lib/locks.bash
	source "$ROOT/tests/lib/locks.bash"
	places=("$run/ttlsweep-$(id -u)")
	[[ ! -w /run/lock ]] || places+=(/run/lock)
	for place in "${places[@]}"; do
		touch -d '1 day ago' "$place/ttlsweep-$BASHPID-before"
	done
	locks_begin
	for place in "${places[@]}"; do
		touch -d '1 minute' "$place/ttlsweep-$BASHPID-"{killed,held} \
		    "$place/other-$BASHPID"
	done
	# another suite may end, and remove it, before it is locked
	until exec 8>"$place/ttlsweep-$BASHPID-held"
	    flock 8
	    touch -d '1 minute' "$place/ttlsweep-$BASHPID-held"
	    [[ $place/ttlsweep-$BASHPID-held -ef /proc/self/fd/8 ]]; do :; done
	locks_end
	[[ ! -e $_locks_begun ]]
	for place in "${places[@]}"; do
		[[ ! -e $place/ttlsweep-$BASHPID-killed ]]
		[[ -e $place/other-$BASHPID ]]
		[[ -e $place/ttlsweep-$BASHPID-before ]]
		rm "$place/other-$BASHPID" "$place/ttlsweep-$BASHPID-before"
	done
	[[ -e $place/ttlsweep-$BASHPID-held ]]
	rm "$place/ttlsweep-$BASHPID-held"
}
