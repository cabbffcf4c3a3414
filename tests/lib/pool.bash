# shellcheck shell=bash
# shellcheck disable=SC2154 # _server_pid: lib/servers
# One DynamoDB Local for each test file that runs at a time, instead of one for
# each file: starting them would take a quarter of the suite's time.
#
#   pool_open DIR N    start N servers, in the slots DIR/1 to DIR/N; stop_servers
#                      ends them (check.sh)
#   pool_enter DIR     wait for a free slot, and hold it until this shell ends;
#                      sets and exports POOL_SLOT
#   pool_take SLOT     wait for its server, empty; fails if it is taken or ended
#   pool_leave         remove what is left in the slot's server

pool_open() {
	local i
	for ((i = 1; i <= $2; i++)); do
		mkdir -p "$1/$i"
		_local "$1/$i" || return 1
		echo "$_server_pid" >"$1/$i/pid"
	done
}

pool_enter() {
	local slot
	while :; do
		for slot in "$1"/*/; do
			exec 8>"$slot/lock"
			flock -n 8 && break 2
		done
		sleep 0.1
	done
	export POOL_SLOT=${slot%/}
}

pool_take() {
	mkdir "$1/taken" 2>/dev/null || return 1
	local tries
	for ((tries = 0; tries < 1200; tries++)); do
		_answers "$1/port" && return 0
		kill -0 "$(<"$1/pid")" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

# A server that does not answer is ended, so that nobody takes it.
pool_leave() {
	[[ -d $POOL_SLOT/taken ]] || return 0
	if timeout 60 "$PYTHON" "$ROOT/tests/lib/empty.py" \
	    "http://127.0.0.1:$(<"$POOL_SLOT/port")"; then
		rmdir "$POOL_SLOT/taken"
	else
		kill "$(<"$POOL_SLOT/pid")"
	fi
}
