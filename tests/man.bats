#!/usr/bin/env bats
# The manual pages have every option and no other, and each command in them
# works as printed.

load lib/common

# Commands that are not run here, by their first line, and why. Of root's other
# commands, those in AS_ROOT, as_here makes ones that need no root.
NOT_RUN=(
	# S3 and CloudFormation exist only in AWS
	'aws s3 sync s3://BUCKET/AWSDynamoDB/01795332271000-1a2b3c4d export'
	'aws s3 cp --recursive cache-20261122 \'
	'ttlsweep inspect --stack TSAGallery --expect-account 123456789012'
	'ttlsweep doctor --stack TSAGallery --expect-account 123456789012'
	# was run before any test
	'make deps'
	# they need root and change the machine
	'adduser --system --group --home /var/lib/ttlsweep-nightly ttlsweep'
	'install -d -m 700 -o ttlsweep -g ttlsweep /var/lib/ttlsweep-nightly'
	'install -d -m 775 -g ttlsweep /var/lib/prometheus/node-exporter'
	'install -d -m 755 -g root /var/lib/prometheus/node-exporter'
	'deluser ttlsweep'
)
AS_ROOT='^(su -s /bin/sh ttlsweep -c|install -m [67][0-9]{2} ttlsweep|rm (-r )?/(etc/cron.d|usr/local/bin|var/lib)/) ?'

setup_file() {
	start_local
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir bin home commands node-exporter journals cron.d
	export HOME=$PWD/home PATH=$PWD/bin:$PATH
	export XDG_STATE_HOME=$HOME/.local/state
	unset AWS_ENDPOINT_URL_DYNAMODB
	ln -s "$TTLSWEEP" bin/ttlsweep
	# an AWS CLI that knows AWS_ENDPOINT_URL_DYNAMODB, whichever is installed
	printf '#!/bin/sh\nexec %s "$@" --endpoint-url %s --output json\n' \
	    "$(PATH=${PATH#*:} command -v aws)" "$LOCAL_URL" >bin/aws
	# su -s /bin/sh ttlsweep -c COMMAND: by the user who runs the tests
	cat >bin/su <<-'END'
		#!/bin/sh
		[ "$*" = "-s /bin/sh ttlsweep -c $5" ] && exec sh -c "$5"
	END
	# the server of the tests runs already: are its files where the page says?
	cat >bin/java <<-'END'
		#!/bin/sh
		[ -d "${1#-Djava.library.path=}" ] && [ "$2" = -jar ] && [ -f "$3" ] &&
		    exec sleep 600 3>&-
	END
	chmod +x bin/aws bin/su bin/java
	# below those that the kernel gives to others meanwhile
	PAGER_PORT=$("$PYTHON" -c 'import random, socket
while True:
    port = random.randrange(10000, 32768)
    try:
        socket.create_server(("127.0.0.1", port)).close()
        break
    except OSError:
        pass
print(port)')
}

# what a page started and did not stop, since it failed
teardown() {
	local job
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null || :
	done
}

# Local places for what the pages show elsewhere.
as_here() {
	local here=$BATS_TEST_TMPDIR
	sed "s,/var/lib/prometheus/node-exporter,$here/node-exporter,g
	    s,/var/lib/ttlsweep-nightly,$here/journals,g
	    s,/usr/local/bin,$here/bin,g
	    s,/etc/cron\.d,$here/cron.d,g
	    s,\$PWD/build/servers,$SERVERS,g
	    s,\b8080\b,$PAGER_PORT,g
	    s,http://127\.0\.0\.1:8000,$LOCAL_URL,g" "$1"
}

# drop TABLE: so that each page starts over
drop() {
	ddb "$LOCAL_URL" delete_table "{\"TableName\":\"$1\"}" >/dev/null 2>&1 ||
	    true
}

# A table as in the pages, with TTL on, and the files that they assume.
furnish() {
	local now
	now=$(date +%s)
	drop TSAGalleryCache
	drop TSAGalleryCopy
	printf '{"Item":{"key":{"S":"session:Ab12Cd34Ef56Gh78"},"ttl":{"N":"%s"},"sess":{"S":"{}"}}}\n' \
	    $((now + 86400)) >one.json
	printf '{"Item":{"key":{"S":"image:%s"},"name":{"S":"a"}}}\n' 1 2 3 >>one.json
	seed --endpoint "$LOCAL_URL" --table TSAGalleryCopy --items one.json \
	    >/dev/null
	seed --endpoint "$LOCAL_URL" --table TSAGalleryCache --items one.json \
	    >/dev/null
	seed --endpoint "$LOCAL_URL" --table TSAGalleryCache --no-create \
	    --kind session --now "$now" --case future=40 --case past=6 \
	    --case milliseconds-past=3 --case milliseconds-future=2 \
	    --case string-past=2 --ttl on >/dev/null
	export AWS_ENDPOINT_URL_DYNAMODB=$LOCAL_URL
	rm -f one.json
}

# try PAGE: run its commands, one after another in one shell.
try() {
	"$PYTHON" "$ROOT/tests/lib/pages.py" commands "$1" commands
	[[ -n $(ls commands) ]]
	run_commands "$PWD"/commands/* >log 2>&1 ||
	    { cat "$BATS_TEST_TMPDIR/log"; return 1; }
}

# Run these files; the function $meanwhile, if there is one, before each.
run_commands() {
	local file first want got command=$BATS_TEST_TMPDIR/command
	for file; do
		first=$(sed -n 2p "$file")
		if is_left_out "$first"; then
			continue
		fi
		[[ $(head -n 1 "$file") == '$' || $first =~ $AS_ROOT ]] ||
		    { echo "not for this machine: $first"; return 1; }
		${meanwhile:-:}
		as_here "$file" | sed 1d >"$command"
		echo "\$ $(<"$command")"
		want=0
		case $first in
		*--alert-*)
			# the server's TTL may have been quicker
			want='[05]'
			;;
		*--watch*)
			# it runs until it is ended
			sed -i '1s/^/timeout -s INT --preserve-status 3 /' "$command"
			want=130
			;;
		esac
		got=0
		# shellcheck disable=SC1090
		source "$command" || got=$?
		# shellcheck disable=SC2053
		[[ $got == $want ]] ||
		    { echo "exit status $got, not $want"; return 1; }
		if [[ $first == "python3 pager.py &" ]]; then
			until curl -s -o /dev/null "http://127.0.0.1:$PAGER_PORT/"; do
				kill -0 $! || return 1
				sleep 0.05
			done
		fi
	done
}

is_left_out() {
	local line
	for line in "${NOT_RUN[@]}"; do
		[[ $1 != "$line" ]] || return 0
	done
	return 1
}

@test "every option has its paragraph, and no page has another" {
	run -0 "$PYTHON" "$ROOT/tests/lib/pages.py" options
}

@test "the pages list the combinations that the program refuses" {
	run -0 "$PYTHON" "$ROOT/tests/lib/pages.py" refused \
	    "$ROOT"/cli/option/*.c
}

@test "the pages are clean, and refer to existing pages" {
	run -0 "$PYTHON" "$ROOT/tests/lib/pages.py" links
	run -0 mandoc -Tlint -Wwarning "$ROOT"/man/*.[1-9]
	[[ -z $output ]] || { echo "$output"; false; }
}

@test "every command has a page, and every page has an example" {
	local page
	for page in $(ttlsweep __complete '' | sed 1d | cut -f 1); do
		[[ $page == help || -e $ROOT/man/ttlsweep-$page.1 ]]
	done
	for page in "$ROOT"/man/*.[1-9]; do
		grep -q '^@test "examples: '"${page##*/}"'"' \
		    "$BATS_TEST_FILENAME"
	done
}

@test "every exception is still in a page" {
	local page line
	for page in "$ROOT"/man/*.[1-9]; do
		mkdir -p "all/${page##*/}"
		"$PYTHON" "$ROOT/tests/lib/pages.py" commands "${page##*/}" \
		    "all/${page##*/}"
	done
	for line in "${NOT_RUN[@]}"; do
		grep -rqxF -- "$line" all
	done
}

@test "make install puts the pages where man -k finds them, uninstall removes them" {
	local to=$PWD/root page share
	share=$to/usr/local/share/man
	unset MAKEFLAGS MAKELEVEL
	make -s -C "$ROOT" -o all B="${TTLSWEEP%/*}" install DESTDIR="$to" \
	    PREFIX=/usr/local
	for page in "$ROOT"/man/*.[1-9]; do
		cmp "$page" "$share/man${page##*.}/${page##*/}"
	done
	PATH=$PATH:/usr/sbin makewhatis "$share"
	mapropos -M "$share" ttlsweep >found
	for page in "$ROOT"/man/*.[1-9]; do
		page=${page##*/}
		grep -q "${page%.*}(${page##*.}) - " found
	done
	rm "$share/mandoc.db"
	make -s -C "$ROOT" uninstall DESTDIR="$to" PREFIX=/usr/local
	run -0 find "$to" -type f
	[[ -z $output ]] || { echo "$output"; false; }
}

@test "examples: ttlsweep.1" {
	furnish
	try ttlsweep.1
}

@test "examples: ttlsweep-inspect.1" {
	furnish
	ttlsweep export --layout s3 -o export
	try ttlsweep-inspect.1
	[[ -s node-exporter/ttlsweep.prom && -s report.html ]]
}

@test "examples: ttlsweep-list.1" {
	furnish
	try ttlsweep-list.1
	[[ -s keys.csv ]]
}

@test "examples: ttlsweep-show.1" {
	furnish
	echo "a secret" >secret
	"$PYTHON" - >cookie.txt <<-'END'
		import base64, hashlib, hmac, urllib.parse
		sid = "Ab12Cd34Ef56Gh78"
		mac = hmac.new(b"a secret", sid.encode(), hashlib.sha256).digest()
		signature = base64.b64encode(mac).decode().rstrip("=")
		print("connect.sid=" + urllib.parse.quote("s:%s.%s" % (sid, signature), ""))
	END
	try ttlsweep-show.1
}

@test "examples: ttlsweep-export.1" {
	furnish
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ops -days 2 \
	    -keyout key.pem -out cert.pem 2>/dev/null
	ttlsweep purge --state stuck --yes --journal sweep.journal >/dev/null
	try ttlsweep-export.1
	[[ -s cache.csv.gz && -s gone.json.p7m ]]
}

@test "examples: ttlsweep-purge.1" {
	furnish
	try ttlsweep-purge.1
	grep -q ' 41 matched, 41 deleted, ' log # the live ones
	run -0 --separate-stderr ttlsweep list --kind session --no-headings
	[[ -z $output ]]
	run -0 --separate-stderr ttlsweep list --kind item --no-headings
	[[ $(wc -l <<<"$output") -eq 3 ]]
}

@test "examples: ttlsweep-repair.1" {
	furnish
	try ttlsweep-repair.1
	run -0 ttlsweep list --state immortal --no-headings -q
	[[ -z $output ]] || { echo "$output"; false; }
}

@test "examples: ttlsweep-restore.1" {
	furnish
	ttlsweep purge --reason string --yes --journal sweep.journal >/dev/null
	ttlsweep purge --state stuck --yes >/dev/null
	try ttlsweep-restore.1
}

@test "examples: ttlsweep-doctor.1" {
	furnish
	try ttlsweep-doctor.1
	jq -e .Statement policy.json
}

@test "examples: ttlsweep-completion.1" {
	try ttlsweep-completion.1
	[[ -s $HOME/.config/fish/completions/ttlsweep.fish ]]
}

@test "examples: ttlsweep-journal.5" {
	furnish
	ttlsweep purge --state stuck --yes --journal sweep.journal >/dev/null
	ttlsweep purge --state live --yes --journal whole.journal.gz >/dev/null
	head -c -9 whole.journal.gz >torn.journal.gz
	try ttlsweep-journal.5
	grep -q '^ *5 deleted$' log
	zcat deleted.json.gz | wc -l | grep -x 5
}

@test "examples: ttlsweep-formats.5" {
	furnish
	try ttlsweep-formats.5
	sqlite3 cache.db 'SELECT count(*) > 40 FROM cache' | grep -x 1
}

@test "examples: ttlsweep-options.7" {
	furnish
	try ttlsweep-options.7
	run -0 ttlsweep list --state stuck --no-headings
	[[ -z $output ]] || { echo "$output"; false; }
}

@test "examples: ttlsweep-states.7" {
	furnish
	try ttlsweep-states.7
}

@test "examples: ttlsweep-credentials.7" {
	furnish
	mkdir "$HOME/.aws"
	printf '[night]\naws_access_key_id = night\naws_secret_access_key = n\n' \
	    >"$HOME/.aws/credentials"
	unset AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
	try ttlsweep-credentials.7
	grep -q 'credentials.*night' log
}

tutorial() {
	drop TSAGalleryCache
	try ttlsweep-tutorial.7
	cd "$BATS_TEST_TMPDIR" || return 1
	# what it says about the six entries
	grep -Eq '^live +1 ' log
	grep -Eq '^stuck +2 ' log
	grep -Eq '^immortal +2 ' log
	# Cyd's and Dan's are deleted and put back, then repaired with Eve's
	grep -q ' 2 matched, 2 deleted, ' log
	grep -q ' 2 matched, 2 restored, ' log
	grep -q ' 3 matched, 3 repaired, ' log
	# a good night is silent; a bad one pages somebody, twice
	run ! grep '^PAGE: TSAGalleryCache' log
	grep -c '^PAGE: NoSuchTable: .*status 1$' log | grep -x 2
	# what cron will run is what was tried
	grep -rqx '17 3 \* \* \* ttlsweep ttlsweep-nightly' commands
	# it leaves nothing behind; each rm had something to remove, or it would fail
	[[ ! -e bin/ttlsweep-nightly && ! -e journals && ! -e $work ]]
	run -0 find node-exporter cron.d -type f
	[[ -z $output ]]
	# what was killed ends, perhaps not at once
	for _ in {1..600}; do
		[[ -n $(jobs -r) ]] || break
		sleep 0.1
	done
	[[ -z $(jobs -r) ]]
	run -1 ttlsweep inspect -t TSAGalleryCache
}

@test "examples: ttlsweep-tutorial.7" {
	tutorial
}

# As slow a reader, or as quick a TTL, as there can be.
ttl_deletes() {
	ttlsweep purge -q --state pending --yes --no-journal \
	    -t TSAGalleryCache --endpoint-url "$LOCAL_URL" >/dev/null 2>&1 || :
}

@test "the tutorial works however soon TTL deletes" {
	meanwhile=ttl_deletes
	tutorial
	grep -Eq '^pending +0 ' log
}
