# shellcheck shell=bash
# shellcheck disable=SC2154 # _server_pid, _server_pids: lib/servers
# start_road SERVER_URL [OPTION...]: start tests/tools/road.py in front of a
# server; sets ROAD_URL. road GET|PUT WHAT [JSON] controls it. stop_servers ends
# it.

start_road() {
	local to=$1
	shift
	_server road "$PYTHON" "$ROOT/tests/tools/road.py" --to "$to" "$@"
	_wait_for road _printed_port || return 1
	ROAD_URL=http://127.0.0.1:$(_printed_port)
	export ROAD_URL
}

road() {
	curl -sSf --noproxy '*' --max-time 60 -X "$1" ${3:+-d "$3"} \
	    "$ROAD_URL/_road/$2"
}

# End the last one that was started.
stop_road() {
	kill "${_server_pids[-1]}"
	wait "${_server_pids[-1]}" 2>/dev/null || :
	unset '_server_pids[-1]'
}
