# shellcheck shell=bash
# AWS services around DynamoDB; load this after lib/common.
#
#   start_signed [ARGUMENT...]   tools/signed.py; sets SIGNED_URL
#   start_mock [ARGUMENT...]     tools/aws_mock.py; sets MOCK_URL
#   control URL/PATH [JSON]      send a control request to one of them
#   own_aws                      an empty ~/.aws, without common's keys

_answered() { [[ -n $(_printed_port) ]]; }

start_signed() {
	_server signed "$PYTHON" "$ROOT/tests/tools/signed.py" "$@"
	_wait_for signed _answered || return 1
	SIGNED_URL=http://127.0.0.1:$(_printed_port)
	export SIGNED_URL
}

start_mock() {
	_server mock "$PYTHON" "$ROOT/tests/tools/aws_mock.py" "$@"
	_wait_for mock _answered || return 1
	MOCK_URL=http://127.0.0.1:$(_printed_port)
	export MOCK_URL
}

control() {
	if [[ $# -gt 1 ]]; then
		curl -sSf --noproxy '*' -X PUT -d "$2" "$1"
	else
		curl -sSf --noproxy '*' "$1"
	fi
}

# Unset all AWS variables but the region.
own_aws() {
	local name
	for name in $(compgen -e); do
		case $name in
		AWS_REGION | AWS_DEFAULT_REGION | AWS_PAGER) ;;
		AWS_* | *_proxy) unset "$name" ;;
		esac
	done
	export HOME=$BATS_TEST_TMPDIR/home
	mkdir -p "$HOME/.aws"
}
