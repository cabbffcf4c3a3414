#!/usr/bin/env bash
# demo.sh: show everything on a gallery of our own, in about a minute. Prints
# each command before its output. Uses real servers, on 127.0.0.1 only, in a
# temporary directory that is removed afterwards.
set -euo pipefail

unset WORLD
# shellcheck source=tests/lib/common.bash
source "$(dirname "$0")/lib/common.bash"
# shellcheck source=tests/lib/locks.bash
source "$ROOT/tests/lib/locks.bash"
locks_begin
trap 'stop_servers; locks_end; rm -rf "$WORLD"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$WORLD/demo"
cd "$WORLD/demo"

say() { printf '\n# %s\n' "$*"; }

# Print a command as it would be typed, and run it.
run()
{
	local word said='$'
	for word; do
		case $word in
		*[!a-zA-Z0-9_.,:/=@%+-]*) said+=" '$word'" ;;
		*) said+=" $word" ;;
		esac
	done
	printf '%s\n' "$said"
	"$@"
}

# The same for a shell command line.
line()
{
	printf '$ %s\n' "$1"
	eval "$1"
}

# login NAME: log in over HTTP, and keep the cookie.
login()
{
	curl -sS -o /dev/null -c "$1.cookie" -d "user=$1" "$GALLERY_URL/login"
}

# me NAME: print the gallery's answer to NAME's cookie.
me()
{
	run curl -sS -b "$1.cookie" -c "$1.cookie" -w '\n' "$GALLERY_URL/me"
}

say "DynamoDB Local, and the lab's table: key \`key\`, TTL attribute \`ttl\`."
start_local
echo "AWS_ENDPOINT_URL_DYNAMODB=$AWS_ENDPOINT_URL_DYNAMODB"
run aws dynamodb create-table --table-name TSAGalleryCache \
    --attribute-definitions AttributeName=key,AttributeType=S \
    --key-schema AttributeName=key,KeyType=HASH \
    --billing-mode PAY_PER_REQUEST --endpoint-url "$LOCAL_URL" \
    --output text --query TableDescription.TableStatus

say "The gallery: Express, express-session, connect-dynamodb. Its sessions" \
    "last 10 s."
start_gallery SESSION_SECONDS=10
echo "the gallery is at $GALLERY_URL"

say "Twenty people log in and look around (visitor1 to visitor19 log in" \
    "like ada; not shown)."
run curl -sS -o /dev/null -c ada.cookie -d user=ada "$GALLERY_URL/login"
for n in {1..19}; do
	login "visitor$n"
done
for path in images images/7 categories categories/sea users 'search?q=Image'; do
	run curl -sS -o /dev/null -b ada.cookie -c ada.cookie "$GALLERY_URL/$path"
done
me ada

say "Older versions of the gallery wrote other expiry times (here a script" \
    "does, not shown): in milliseconds, as strings, or so long ago that TTL" \
    "ignores them."
now=$(date +%s)
seed --endpoint "$LOCAL_URL" --table TSAGalleryCache --no-create --now "$now" \
    --kind session --case past=160 --case milliseconds-past=12 \
    --case milliseconds-future=3 --case string-past=5 --case iso-past=4 \
    --case too-old=6 >/dev/null
echo "190 such sessions written"

say "Ada stays and loads a page every two seconds (not shown); the visitors" \
    "leave, and their sessions expire."
for _ in {1..6}; do
	sleep 2
	me ada >/dev/null
done
me visitor1
me ada

say "TTL is turned on. It deletes when it gets to it (here within seconds," \
    "on AWS typically within a few days), and some entries never."
run aws dynamodb update-time-to-live --table-name TSAGalleryCache \
    --time-to-live-specification Enabled=true,AttributeName=ttl \
    --endpoint-url "$LOCAL_URL" --output text

say "What is in the cache, and what has TTL left behind?"
run ttlsweep inspect
run ttlsweep list --state expired --kind session --limit 8

say "One of them in full. Anyone who has a session id is logged in, so it is" \
    "masked unless --reveal is given."
# shellcheck disable=SC2016 # for the line itself
line 'key=$(ttlsweep list --reason milliseconds --reveal --columns key \
    --no-headings --limit 1)'
# shellcheck disable=SC2016
line 'ttlsweep show "$key"'

say "Export all that is expired, to a file that DynamoDB can import and that" \
    "ttlsweep reads like a table."
run ttlsweep export --state expired -o expired.json.gz
run ls -l expired.json.gz
run ttlsweep inspect -i expired.json.gz

say "Without --yes a purge changes nothing: it says what it would do."
run ttlsweep purge
run ttlsweep purge --yes --journal sweep.journal

say "What is left; Ada is still logged in."
run ttlsweep inspect
me ada

say "Second thoughts? The journal puts all of it back, as it was."
run ttlsweep restore sweep.journal
run ttlsweep restore sweep.journal --yes
run ttlsweep inspect

say "Done. The servers stop, and nothing is left behind."
