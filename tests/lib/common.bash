# shellcheck shell=bash
# The environment of every command test and of the demo, without the caller's
# AWS settings, proxies and home.
#
#   load lib/common
#   setup_file() { start_local; }
#   teardown_file() { stop_servers; }

[[ -z ${BATS_VERSION:-} ]] || bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT
export TTLSWEEP=${TTLSWEEP:-$ROOT/build/ttlsweep}
# Debian's python3-boto3 is for the system's Python.
export PYTHON=${PYTHON:-/usr/bin/python3}

# Each test of a file inherits this, and sources it again.
if [[ -z ${WORLD:-} ]]; then
	# Variables that the program, the AWS CLI or boto3 read.
	for _name in $(compgen -e); do
		case $_name in
		AWS_* | XDG_* | LC_* | LANGUAGE | CACHETABLE | *_proxy | *_PROXY | \
		    COLUMNS | LINES | NO_COLOR | JOB_COMPLETION_INDEX | \
		    SSL_CERT_* | *_CA_BUNDLE | POSIXLY_CORRECT | GZIP)
			unset "$_name"
			;;
		esac
	done
	unset _name

	# A directory for the test file; outside of bats, the caller removes it.
	WORLD=${BATS_FILE_TMPDIR:-$(mktemp -d "${TMPDIR:-/tmp}/ttlsweep.XXXXXX")}
	export WORLD HOME=$WORLD/home XDG_STATE_HOME=$WORLD/state
	mkdir -p "$HOME" "$XDG_STATE_HOME"
	umask 022
	export LC_ALL=C.UTF-8 TZ=UTC TERM=dumb PYTHONDONTWRITEBYTECODE=1

	# DynamoDB Local accepts letters and digits, and any signature.
	export AWS_ACCESS_KEY_ID=testaccess AWS_SECRET_ACCESS_KEY=testsecret
	export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
	export AWS_CONFIG_FILE=$WORLD/no-config
	export AWS_SHARED_CREDENTIALS_FILE=$WORLD/no-credentials
	export AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
fi

# shellcheck source=tests/lib/servers.bash
source "$ROOT/tests/lib/servers.bash"

ttlsweep() { "$TTLSWEEP" "$@"; }
seed() { "$PYTHON" "$ROOT/tests/lib/seed.py" "$@"; }
count() { "$PYTHON" "$ROOT/tests/lib/count.py" "$@"; }
# until_said SIGNAL FILE REGEX TIMES COMMAND...
until_said() { "$PYTHON" "$ROOT/tests/lib/until.py" "$@"; }
# ddb URL OPERATION JSON, as in ddb update_item
ddb() { "$PYTHON" "$ROOT/tests/lib/ddb.py" "$@"; }
# jq: the one of Debian 12 is content with -e and no input; that is no success.
jq()
{
	local out status=0
	if [[ $1 != -e && $1 != -se ]]; then
		command jq "$@"
		return
	fi
	out=$(command jq "$@") || status=$?
	[[ -z $out ]] || printf '%s\n' "$out"
	[[ $status -ne 0 || -n $out ]] || status=4
	return $status
}
dump() { "$PYTHON" "$ROOT/tests/lib/dump.py" "$@"; }

# new_table [WORD]: a table name that no other test has.
new_table() { printf '%s-%s\n' "${1:-t}" "$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')"; }
