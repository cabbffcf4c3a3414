# shellcheck shell=bash
# start_cloud SERVER_URL: start tests/tools/cloud.py, which has STS,
# CloudFormation and a proxy of a DynamoDB server; sets CLOUD_URL. cloud_set
# JSON and cloud_log control it. stop_servers ends it.

start_cloud() {
	_server cloud "$PYTHON" "$ROOT/tests/tools/cloud.py" --to "$1"
	_wait_for cloud _printed_port || return 1
	CLOUD_URL=http://127.0.0.1:$(_printed_port)
	export CLOUD_URL
}

cloud_set() { curl -sSf --noproxy '*' --max-time 60 -X PUT -d "$1" "$CLOUD_URL/_set" >/dev/null; }
# one request a line, as JSON
cloud_log() { curl -sSf --noproxy '*' --max-time 60 "$CLOUD_URL/_log" | jq -c '.[]'; }
