#!/usr/bin/env bats
# The definitions in examples/ are run as written, except that /reports is a
# local directory and the cluster is a loop.

load lib/common

NOW=1795000000

setup_file() {
	start_local
	TABLE=$(new_table examples)
	export TABLE
	seed --endpoint "$LOCAL_URL" --table "$TABLE" --mixed 500 --now "$NOW"
	ttlsweep inspect -t "$TABLE" --now "$NOW" --segments 1024 \
	    >"$BATS_FILE_TMPDIR/one"
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir reports bin
	ln -s "$TTLSWEEP" bin/ttlsweep
	PATH=$PWD/bin:$PATH
	export CACHETABLE=$TABLE
	unset JOB_COMPLETION_INDEX AWS_BATCH_JOB_ARRAY_INDEX
}

# yaml FILE EXPRESSION: applied to the container of a job
yaml() {
	"$PYTHON" - "$ROOT/examples/$1" "$2" <<-'END'
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))["spec"]
		c = spec["template"]["spec"]["containers"][0]
		print(eval(sys.argv[2]))
	END
}

same_as_one() {
	cmp <(sed 's/, account [0-9]*//; s/^Read in [0-9.]* s/Read/' \
	    "$BATS_FILE_TMPDIR/one") \
	    <(sed 's/^Read in [0-9.]* s/Read/' all)
}

@test "the indexed job of Kubernetes inspects all shards" {
	local n
	[[ $(yaml kubernetes-inspect.yaml 'spec["completionMode"]') == Indexed ]]
	n=$(yaml kubernetes-inspect.yaml 'spec["completions"]')
	[[ $(yaml kubernetes-inspect.yaml 'c["command"][:2]') == "['sh', '-c']" ]]
	yaml kubernetes-inspect.yaml 'c["command"][2]' |
	    sed "s,/reports,$PWD/reports,g" >shard
	[[ $(<shard) == *"auto/$n "* ]]
	for ((i = 0; i < n; i++)); do
		NOW=$NOW JOB_COMPLETION_INDEX=$i sh -c "$(<shard)"
	done
	yaml kubernetes-merge.yaml 'c["command"][2]' |
	    sed "s,/reports,$PWD/reports,g" >merge
	sh -c "$(<merge)" >all
	same_as_one
}

# batch FILE NAME=VALUE...: run its command with these parameters
batch() {
	"$PYTHON" - "$ROOT/examples/$1" "${@:2}" <<-'END'
		import json, os, subprocess, sys
		job = json.load(open(sys.argv[1]))
		given = dict(job["parameters"], **dict(
		    a.split("=", 1) for a in sys.argv[2:]))
		command = [given[w[5:]] if w.startswith("Ref::") else w
		    for w in job["containerProperties"]["command"]]
		command = [w.replace("/reports", os.getcwd() + "/reports")
		    for w in command]
		sys.exit(subprocess.call(command))
	END
}

@test "the array job of AWS Batch inspects all shards" {
	local i
	for ((i = 0; i < 4; i++)); do
		AWS_BATCH_JOB_ARRAY_INDEX=$i batch aws-batch-inspect.json \
		    now="$NOW" shards=4 reports=run
	done
	batch aws-batch-merge.json reports=run >all
	same_as_one
	rm reports/run/2.json
	run ! batch aws-batch-merge.json reports=run
	[[ $output == *"shard 3 of 4 is missing"* ]]
}

@test "AWS Batch knows all members of the definitions" {
	"$PYTHON" - "$ROOT"/examples/aws-batch-*.json <<-'END'
		import json, sys
		import botocore.session
		from botocore.validate import ParamValidator
		model = botocore.session.get_session().get_service_model("batch")
		shape = model.operation_model("RegisterJobDefinition").input_shape
		for path in sys.argv[1:]:
		    found = ParamValidator().validate(json.load(open(path)), shape)
		    if found.has_errors():
		        sys.exit(path + ": " + found.generate_report())
	END
}
