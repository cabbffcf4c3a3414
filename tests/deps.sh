#!/bin/sh
# deps.sh GROUP...: install the missing tools of these groups on a Debian system
# (as root, or through sudo without a password), and report progress. On other
# systems, print what to install, and end with 1. Silent, offline and quick when
# nothing is missing.
#
#   build     compiles the program          lint     what `make lint` runs
#   test      what `make check` runs        fuzz     what `make fuzz` runs
#   peers     what `make check-peers` runs  servers  the test servers (npm)
#   pictures  what `make pictures` runs   bench    what `make bench` runs
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
servers=${SERVERS:-$top/build/servers}

# group, kind of check, what to look for, Debian's package
needs='
build	command	cc	gcc
build	command	make	make
build	command	pkg-config	pkg-config
build	header	stdio.h	libc6-dev
build	header	csv.h	libcsv-dev
build	module	expat	libexpat1-dev
build	module	libcjson	libcjson-dev
build	module	libcurl	libcurl4-openssl-dev
build	module	libisal	libisal-dev
build	module	openssl	libssl-dev
build	module	smartcols	libsmartcols-dev
build	module	zlib	zlib1g-dev
test	command	aws	awscli
test	command	bats	bats
test	command	curl	curl
test	java	11	default-jre-headless
test	command	jq	jq
test	command	mandoc	mandoc
test	command	node	nodejs
test	command	npm	npm
test	command	openssl	openssl
test	command	sqlite3	sqlite3
test	command	tmux	tmux
test	command	xz	xz-utils
test	module	cmocka	libcmocka-dev
test	python	awscli	awscli
test	python	boto3	python3-boto3
test	python	yaml	python3-yaml
test	file	/etc/ssl/certs/ca-certificates.crt	ca-certificates
lint	command	clang	clang
lint	command	clang-format	clang-format
lint	command	clang-tidy	clang-tidy
lint	command	cppcheck	cppcheck
lint	command	mandoc	mandoc
lint	command	shellcheck	shellcheck
fuzz	command	clang	clang
fuzz	fuzzer	-	libclang-rt-dev
peers	command	chromium	chromium
peers	command	fish	fish
peers	command	zsh	zsh
peers	command	tmux	tmux
pictures	command	chromium	chromium
pictures	command	tmux	tmux
bench	command	aws	awscli
bench	command	gzip	gzip
bench	command	jq	jq
bench	command	node	nodejs
bench	command	npm	npm
bench	python	boto3	python3-boto3
'

has()
{
	case $1 in
	command) command -v "$2" ;;
	header) echo "#include <$2>" | cc -E -o /dev/null - ;;
	module) pkg-config --exists "$2" ;;
	python) /usr/bin/python3 -c "import $2" ;;
	java) [ "$(java_version)" -ge "$2" ] ;;
	fuzzer) ls "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer*.a ;;
	file) test -f "$2" ;;
	esac >/dev/null 2>&1
}

# The installed Java: 17 for "17.0.15", 1 for "1.8.0", 0 for none.
java_version()
{
	java -XX:-UsePerfData -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' |
	    grep . || echo 0
}

# The packages that the groups "$@" need and that are not installed.
missing()
{
	echo "$needs" | while read -r group how what package; do
		case " $* " in
		*" ${group:-none} "*)
			has "$how" "$what" || echo "$package" ;;
		esac
	done | sort -u | tr '\n' ' '
}

as_root=
[ "$(id -u)" -eq 0 ] || as_root='sudo -n'
# Runs wait for each other.
apt_options='-o DPkg::Lock::Timeout=600 -qq'

# Install packages, and report apt's progress. Prints apt's output if it fails.
apt_install()
{
	log=$(mktemp "${TMPDIR:-/tmp}/ttlsweep-apt.XXXXXX")
	{
		$as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get \
		    -o DPkg::Lock::Timeout=600 -q install -y \
		    --no-install-recommends "$@" 2>&1 </dev/null ||
		    touch "$log.failed"
	} | tee "$log" | apt_progress
	if [ -e "$log.failed" ]; then
		cat "$log" >&2
		rm -f "$log" "$log.failed"
		return 1
	fi
	rm -f "$log"
}

# "0 upgraded, 45 newly installed, ...", then for each of the packages
# "Get:12 http://... bookworm/main amd64 PACKAGE amd64 1.2 [34 kB]",
# "Unpacking PACKAGE (1.2) ..." and "Setting up PACKAGE (1.2) ..."
apt_progress()
{
	packages=0 unpacked=0 ready=0 said_at=$(date +%s)
	while read -r word rest; do
		case "$word $rest" in
		[0-9]*' upgraded, '*' newly installed, '*)
			rest=${rest#upgraded, }
			packages=$((word + ${rest%% *}))
			continue ;;
		Get:*)
			rest=${rest#* * * }
			step=downloading at=${word#Get:} ;;
		Unpacking*)
			unpacked=$((unpacked + 1))
			step=unpacking at=$unpacked ;;
		'Setting up '*)
			rest=${rest#up }
			ready=$((ready + 1))
			step='setting up' at=$ready ;;
		*)	continue ;;
		esac
		apt_say "$step $at of $packages: ${rest%% *}"
	done
	[ ! -t 1 ] || printf '\r\033[K'
}

# On a terminal each line replaces the one before; elsewhere print one every 15
# seconds.
apt_say()
{
	if [ -t 1 ]; then
		printf '\r\033[Kdeps: %.60s' "$1"
		return
	fi
	now=$(date +%s)
	[ $((now - said_at)) -ge 15 ] || return 0
	said_at=$now
	echo "deps: $1"
}

packages()
{
	lacking=$(missing "$@")
	[ -n "$lacking" ] || return 0
	if ! command -v apt-get >/dev/null ||
	    { [ -n "$as_root" ] && ! $as_root true 2>/dev/null; }; then
		echo "deps: these packages are missing, and installing" \
		    "them needs root. On Debian or Ubuntu:" >&2
		echo "  apt-get install $lacking" >&2
		return 1
	fi
	begun=$(date +%s)
	echo "deps: installing with apt (this can take some minutes): $lacking"
	echo "deps: updating apt's lists of packages"
	$as_root apt-get $apt_options update || :
	# shellcheck disable=SC2086 # words on purpose
	apt_install $lacking
	echo "deps: installed in $(($(date +%s) - begun)) s"
	lacking=$(missing "$@")
	[ -z "$lacking" ] || {
		echo "deps: installed, but still not found: $lacking" >&2
		return 1
	}
}

# npm's output only if it fails.
quiet()
{
	"$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		return 1
	}
}

# Replace the directory $2 by $1, completely or not at all.
place()
{
	mv -T "$2" "$1.old" 2>/dev/null || : # none yet
	mv -T "$1" "$2" 2>/dev/null || [ -d "$2" ] # another run was first
}

# Amazon's DynamoDB Local, from this npm package.
local_package=amplify-dynamodb-simulator@2.9.30
local_sha512=xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==

dynamodb_local()
{
	to=$servers/dynamodb-local
	[ "$(cat "$to/.sha512" 2>/dev/null)" != "$local_sha512" ] || return 0
	echo "deps: fetching DynamoDB Local with npm ($local_package)"
	quiet npm pack --prefer-offline --pack-destination "$work" \
	    "$local_package"
	got=$(openssl dgst -sha512 -binary "$work"/*.tgz | base64 -w 0)
	[ "$got" = "$local_sha512" ] || {
		echo "deps: $local_package is not the one that was pinned:" \
		    "its SHA-512 is $got" >&2
		return 1
	}
	mkdir "$work/local"
	tar -xzf "$work"/*.tgz -C "$work/local" --strip-components 2 \
	    package/emulator
	echo "$local_sha512" >"$work/local/.sha512"
	place "$work/local" "$to"
}

# npm_modules FROM TO: install what the lock file in tests/FROM lists, to
# servers/TO.
npm_modules()
{
	from=$top/tests/$1
	to=$servers/$2
	cmp -s "$from/package-lock.json" "$to/package-lock.json" && return 0
	echo "deps: fetching the npm packages of tests/$1/package-lock.json"
	mkdir "$work/$2"
	cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" \
	    "$work/$2/"
	(cd "$work/$2" && quiet npm ci --prefer-offline)
	place "$work/$2" "$to"
}

# Unpack it: installing the package would start a Prometheus.
prometheus_tool()
{
	to=$servers/promtool
	if [ -x "$to/promtool" ] || command -v promtool >/dev/null; then
		return 0
	fi
	echo "deps: fetching promtool (out of Debian's prometheus)"
	(cd "$work" && quiet apt-get $apt_options download prometheus) ||
	    (cd "$work" && $as_root apt-get $apt_options update &&
	    quiet apt-get $apt_options download prometheus)
	dpkg-deb --fsys-tarfile "$work"/prometheus_*.deb |
	    tar -xf - -C "$work" ./usr/bin/promtool
	mkdir "$work/promtool"
	mv "$work/usr/bin/promtool" "$work/promtool/"
	place "$work/promtool" "$to"
}

groups=
for group; do
	[ "$group" = servers ] || groups="$groups $group"
done
# shellcheck disable=SC2086 # words on purpose
packages $groups
case " $* " in
*' servers '* | *' peers '* | *' bench '*)
	mkdir -p "$servers"
	work=$(mktemp -d "$servers/.new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	;;
esac
case " $* " in
*' servers '*)
	dynamodb_local
	# dynalite, the modules of the gallery, another reader of CSV
	npm_modules npm npm
	;;
esac
case " $* " in
*' peers '*)
	prometheus_tool
	;;
esac
case " $* " in
*' bench '*)
	npm_modules bench bench
	;;
esac
