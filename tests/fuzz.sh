#!/usr/bin/env bash
# fuzz.sh SECONDS FUZZER...: run each fuzzer for so long, starting with its kept
# inputs. New inputs and crashes are written to build/fuzz/NAME. Status 1 when a
# fuzzer found something.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=$1
shift
bad=0
for fuzzer; do
	name=${fuzzer##*/fuzz_}
	found=build/fuzz/$name
	mkdir -p "$found/corpus" "tests/fuzz/corpus/$name"
	echo "fuzzing $name for $seconds s"
	if ! "$fuzzer" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=2048 -artifact_prefix="$found/" -verbosity=0 \
	    -print_final_stats=1 "$found/corpus" "tests/fuzz/corpus/$name" \
	    >"$found/log" 2>&1 </dev/null; then
		bad=1
		tail -60 "$found/log"
		echo "$name: broken; the input is in $found"
	else
		grep number_of_executed_units "$found/log"
	fi
done
rmdir tests/fuzz/corpus/* 2>/dev/null
exit $bad
