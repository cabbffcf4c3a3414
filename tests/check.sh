#!/usr/bin/env bash
# check.sh JOBS [FILE...]: run the tests (programs that print TAP, and .bats
# files), JOBS at a time, and print the output of each when it ends. The last
# line is "N passed, N failed"; before it are the commands to run failed tests
# again. Status 1 when a test failed.
set -u
ROOT=$(cd "$(dirname "$0")/.." && pwd)
out=$(mktemp -d "${TMPDIR:-/tmp}/ttlsweep-check.XXXXXX")
WORLD=$out # not exported: each test file has its own
export ROOT out PYTHON=${PYTHON:-/usr/bin/python3}
# shellcheck source=tests/lib/locks.bash
source "$ROOT/tests/lib/locks.bash"
# shellcheck source=tests/lib/servers.bash
source "$ROOT/tests/lib/servers.bash"

jobs=$1
shift
runner=
locks_begin
trap 'locks_end; stop_servers; rm -rf "$out"' EXIT
trap '[[ -z $runner ]] || { kill -- "-$runner"; wait "$runner"; } 2>/dev/null; exit 130' \
    INT TERM HUP

# A status for sanitizer findings that no test expects.
export ASAN_OPTIONS=exitcode=99:detect_stack_use_after_return=1
export LSAN_OPTIONS=exitcode=99
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
export TSAN_OPTIONS=exitcode=99
export CMOCKA_MESSAGE_OUTPUT=TAP

one()
{
	local file=$1 name=${1##*/} said passed failed skipped status
	local TIMEFORMAT='%1R s (CPU %1U + %1S s)' took
	said=$out/$name.tap
	case $1 in
	*.bats)
		pool_enter "$out/pool"
		set -- 3000 bats -F tap "$1"
		;;
	*/fuzz_*) set -- 300 "$1" "tests/fuzz/corpus/${name#fuzz_}" ;;
	*) set -- 300 "$1" ;;
	esac
	# timeout has its own process group: end it when this shell ends.
	took=$({ time setpriv --pdeathsig TERM timeout -k 20 "$@" </dev/null \
	    >"$said" 2>&1 8>&-; } 2>&1; echo "$?" >"$said.status")
	[[ -z ${POOL_SLOT:-} ]] || pool_leave
	status=$(<"$said.status")
	# Unlike TAP, cmocka calls a skipped test "not ok".
	sed -i -E 's/^not (ok .*# skip)/\1/I' "$said"
	skipped=$(grep -ciE '^ok .*# skip' "$said")
	passed=$(grep -viE '# skip' "$said" | grep -c '^ok ')
	failed=$(grep -c '^not ok ' "$said")
	if [[ $status -ne 0 && $failed -eq 0 ]]; then
		failed=1
		echo "not ok - ended with status $status" >>"$said"
	elif [[ $((passed + failed + skipped)) -eq 0 ]]; then
		failed=1
		echo "not ok - ran no test" >>"$said"
	fi
	echo "$passed $failed $skipped $file" >"$out/$name.count"
	echo "${took%% s*} $name" >"$out/$name.took"
	{
		flock 9
		echo "# $file, $took"
		cat "$said"
	} 9>"$out/lock"
}
export -f one pool_enter pool_leave

suites=$(printf '%s\n' "$@" | grep -c '\.bats$')
pool_open "$out/pool" $((suites < jobs ? suites : jobs)) || exit

# In its own process group, so that it can be ended as a whole.
if [[ $# -gt 0 ]]; then
	set -m
	(printf '%s\0' "$@" | xargs -0 -n 1 -P "$jobs" bash -c 'one "$1"' bash) &
	runner=$!
	set +m
	wait "$runner"
fi

passed=0 failed=0 skipped=0 broken=() files=()
for count in "$out"/*.count; do
	[[ -f $count ]] || continue
	read -r p f s file <"$count"
	((passed += p, failed += f, skipped += s))
	[[ $f -eq 0 ]] || broken+=("${count%.count}.tap") files+=("$file")
done
echo "# slowest, in seconds: $(cat "$out"/*.took 2>/dev/null | sort -rn |
    head -n 6 | paste -sd, | sed 's/,/, /g')"
# Repeat failures at the end: the whole output of such a file, then the names.
for said in "${broken[@]}"; do
	echo "# once more: $(basename "$said" .tap)"
	cat "$said"
done
for said in "${broken[@]}"; do
	sed -n "s|^not ok|failed: $(basename "$said" .tap):|p" "$said"
done
for file in "${files[@]}"; do
	case $file in
	*.bats) again="bats $file" ;;
	*/fuzz_*) again="$file tests/fuzz/corpus/${file##*/fuzz_}" ;;
	*) again=$file ;;
	esac
	echo "again: SAN=${SAN:-} TTLSWEEP=${TTLSWEEP:-} $again"
done
if [[ $skipped -gt 0 ]]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[[ $failed -eq 0 ]]
