# shellcheck shell=bash
# Runs remove their lock files, but not when a test kills them.
#
#   locks_begin   note the existing ones
#   locks_end     remove newer ones that are ours and unlocked

# in a user namespace of its own, as root there: ttlsweep-0
_lock_places=(/run/lock/ttlsweep /tmp/ttlsweep-0 "/tmp/ttlsweep-$(id -u)"
    ${XDG_RUNTIME_DIR:+"$XDG_RUNTIME_DIR/ttlsweep-$(id -u)"})

# Like the program, remove a file only while holding its lock.
locks_end() {
	local place
	for place in /run/lock "${_lock_places[@]}"; do
		[[ -d $place && -n ${_locks_begun:-} ]] || continue
		find "$place" -maxdepth 1 -type f -user "$(id -u)" \
		    -name 'ttlsweep-*' -newer "$_locks_begun" \
		    -exec flock -n {} rm -f {} \; || : # another suite removes some
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
