# The report against an independent count, field by field, for tables of
# every key type with every kind of trouble in them.

load lib/common

setup_file() { start_local; start_dynalite; export NOW=$(($(date +%s) + 86400 * 3650)); }
teardown_file() { stop_servers; }

# same ENDPOINT SEED-OPTION...: seed, count and inspect agree. --now lies
# years ahead: DynamoDB Local deletes nothing of that.
same()
{
	local endpoint=$1 table
	shift
	table=$(new_table count)
	seed --endpoint "$endpoint" --table "$table" --mixed 400 --now "$NOW" "$@"
	count --endpoint "$endpoint" --table "$table" --now "$NOW" >"$BATS_TEST_TMPDIR/count"
	ttlsweep inspect --endpoint-url "$endpoint" -t "$table" --now "$NOW" --format json >"$BATS_TEST_TMPDIR/report"
	"$PYTHON" "$ROOT/tests/lib/same_report.py" "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/count"
}

@test "string keys, TTL on" { same "$LOCAL_URL" --ttl on; }
@test "string keys, TTL off" { same "$LOCAL_URL"; }
@test "another TTL attribute" { same "$LOCAL_URL" --ttl on --ttl-attribute expires; }
@test "number keys" { same "$LOCAL_URL" --ttl on --key-type N; }
@test "binary keys" { same "$LOCAL_URL" --ttl on --key-type B; }
@test "string sort keys" { same "$LOCAL_URL" --ttl on --sort-key --sort-type S; }
@test "number keys, number sort keys" { same "$LOCAL_URL" --ttl on --key-type N --sort-key when --sort-type N; }
@test "binary keys, binary sort keys" { same "$LOCAL_URL" --ttl on --key-type B --sort-key --sort-type B; }
@test "dynalite" { same "$DYNALITE_URL"; }
