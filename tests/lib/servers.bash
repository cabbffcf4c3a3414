# shellcheck shell=bash
# Real servers for tests: DynamoDB Local, dynalite, the gallery.
#
#   start_local      sets LOCAL_URL, AWS_ENDPOINT_URL_DYNAMODB
#   start_dynalite   sets DYNALITE_URL
#   start_gallery    sets GALLERY_URL; NAME=VALUE arguments are its environment
#   stop_servers     ends the servers of this shell
#
# Each listens on 127.0.0.1 only, at a port that the kernel picks. A server ends
# with the process that started it, however that ends, and after two hours at the
# latest. Start it in setup_file for a test file (a JVM takes two seconds to
# start), in a test for that test. In a whole run of the tests, start_local takes
# the DynamoDB Local that check.sh has started (lib/pool.bash), once a file.

# shellcheck source=tests/lib/pool.bash
source "$ROOT/tests/lib/pool.bash"

SERVERS=${SERVERS:-$ROOT/build/servers}
_server_pids=()

# _server NAME COMMAND...: run it in the background, with its output in the file
# $_server_log, and note its pid.
_server() {
	local name=$1
	shift
	_server_log=$(mktemp "$WORLD/$name.XXXXXX")
	# bats waits until its descriptor 3 is closed.
	setpriv --pdeathsig TERM -- timeout -k 5 7200 "$@" \
	    >"$_server_log" 2>&1 </dev/null 3>&- &
	_server_pid=$!
	_server_pids+=("$_server_pid")
}

# _wait_for NAME COMMAND...: wait until it succeeds; fails when the server ends,
# or after a minute.
_wait_for() {
	local name=$1 tries
	shift
	for ((tries = 0; tries < 1200; tries++)); do
		"$@" >/dev/null && return 0
		kill -0 "$_server_pid" 2>/dev/null || break
		sleep 0.05
	done
	echo "$name did not start:" >&2
	cat "$_server_log" >&2
	return 1
}

_answers() {
	[[ -s $1 ]] && curl -s -o /dev/null --noproxy '*' --max-time 5 \
	    "http://127.0.0.1:$(<"$1")/"
}

_printed_port() { grep -xE '[0-9]+' "$_server_log"; }

# _local DIR: start it in DIR; its port will be in DIR/port.
_local() {
	local emulator=$SERVERS/dynamodb-local
	make -s -C "$ROOT" build/tools/loopback.so >&2 || return 1
	# The preloaded library replaces the port. The server writes a file to
	# its directory. With C1 alone it starts a third faster.
	_server local env -C "$1" LD_PRELOAD="$ROOT/build/tools/loopback.so" \
	    LOOPBACK_PORT_FILE="$1/port" \
	    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx2g \
	    -Djava.net.preferIPv4Stack=true -Djava.io.tmpdir="$1" \
	    -Djava.library.path="$emulator/DynamoDBLocal_lib" \
	    -jar "$emulator/DynamoDBLocal.jar" \
	    -inMemory -sharedDb -disableTelemetry -port 8000
}

start_local() {
	local dir=${POOL_SLOT:-}
	if [[ -z $dir ]] || ! pool_take "$dir"; then
		dir=$(mktemp -d "$WORLD/local.XXXXXX")
		_local "$dir" && _wait_for local _answers "$dir/port" || return 1
	fi
	LOCAL_URL=http://127.0.0.1:$(<"$dir/port")
	export LOCAL_URL AWS_ENDPOINT_URL_DYNAMODB=$LOCAL_URL
}

start_dynalite() {
	_server dynalite env NODE_PATH="$SERVERS/npm/node_modules" \
	    node "$ROOT/tests/tools/dynalite.js"
	_wait_for dynalite _printed_port || return 1
	DYNALITE_URL=http://127.0.0.1:$(_printed_port)
	export DYNALITE_URL
}

start_gallery() {
	_server gallery env NODE_PATH="$SERVERS/npm/node_modules" PORT=0 "$@" \
	    node "$ROOT/tests/gallery/app.js"
	_wait_for gallery _printed_port || return 1
	GALLERY_URL=http://127.0.0.1:$(_printed_port)
	export GALLERY_URL
}

stop_servers() {
	[[ ${#_server_pids[@]} -eq 0 ]] && return 0
	kill "${_server_pids[@]}" 2>/dev/null || :
	wait "${_server_pids[@]}" 2>/dev/null || :
	_server_pids=()
}
