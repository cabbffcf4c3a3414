# shellcheck shell=bash
# Lock files are removed by the runs that made them, but not by those that a
# test kills.
#
#   locks_begin   note what is there
#   locks_end     remove what was made since, is ours, and nobody holds

_lock_places=(/run/lock/ttlsweep "/tmp/ttlsweep-$(id -u)"
    ${XDG_RUNTIME_DIR:+"$XDG_RUNTIME_DIR/ttlsweep-$(id -u)"})

# Held, a file's name stays: as the program does, remove it only when locked.
locks_end() {
	local place
	for place in /run/lock "${_lock_places[@]}"; do
		[[ -d $place && -n ${_locks_begun:-} ]] || continue
		find "$place" -maxdepth 1 -type f -user "$(id -u)" \
		    -name 'ttlsweep-*' -newer "$_locks_begun" \
		    -exec flock -n {} rm -f {} \;
		[[ $place == /run/lock || " $_locks_had " == *" $place "* ]] ||
		    rmdir --ignore-fail-on-non-empty "$place"
	done 2>/dev/null
	rm -f "$_locks_begun"
}

locks_begin() {
	local place
	_locks_had=
	for place in "${_lock_places[@]}"; do
		[[ ! -d $place ]] || _locks_had+=" $place"
	done
	_locks_begun=$(mktemp "${TMPDIR:-/tmp}/ttlsweep-locks.XXXXXX")
}
