#!/usr/bin/env bash
# lint.sh FILE.c...: run compilers and linters on the sources. Every finding is
# to be fixed. `make lint` sets CPPFLAGS and WARN.
set -u
cd "$(dirname "$0")/.." || exit 1
read -ra flags <<<"$CPPFLAGS $WARN"
bad=0
shopt -s nullglob

run()
{
	echo "lint: $1"
	shift
	"$@" || bad=1
}

shells=(tests/*.sh tests/lib/*.bash .ci/run)
mapfile -t headers < <(find lib inspector export sweep cli tests/unit \
    tests/bench -name "*.h")
ours=("$@" tests/tools/*.c tests/fuzz/*.c)

run clang clang -fsyntax-only -Werror "${flags[@]}" "$@"
run clang-format clang-format --dry-run -Werror "${ours[@]}" \
    "${headers[@]}"
run words tests/words.sh
run layering tests/layering.sh
run circles tests/circles.sh build/lint
pages=(man/*.[1-9])
[[ ${#pages[@]} -eq 0 ]] || run mandoc mandoc -Tlint -Wwarning "${pages[@]}"
run shellcheck shellcheck -x -S warning "${shells[@]}"
# "! command" does not fail a test unless it is the last command.
run shellcheck shellcheck -x -i SC2314,SC2315 tests/*.bats tests/peers/*.bats
run cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
    --enable=warning,performance --suppress=missingInclude \
    --library=posix -I . -D_POSIX_C_SOURCE=200809L -j 2 "$@"
# One file a run: with several, version 14 reports uninitialized va_lists.
run clang-tidy xargs -0 -n 1 -P 2 -a <(printf '%s\0' "$@") \
    bash -c 'flags=$1; shift; clang-tidy --quiet "$@" -- $flags 2>/dev/null' \
    bash "${flags[*]}"
exit $bad
