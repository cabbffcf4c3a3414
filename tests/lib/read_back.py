#!/usr/bin/python3
"""Read an export with independent programs.

    read_back.py csv FILE --key key:S [--key sort:N]
        Python's csv, csv-parse (Node) and SQLite's .import must agree on the
        rows; prints their entries as {"Item":{...}} lines.
    read_back.py jsonl FILE ITEMS [--quoted]
        jq and Python read JSON Lines, and find the same as in the DynamoDB
        JSON ITEMS, with the same digits in numbers.
    read_back.py dynamodb-json FILE
        boto3 converts the entries to Python values and back; prints them
        like csv.
"""

import argparse
import base64
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from decimal import Decimal

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from dump import EXACT
from seed import from_file

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def python_rows(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.reader(f, strict=True))


def node_rows(path):
    out = subprocess.run(["node", ROOT + "/tests/tools/csv_rows.js", path], check=True, capture_output=True)
    return [json.loads(line) for line in out.stdout.decode().split("\n") if line]


def sqlite_rows(path, names):
    with tempfile.TemporaryDirectory() as directory:
        script = "CREATE TABLE t(%s);\n.mode csv\n.import --skip 1 '%s' t\n" % (
            ",".join('"c%d" TEXT' % i for i in range(len(names))), path)
        subprocess.run(["sqlite3", directory + "/db"], input=script.encode(), check=True)
        db = sqlite3.connect(directory + "/db")
        return [list(row) for row in db.execute("SELECT * FROM t ORDER BY rowid")]


def read_csv(options):
    rows = python_rows(options.file)
    head, rows = rows[0], rows[1:]
    assert node_rows(options.file) == [head] + rows, "csv-parse reads other rows"
    # SQLite ends text at NUL
    seen = sqlite_rows(options.file, head)
    assert len(seen) == len(rows), "SQLite reads %d rows of %d" % (len(seen), len(rows))
    for mine, its in zip(rows, seen):
        assert [c.split("\0")[0] for c in mine] == its, "SQLite reads another row"
    keys = [k.rsplit(":", 1) for k in options.key]
    assert head == [name for name, _ in keys] + [
        "kind", "state", "reason", "ttl", "expires", "overdue", "size", "attributes"], head
    for row in rows:
        item = {name: {kind: cell} for (name, kind), cell in zip(keys, row)}
        attributes = json.loads(row[-1])
        assert not item.keys() & attributes.keys()
        item.update(attributes)
        print(json.dumps({"Item": item}))


def plain(value, quoted):
    """An attribute in JSON Lines."""
    (kind, v), = value.items()
    if kind == "N":
        return v if quoted else ("number", v)
    if kind == "NS":
        return [n if quoted else ("number", n) for n in v]
    if kind == "L":
        return [plain(x, quoted) for x in v]
    if kind == "M":
        return {name: plain(x, quoted) for name, x in v.items()}
    return None if kind == "NULL" else v


def read_jsonl(options):
    def digits(token):
        return ("number", token)

    with open(options.file, encoding="utf-8", newline="\n") as lines:
        have = [json.loads(line, parse_int=digits, parse_float=digits) for line in lines]
    with open(options.items, encoding="utf-8", newline="\n") as lines:
        want = [{name: plain(v, options.quoted) for name, v in json.loads(line)["Item"].items()} for line in lines]
    assert sorted(map(repr, have)) == sorted(map(repr, want)), "other entries"
    count = subprocess.run(["jq", "-n", "[inputs|type]|group_by(.)|map([.[0],length])", "-c", options.file],
                           check=True, capture_output=True).stdout.decode().strip()
    assert count == json.dumps([["object", len(want)]], separators=(",", ":")), count


def again(value):
    """An item in JSON Lines."""
    (kind, v), = value.items()
    if kind == "B":
        v = base64.b64encode(v).decode()
    elif kind == "BS":
        v = [base64.b64encode(x).decode() for x in v]
    elif kind == "L":
        v = [again(x) for x in v]
    elif kind == "M":
        v = {name: again(x) for name, x in v.items()}
    return {kind: v}


def short(value):
    """1000…0 as 1E+125: boto3 counts the zeros as digits, and accepts 38."""
    (kind, v), = value.items()
    if kind == "N":
        v = str(Decimal(v).normalize(EXACT))
    elif kind == "NS":
        v = [str(Decimal(n).normalize(EXACT)) for n in v]
    elif kind == "L":
        v = [short(x) for x in v]
    elif kind == "M":
        v = {name: short(x) for name, x in v.items()}
    return {kind: v}


def read_dynamodb_json(options):
    down, up = TypeDeserializer(), TypeSerializer()
    for item in from_file(options.file):
        values = {name: down.deserialize(short(v)) for name, v in item.items()}
        print(json.dumps({"Item": {name: again(up.serialize(v)) for name, v in values.items()}}))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = p.add_subparsers(required=True)
    one = what.add_parser("csv")
    one.set_defaults(run=read_csv)
    one.add_argument("file")
    one.add_argument("--key", action="append", required=True)
    one = what.add_parser("jsonl")
    one.set_defaults(run=read_jsonl)
    one.add_argument("file")
    one.add_argument("items")
    one.add_argument("--quoted", action="store_true")
    one = what.add_parser("dynamodb-json")
    one.set_defaults(run=read_dynamodb_json)
    one.add_argument("file")
    options = p.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
