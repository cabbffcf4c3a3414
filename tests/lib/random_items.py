#!/usr/bin/python3
"""Print random entries with all possible values, for round trips.

    random_items.py --n 200 --seed 1 [--key-type S] [--sort-type N] >items

Prints {"Item":{...}} lines: all types, nested to the limit, sets, bytes, numbers
of 38 digits, characters of every plane, empty strings, NUL, newlines, formulas,
and a few entries of exactly 400 KB. The same arguments give the same entries.
"""

import argparse
import base64
import json
import random
import sys

NOW = 1795000000
ITEM_MAX = 400 * 1024
DEEPEST = 32

NUMBERS = [
    "0", "1", "-1", "10", "1.5", "-0.001", "100", "1E+100", "-9.9E+125", "1E-130",
    "12345678901234567890123456789012345678", "-12345678901234567890123456789012345678",
    "0.12345678901234567890123456789012345678", "3.1415926535897932384626433832795028841",
    "9007199254740993", "18446744073709551617", "1795000000", "1795000000000",
    "99999999999999999999999999999999999999E88", "0.1", "-5",
]
TEXTS = [
    "", " ", "x", "a,b", "\"", "\"\"", "a\"b\"\"c", "'", "'=1", "\\", "\\\"", "\\n", "\n", "\r\n", "\r",
    "line\nline", "crlf\r\ncrlf\r\n", "\t", "\x00", "a\x00b", "\x01\x1f\x7f", "=1+1", "+1", "-1+1", "@sum",
    "\ufeffmark", "{\"S\":\"x\"}", "[1,2]", "null", "#", ";", "a;b", "\u2028\u2029", "\x85", "\u202e",
    "\ufffd", "\uffff", "\ud7ff\ue000", "e\u0301", "\U0001f5bc\ufe0f", "</script>", "%s%n", "$(id)",
]


def plane(rng, number):
    """A character of that plane, not a surrogate."""
    while True:
        c = number * 0x10000 + rng.randrange(0x10000)
        if not 0xd800 <= c <= 0xdfff:
            return chr(c)


def text(rng):
    return rng.choice([
        lambda: rng.choice(TEXTS),
        lambda: "".join(rng.choices(TEXTS, k=rng.randrange(2, 6))),
        lambda: "".join(plane(rng, n) for n in range(17)),
        lambda: "".join(plane(rng, rng.choice([0, 0, 0, 1, 2, 16])) for _ in range(rng.randrange(1, 30))),
    ])()


def number(rng):
    if rng.random() < .6:
        return rng.choice(NUMBERS)
    digits = str(rng.randrange(1, 10 ** rng.randrange(1, 39)))
    return rng.choice(["", "-"]) + digits + rng.choice(["", "E%d" % rng.randrange(-80, 80)])


def data(rng):
    return base64.b64encode(rng.randbytes(rng.choice([0, 1, 2, 3, 40, 300]))).decode()


def several(make, rng, same=lambda v: v):
    """A set of distinct, non-empty elements, at least one."""
    found = {}
    while not found or rng.random() < .6:
        v = make(rng)
        if v:
            found[same(v)] = v
    return list(found.values())


def value(rng, level=1):
    kinds = ["S", "S", "S", "N", "N", "B", "BOOL", "NULL", "SS", "NS", "BS"]
    if level < DEEPEST:
        kinds += ["M", "L"]
    kind = rng.choice(kinds)
    if kind in "ML" and level > 3 and rng.random() < .5:
        kind = "S"
    from decimal import Context, Decimal
    exact = Context(prec=60)
    return {kind: {
        "S": lambda: text(rng), "N": lambda: number(rng), "B": lambda: data(rng),
        "BOOL": lambda: rng.random() < .5, "NULL": lambda: True,
        "SS": lambda: several(text, rng), "BS": lambda: several(data, rng),
        "NS": lambda: several(number, rng, lambda v: Decimal(v).normalize(exact)),
        "M": lambda: {name(rng): value(rng, level + 1) for _ in range(rng.randrange(4))},
        "L": lambda: [value(rng, level + 1) for _ in range(rng.randrange(4))],
    }[kind]()}


def deep(rng):
    """Nested to the limit: the innermost value is on the last level."""
    v = {"S": text(rng)}
    for level in range(DEEPEST - 1):
        v = {"M": {name(rng): v}} if level % 2 else {"L": [v]}
    return v


def name(rng):
    return rng.choice(["a", "value", "sess", "naïve", "a.b", "e\"q", "n\tl", "=1", "@x", "c,d", "size", "kind",
                       "attributes", "ключ", "\U0001f5bc", "x" * 200, "line\r\nline", "'", "\\", "\x00"])


def key(kind, rng, longest):
    if kind == "N":
        return {"N": number(rng)}
    if kind == "B":
        return {"B": base64.b64encode(rng.randbytes(rng.choice([1, 2, 3, 30, longest]))).decode()}
    while True:
        k = rng.choice([
            lambda: "session:" + "".join(rng.choices("abcXYZ019-_", k=32)),
            lambda: "image:%d" % rng.randrange(10 ** 9), lambda: text(rng),
            lambda: text(rng), lambda: "search:" + text(rng), lambda: "k" * longest])()
        if 0 < len(k.encode()) <= longest:
            return {"S": k}


def ttl(rng):
    return rng.choice([
        {"N": str(NOW - rng.randrange(1, 10 ** 6))}, {"N": str(NOW + rng.randrange(1, 10 ** 6))},
        {"N": str((NOW - 5000) * 1000)}, {"N": "%d.5" % (NOW - 7)}, {"S": str(NOW - 9)}, {"S": "never"}])


def size(v):
    """The size of a value: S, N of few digits, or B."""
    (kind, inner), = v.items()
    return {"S": lambda: len(inner.encode()), "B": lambda: len(base64.b64decode(inner))}[kind]()


def largest(item, names, rng):
    """Fill ${item}, which has only S and B, up to the largest size of an item."""
    unit = rng.choice(["x", "\"", "\r\n", "\\", "é", "\U0001f5bc", "=", "\x00"])
    used = sum(len(n.encode()) + size(item[n]) for n in names if n in item) + len("blob")
    room = ITEM_MAX - used
    blob = unit * (room // len(unit.encode()))
    return {"S": blob + "." * (room - len(blob.encode()))}


def items(options, rng):
    seen = set()
    big = options.big
    while len(seen) < options.n:
        item = {"key": key(options.key_type, rng, 2048)}
        if options.sort_type:
            item["sort"] = key(options.sort_type, rng, 1024)
        same = json.dumps([canonical(v) for v in item.values()])
        if same in seen:
            continue
        seen.add(same)
        if big > 0 and options.key_type != "N" and options.sort_type != "N":
            big -= 1
            item["blob"] = largest(item, ("key", "sort"), rng)
        else:
            if rng.random() < .9:
                item["ttl"] = ttl(rng)
            for _ in range(rng.randrange(6)):
                item[name(rng)] = value(rng)
            if rng.random() < .1:
                item["deep"] = deep(rng)
        yield item


def canonical(v):
    (kind, inner), = v.items()
    if kind == "N":
        from dump import number as exact
        inner = exact(inner)
    return [kind, inner]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--n", type=int, default=200)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--key-type", choices="SNB", default="S")
    p.add_argument("--sort-type", choices="SNB")
    p.add_argument("--big", type=int, default=0, help="entries of 400 KB")
    options = p.parse_args()
    rng = random.Random(options.seed)
    for item in items(options, rng):
        ascii_too = rng.random() < .5
        sys.stdout.write(json.dumps({"Item": item}, ensure_ascii=ascii_too) + "\n")


if __name__ == "__main__":
    main()
