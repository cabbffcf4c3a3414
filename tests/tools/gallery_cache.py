#!/usr/bin/python3
"""Print a gallery's session cache after a few years in service, as
{"Item":{...}} lines, for the pictures, the README and docs/recipes.md.

    gallery_cache.py NOW | seed.py --table TSAGalleryCache --items - ...

It has sessions that are logged in, sessions that TTL has yet to delete, and
remains of older versions of the gallery: times in milliseconds or in strings,
sessions that expired more than five years ago, users without a TTL. The same
NOW gives the same entries.
"""

import json
import random
import sys

DAY, YEAR = 86400, 365 * 86400
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PLACES = ["city", "forest", "sea", "mountain", "desert"]
random.seed(2026)
now = int(sys.argv[1])


def between(least, most):
    return random.randrange(int(least), int(most))


def put(key, ttl, **attributes):
    item = {"key": {"S": key}, **attributes}
    if ttl is not None:
        item["ttl"] = ttl
    print(json.dumps({"Item": item}))


def text(size):
    return "".join(random.choices(LETTERS + "      ", k=size))


def session(ttl):
    sess = {"cookie": {"originalMaxAge": 3600000, "httpOnly": True, "path": "/"},
            "user": "user%d" % between(1, 900), "seen": text(between(60, 700))}
    put("session:" + "".join(random.choices(LETTERS, k=32)), ttl,
        sess={"S": json.dumps(sess)}, type={"S": "connect-session"})


def cached(key, ttl, size):
    put(key, ttl, value={"S": text(size)})


def number(n):
    return {"N": str(n)}


def string(n):
    return {"S": str(n)}


for _ in range(420):
    session(number(now + random.choice([between(1800, 3600), between(3600, DAY), between(DAY, 7 * DAY)])))
for _ in range(150):
    session(number(now - random.choice([between(60, 3600), between(3600, 2 * DAY), between(2 * DAY, 9 * DAY)])))
for _ in range(31):
    session(number((now - between(2 * DAY, 3 * YEAR)) * 1000 + between(0, 1000)))
for _ in range(12):
    session(number((now + between(3600, 9 * DAY)) * 1000 + between(0, 1000)))
for _ in range(8):
    session(string(now - between(DAY, YEAR)))
for _ in range(9):
    session(number(now - between(5.1 * YEAR, 9 * YEAR)))
for n in range(60):
    cached("image:%d" % (n + 1), number(now + between(600, DAY)), between(400, 2600))
for place in PLACES:
    cached("category:" + place, number(now + between(600, 3600)), 500)
    cached("categoryImages:" + place, number(now - between(60, 3 * DAY)), 900)
    cached("search:" + place, number(now - between(60, 3600)), 300)
for n in range(6):
    put("user:%d" % (n + 1), None, name={"S": "user%d" % (n + 1)})
for key in ("users", "categories", "images"):
    cached(key, number(now + between(600, 3600)), 3900)
