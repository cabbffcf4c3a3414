#!/usr/bin/python3
"""Make a DynamoDB table and fill it with cache entries of every kind.

    seed.py --endpoint URL --table T --mixed 500 --now 1795332271
    seed.py --endpoint URL --table T --case past=30 --case future=10 --now ...
    seed.py --endpoint URL --table T --items FILE      {"Item":{...}} lines

The same arguments give the same entries. --ttl on turns TTL on, after the entries
were written. DynamoDB Local then deletes about one expired entry a second, some
at once: to keep all, set --now years ahead of the clock, or leave TTL off.
--list-cases prints the cases of --case.
"""

import argparse
import base64
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from ddb import connect, typed_item

YEAR = 365 * 86400
TOO_OLD = 157788000
CENTURY = 3155760000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def iso(seconds, style, rng):
    """An ISO 8601 date-time, in one of the styles people write."""
    from datetime import datetime, timedelta, timezone

    t = datetime.fromtimestamp(seconds, timezone.utc)
    if style == 0:
        return t.strftime("%Y-%m-%dT%H:%M:%SZ")
    if style == 1:  # JavaScript's Date.toISOString
        return t.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % rng.randrange(1000)
    if style == 2:  # Python's isoformat
        zone = timezone(timedelta(minutes=rng.choice([-570, -300, 60, 345])))
        return t.astimezone(zone).isoformat()
    if style == 3:
        return t.strftime("%Y%m%dT%H%M%SZ")
    return t.strftime(rng.choice(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%dT%H%M%S"]))  # no zone


def ago(rng):
    """Seconds since an expiry that TTL would still act on."""
    return rng.choice([
        rng.randrange(1, 3600), rng.randrange(3600, 3 * 86400),
        rng.randrange(3 * 86400, 60 * 86400), rng.randrange(60 * 86400, 4 * YEAR),
    ])


def ahead(rng):
    """Seconds left: longer than a test file runs, if --now is the clock."""
    return rng.choice([
        rng.randrange(1800, 3600), rng.randrange(3600, 86400),
        rng.randrange(86400, 7 * 86400), rng.randrange(7 * 86400, 300 * 86400),
    ])


def number(make):
    return lambda now, rng: {"N": str(make(now, rng))}


def text(make):
    return lambda now, rng: {"S": make(now, rng)}


def fixed(*values):
    return lambda now, rng: rng.choice(values)


# name: (weight in --mixed, function of the TTL value)
CASES = {
    "future": (40, number(lambda now, rng: now + ahead(rng))),
    "past": (25, number(lambda now, rng: now - ago(rng))),
    "now": (.2, number(lambda now, rng: now)),
    "just-past": (.2, number(lambda now, rng: now - 1)),
    "nearly-too-old": (.2, number(lambda now, rng: now - TOO_OLD + 1)),
    "just-too-old": (.2, number(lambda now, rng: now - TOO_OLD)),
    "too-old": (3, number(lambda now, rng: now - TOO_OLD - rng.randrange(9 * YEAR))),
    "oldest": (.2, fixed({"N": "1326844800"}, {"N": "1326844800000"}, {"S": "2012-01-18T00:00:00Z"})),
    "before-oldest": (.2, fixed({"N": "1326844799"}, {"N": "1326844799.9"}, {"N": "1326844799999"}, {"S": "2012-01-17T23:59:59Z"})),
    "farthest": (.2, number(lambda now, rng: (now + CENTURY) * rng.choice([1, 10 ** 3, 10 ** 6, 10 ** 9]))),
    "too-far": (.2, number(lambda now, rng: (now + CENTURY) * rng.choice([1, 10 ** 3, 10 ** 6, 10 ** 9]) + 1)),
    "years-ahead": (.5, number(lambda now, rng: now + TOO_OLD + rng.randrange(30 * YEAR))),
    "fraction-future": (2, number(lambda now, rng: "%d.%03d" % (now + ahead(rng), rng.randrange(1, 1000)))),
    "fraction-past": (2, number(lambda now, rng: "%d.%03d" % (now - ago(rng) - 1, rng.randrange(1, 1000)))),
    "hair-past": (.2, number(lambda now, rng: "%d.%s" % (now - 1, "9" * 28))),
    "hair-future": (.2, number(lambda now, rng: "%d.%s1" % (now, "0" * 27))),
    "exponent-past": (.2, fixed({"N": "17E8"}, {"N": "1.5e+9"}, {"N": "0.15E10"})),
    "zero": (.2, fixed({"N": "0"}, {"N": "-0"}, {"N": "0.00"})),
    "negative": (.3, number(lambda now, rng: -rng.choice([1, now, now * 1000, 10 ** 37]))),
    "tiny": (.2, fixed({"N": "1E-130"}, {"N": "-1E-100"})),
    "duration": (.3, fixed({"N": "3600"}, {"N": "86400000"}, {"S": "3600"})),
    "date-digits": (.3, fixed({"N": "20261208"}, {"N": "20261208120000"})),
    "ticks": (.3, fixed({"N": "639315136448464622"}, {"N": "134403904448464622"})),
    "year-9999": (.3, fixed({"N": "253402300799"}, {"N": "253402300799999"}, {"S": "9999-12-31T23:59:59Z"}, {"S": "253402300799"})),
    "year-5138": (.2, fixed({"N": "99999999999"}, {"N": "99999999999.5"})),
    "round-1e11": (.2, fixed({"N": "100000000000"}, {"N": "1E11"})),
    "milliseconds-past": (4, number(lambda now, rng: (now - ago(rng)) * 1000 + rng.randrange(1000) - 1000)),
    "milliseconds-future": (4, number(lambda now, rng: (now + ahead(rng)) * 1000 + rng.randrange(1000))),
    "milliseconds-old": (.3, number(lambda now, rng: (now - TOO_OLD - rng.randrange(9 * YEAR)) * 1000)),
    "microseconds-past": (1, number(lambda now, rng: (now - ago(rng)) * 10 ** 6 - rng.randrange(10 ** 6))),
    "microseconds-future": (1, number(lambda now, rng: (now + ahead(rng)) * 10 ** 6)),
    "nanoseconds-past": (1, number(lambda now, rng: (now - ago(rng)) * 10 ** 9 - rng.randrange(10 ** 9))),
    "nanoseconds-future": (1, number(lambda now, rng: (now + ahead(rng)) * 10 ** 9)),
    "digits-38": (.2, number(lambda now, rng: "9" * 38)),
    "huge": (.2, fixed({"N": "9.99E125"}, {"N": "1E+125"})),
    "string-past": (2, text(lambda now, rng: str(now - ago(rng)))),
    "string-future": (2, text(lambda now, rng: str(now + ahead(rng)))),
    "string-milliseconds-past": (.5, text(lambda now, rng: str((now - ago(rng)) * 1000))),
    "string-milliseconds-future": (.5, text(lambda now, rng: str((now + ahead(rng)) * 1000))),
    "string-blanks-past": (.3, text(lambda now, rng: rng.choice([" %d", "%d\t", " \t+%d ", "%d.", "%d.5e0"]) % (now - ago(rng) - 1))),
    "string-exponent": (.3, fixed({"S": "1.7e9"}, {"S": ".17E+10"}, {"S": "17000000000e-1"}, {"S": "-1"})),
    "string-long": (.2, fixed({"S": "17" + "0" * 60 + "E-52"}, {"S": "1" + "0" * 60 + "E-51"}, {"S": "9" * 200}, {"S": "1e999999999999999999999"}, {"S": "-1e99999"})),
    "iso-past": (2, text(lambda now, rng: iso(now - ago(rng) - 1, rng.randrange(4), rng))),
    "iso-future": (2, text(lambda now, rng: iso(now + ahead(rng), rng.randrange(4), rng))),
    "local-past": (1, text(lambda now, rng: iso(now - 12 * 3600 - ago(rng), 4, rng))),
    "local-near": (1, text(lambda now, rng: iso(now + rng.randrange(-12 * 3600, 1), 4, rng))),
    "local-future": (1, text(lambda now, rng: iso(now + ahead(rng), 4, rng))),
    "iso-old": (.3, text(lambda now, rng: iso(now - TOO_OLD - rng.randrange(9 * YEAR), 0, rng))),
    "words": (2, fixed(*({"S": s} for s in (
        "never", "", " ", "tomorrow", "12:30", "1e", "e5", ".", "+", "0x6553f100",
        "NaN", "Infinity", "1 700 000 000", "1,700,000,000", "１７００００００００",
        "1700000000\n", "1700000000\x00", "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z", "Sun, 22 Nov 2026 08:12:00 GMT", "\U0001f36a")))),
    "missing": (3, lambda now, rng: None),
    "bool": (.3, fixed({"BOOL": True}, {"BOOL": False})),
    "null": (.3, fixed({"NULL": True})),
    "map": (.3, fixed({"M": {}}, {"M": {"N": {"N": "1700000000"}}})),
    "list": (.3, fixed({"L": []}, {"L": [{"N": "1700000000"}]})),
    "binary": (.3, fixed({"B": b"1700000000"}, {"B": b"\x00\xff"})),
    "string-set": (.2, fixed({"SS": ["1700000000"]})),
    "number-set": (.2, fixed({"NS": ["1700000000", "1700000001"]})),
    "binary-set": (.2, fixed({"BS": [b"1700000000"]})),
}

HOSTILE = [
    'image:"quoted" \'both\'', "image:back\\slash\\", "image:line\nfeed\r\n",
    "image:tab\tand\x1b[31mred\x1b[0m", "image:\x00nul", "image:", ":", "::",
    "session:", "session:short", "session:\x00", "sess:\U0001f36a\U0001f36a",
    "search:naïve café", "search:日本語", "search:\u202egnp.tac",
    "search:=HYPERLINK(\"x\")", "+1", "-1", "@sum", " leading", "trailing ",
    "a,b;c", "{\"S\":\"x\"}", "%00%s%n", "…a1b2c3", "\u00ad", "\ud7ff\ue000",
    "user:" + "k" * 2043, "session:" + "é" * 1020, "nocolon",
]


def sid(rng):
    return "".join(rng.choice(LETTERS) for _ in range(32))


def any_value(rng, depth=0):
    """A value of any type."""
    kind = rng.choice("S S N N BOOL NULL B SS NS BS M L".split())
    if kind == "S":
        return {"S": rng.choice(["", "x", "naïve \"quoted\"\n", "\x00\x1f", "\U0001f5bc", "/img/%d.jpg" % rng.randrange(10 ** 6)])}
    if kind == "N":
        return {"N": rng.choice(["0", "-1", "1.50", "100", "-0.001", "1E+100", "3.1415926535897932384626433832795028841", str(rng.randrange(10 ** 12))])}
    if kind == "BOOL":
        return {"BOOL": rng.random() < .5}
    if kind == "NULL":
        return {"NULL": True}
    if kind == "B":
        return {"B": rng.randbytes(rng.randrange(0, 40))}
    if kind == "SS":
        return {"SS": sorted({"a", "ü", sid(rng)})}
    if kind == "NS":
        return {"NS": ["1", "-2.5", str(rng.randrange(10, 10 ** 9))]}
    if kind == "BS":
        return {"BS": [b"\x00", rng.randbytes(5)]}
    if depth >= 3:
        return {"S": "deep"}
    if kind == "M":
        return {"M": {name: any_value(rng, depth + 1) for name in ("a", "ключ", "e\"")[:rng.randrange(4)]}}
    return {"L": [any_value(rng, depth + 1) for _ in range(rng.randrange(4))]}


def payload(key, rng, limit):
    """The other attributes, like the gallery's."""
    size = int(rng.choice([100, 200, 400, 800]) * rng.uniform(.5, 1.5))
    if rng.random() < .02:
        size = int(rng.uniform(2000, limit))
    body = "".join(rng.choices(LETTERS + "éß日 ", k=size))
    if key.startswith(("session:", "sess:")):
        session = {"cookie": {"originalMaxAge": 3600000, "httpOnly": True, "path": "/"},
                   "user": "user%d" % rng.randrange(1000), "notes": body}
        return {"sess": {"S": json.dumps(session, ensure_ascii=rng.random() < .5)},
                "type": {"S": "connect-session"}}
    item = {"value": {"S": body}, "hits": {"N": str(rng.randrange(1000))}}
    if rng.random() < .3:
        item["thumb"] = {"B": rng.randbytes(rng.randrange(1, 300))}
    for name in rng.sample(["tags", "меta", "a.b", "size", "e\"q", "n\tl", "list"], rng.randrange(4)):
        item[name] = any_value(rng)
    return item


def text_keys(rng):
    """Partition keys like the gallery's, some of them hostile."""
    yield from ("users", "categories", "images")
    hostile = iter(HOSTILE)
    made = 0
    while True:
        made += 1
        if made % 7 == 0 and (key := next(hostile, None)) is not None:
            yield key
            continue
        yield rng.choice([
            lambda: "session:" + sid(rng), lambda: "session:" + sid(rng),
            lambda: "session:" + sid(rng), lambda: "sess:" + sid(rng),
            lambda: "user:%d" % rng.randrange(10 ** 9),
            lambda: "category:%d" % rng.randrange(10 ** 9),
            lambda: "categoryImages:%d" % rng.randrange(10 ** 9),
            lambda: "image:%d" % rng.randrange(10 ** 9),
            lambda: "search:%s %d" % (rng.choice(["sunset", "cat", "été"]), rng.randrange(10 ** 6)),
        ])()


def keys(kind, rng):
    """Distinct values of a key of this type."""
    seen = set()
    if kind == "S":
        for key in text_keys(rng):
            if key not in seen:
                seen.add(key)
                yield {"S": key}
    elif kind == "N":
        while True:
            key = rng.choice([
                str(rng.randrange(-10 ** 6, 10 ** 9)), "%d.%d" % (rng.randrange(10 ** 6), rng.randrange(1, 9)),
                str(rng.randrange(10 ** 37, 10 ** 38)), "%dE%d" % (rng.randrange(1, 10), rng.randrange(-100, 100))])
            if Decimal(key).normalize() not in seen:
                seen.add(Decimal(key).normalize())
                yield {"N": key}
    else:
        for key in text_keys(rng):
            key = rng.choice([key.encode()[:2048], rng.randbytes(rng.randrange(1, 64))])
            if key not in seen:
                seen.add(key)
                yield {"B": key}


def sort_keys(kind, rng):
    """A few distinct sort keys of one partition."""
    n = rng.choice([1, 1, 2, 3, 5])
    if kind == "S":
        return [{"S": s} for s in rng.sample(["v1", "v2", "\x00", "日本", "x" * 1024, "a\"b", "z:1", "-"], n)]
    if kind == "N":
        return [{"N": s} for s in rng.sample(["0", "-1", "1.5", "1795332271", "1E20", "9" * 38], n)]
    return [{"B": s} for s in rng.sample([b"\x00", b"\xff" * 1024, b"v1", b"\x00\x01", b"zz"], n)]


def entries(options):
    """The items, in an order from the seed."""
    rng = random.Random(options.seed)
    if options.mixed:
        plan = list(CASES)[:options.mixed]
        plan += rng.choices(list(CASES), [w for w, _ in CASES.values()], k=options.mixed - len(plan))
    else:
        plan = [name for name, n in options.case for _ in range(n)]
    rng.shuffle(plan)
    partitions = keys(options.key_type, rng)
    waiting = []
    for name in plan:
        if not waiting:
            partition = next(partitions)
            waiting = [None] if options.sort_key is None else sort_keys(options.sort_type, rng)
        item = {options.key: partition}
        if (sort := waiting.pop()) is not None:
            item[options.sort_key] = sort
        known = partition.get("S", "")
        if options.kind == "session" and not known.startswith("session:"):
            item[options.key] = partition = {"S": "session:" + sid(rng)}
            known = partition["S"]
        if (ttl := CASES[name][1](options.now, rng)) is not None:
            item[options.ttl_attribute] = ttl
        for attribute, value in payload(known, rng, options.max_size).items():
            item.setdefault(attribute, value)
        yield item


def from_file(path):
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield typed_item(json.loads(line)["Item"])


def create(client, options):
    names = [(options.key, "HASH", options.key_type)]
    if options.sort_key is not None:
        names.append((options.sort_key, "RANGE", options.sort_type))
    attributes = {name: kind for name, _, kind in names}
    more = {"BillingMode": "PAY_PER_REQUEST"}
    if options.provisioned:
        read, write = options.provisioned
        more = {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}
    if options.index:
        attributes[options.index] = "S"
        index = {"IndexName": "by-" + options.index, "Projection": {"ProjectionType": "ALL"},
                 "KeySchema": [{"AttributeName": options.index, "KeyType": "HASH"}]}
        if options.provisioned:
            index["ProvisionedThroughput"] = more["ProvisionedThroughput"]
        more["GlobalSecondaryIndexes"] = [index]
    client.create_table(
        TableName=options.table,
        KeySchema=[{"AttributeName": name, "KeyType": role} for name, role, _ in names],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": k} for n, k in attributes.items()],
        **more)
    while client.describe_table(TableName=options.table)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(.05)


def write(client, table, items):
    """Write all items, 25 a request, a few requests at a time."""
    def put(batch):
        request = {table: [{"PutRequest": {"Item": item}} for item in batch]}
        while request:
            request = client.batch_write_item(RequestItems=request).get("UnprocessedItems")

    batch, pending, total = [], [], 0
    with ThreadPoolExecutor(4) as pool:
        for item in items:
            batch.append(item)
            total += 1
            if len(batch) == 25:
                pending.append(pool.submit(put, batch))
                batch = []
        if batch:
            pending.append(pool.submit(put, batch))
        for done in pending:
            done.result()
    return total


def case(word):
    name, _, n = word.partition("=")
    if name not in CASES:
        raise argparse.ArgumentTypeError("no case is called %r (--list-cases)" % name)
    return name, int(n or 1)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--endpoint")
    p.add_argument("--table")
    p.add_argument("--key", default="key", help="name of the partition key")
    p.add_argument("--key-type", default="S", choices="SNB")
    p.add_argument("--sort-key", nargs="?", const="sort", help="name of the sort key, if one is wanted")
    p.add_argument("--sort-type", default="S", choices="SNB")
    p.add_argument("--ttl-attribute", default="ttl")
    p.add_argument("--ttl", choices=["on", "off"], default="off", help="afterwards")
    p.add_argument("--provisioned", type=int, nargs=2, metavar=("READ", "WRITE"))
    p.add_argument("--index", metavar="ATTRIBUTE", help="a global index on it, of type S")
    p.add_argument("--no-create", action="store_true", help="the table is there")
    p.add_argument("--mixed", type=int, default=0, metavar="N", help="N entries, every case among them")
    p.add_argument("--case", type=case, action="append", default=[], metavar="NAME=N")
    p.add_argument("--kind", choices=["session", "any"], default="any")
    p.add_argument("--items", metavar="FILE", help='{"Item":{...}} lines; -: stdin')
    p.add_argument("--max-size", type=int, default=20000, help="bytes of the largest, about")
    p.add_argument("--now", type=int, help="epoch seconds that the cases are about")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--list-cases", action="store_true")
    options = p.parse_args()
    if options.list_cases:
        print("\n".join(CASES))
        return
    if not options.endpoint or not options.table:
        p.error("--endpoint and --table are needed")
    if (options.mixed or options.case) and options.now is None:
        p.error("--mixed and --case need --now")

    client = connect(options.endpoint)
    if not options.no_create:
        create(client, options)
    total = write(client, options.table, entries(options))
    if options.items:
        total += write(client, options.table, from_file(options.items))
    if options.ttl == "on":
        client.update_time_to_live(
            TableName=options.table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": options.ttl_attribute})
    print(total)


if __name__ == "__main__":
    main()
