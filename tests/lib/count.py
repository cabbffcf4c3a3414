#!/usr/bin/python3
"""Count independently what `ttlsweep inspect --format json` must report.

    count.py --endpoint URL --table T --now EPOCH [--items FILE] ...

Reads the whole table (--boto3: through boto3) or {"Item":{...}} lines, and judges
each entry with decimal.Decimal. It shares no code with the program, only the
contract. The fields have the names of the report; `quantiles` are exact.
"""

import argparse
import base64
import hashlib
import json
import math
import re
import sys
from datetime import datetime, timedelta, timezone
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal

from ddb import connect
from seed import from_file

STATES = ("live", "pending", "stuck", "immortal")
REASONS = ("none", "milliseconds", "microseconds", "nanoseconds", "string",
           "ttl-off", "too-old", "far-future", "no-time", "missing", "wrong-type")
TOO_OLD = 157788000
EARLIEST = 1326844800  # 2012-01-18: nothing expired before DynamoDB opened
CENTURY = 3155760000
WEST = 12 * 3600  # a local time that is past in UTC-12 is past everywhere
NUMBER = re.compile(r"[ \t]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t]*", re.A)
EXACT = Context(prec=400, Emax=MAX_EMAX, Emin=MIN_EMIN)
FAR = Decimal("1e100")  # beyond all values that are compared
INT64_MAX = 2 ** 63 - 1


def decimal(text):
    """The exact value, clamped beyond all values that it is compared with."""
    m = re.fullmatch(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?", text)
    sign, whole, fraction, exponent = m.groups()
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return Decimal(0)
    magnitude = len(digits) - len(fraction) + int(exponent or 0)
    if magnitude > 100:
        value = FAR
    elif magnitude < -150:
        value = Decimal("1e-150")
    else:
        value = Decimal(digits).scaleb(magnitude - len(digits), context=EXACT)
    return value.copy_negate() if sign == "-" else value


ISO = re.compile(
    r"(\d{4})(-?)(\d\d)\2(\d\d)[Tt ](\d\d)(:?)(\d\d)(?:\6(\d\d)([.,]\d+)?)?"
    r"(Z|z|[+-]\d\d(?::?\d\d)?)?", re.A)


def iso8601(text):
    """The time of an ISO 8601 date-time, read as UTC if it has no zone, and
    whether it has none; or None."""
    m = ISO.fullmatch(text)
    if not m:
        return None
    year, dash, month, day, hour, colon, minute, second, fraction, zone = m.groups()
    if bool(dash) != bool(colon):
        return None
    second, hour, minute = int(second or 0), int(hour), int(minute)
    part = Decimal("0" + fraction.replace(",", ".")) if fraction else Decimal(0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second or part)):
        return None
    try:  # year 0 has the calendar of 2000, which repeats every 400 years
        shift = 400 if int(year) < 400 else 0
        midnight = datetime(int(year) + shift, int(month), int(day), tzinfo=timezone.utc)
    except ValueError:
        return None
    epoch = (midnight - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1)
    epoch -= 146097 * 86400 * (shift // 400)
    epoch += hour * 3600 + minute * 60 + second
    if zone and zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
        if hours > 23 or minutes > 59:
            return None
        epoch -= (hours * 60 + minutes) * 60 * (-1 if zone[0] == "-" else 1)
    return EXACT.add(epoch, part), not zone


def in_window(seconds, now):
    return EARLIEST <= seconds <= now + CENTURY


def scaled(value, now):
    """The unit of a number, by the window in which it lies, and its seconds."""
    for places, unit in ((0, "seconds"), (-3, "milliseconds"), (-6, "microseconds"), (-9, "nanoseconds")):
        seconds = value.scaleb(places, context=EXACT)
        if in_window(seconds, now):
            return unit, seconds
    return ("far-future" if value > now else "no-time"), None


def moment(ttl, now):
    """The form of the TTL attribute, its time, if any, and whether the zone is
    unknown."""
    if ttl is None:
        return "missing", None, False
    if "N" in ttl:
        return *scaled(decimal(ttl["N"]), now), False
    if "S" in ttl:
        if m := NUMBER.fullmatch(ttl["S"]):
            unit, seconds = scaled(decimal(m[1]), now)
            return "no-time" if seconds is None else "string", seconds, False
        if (read := iso8601(ttl["S"])) is not None:
            return ("string", *read) if in_window(read[0], now) else ("no-time", None, False)
    return "wrong-type", None, False


def judge(ttl, now, acts):
    """(state, reason, time): the rules, written a second time."""
    form, seconds, zoneless = moment(ttl, now)
    if seconds is None:
        return "immortal", form, None
    past = seconds < now - (WEST if zoneless else 0)
    if form != "seconds":
        return ("stuck" if past else "immortal"), form, seconds
    if not past:
        return "live", "none" if acts else "ttl-off", seconds
    if not acts:
        return "stuck", "ttl-off", seconds
    if seconds <= now - TOO_OLD:
        return "stuck", "too-old", seconds
    return "pending", "none", seconds


def utf8(text):
    return len(text.encode())


def number_size(text):
    value = EXACT.create_decimal(text)  # decimal() clamps extreme values
    if not value:
        return 1
    _, digits, exponent = value.as_tuple()
    digits = "".join(map(str, digits)).rstrip("0")
    exponent += len(value.as_tuple().digits) - len(digits)
    point = len(digits) + exponent  # digits before the decimal point
    whole = digits[:point] if point > 0 else ""
    fraction = digits[point:] if point > 0 else digits
    return 1 + -(-len(whole) // 2) + -(-len(fraction) // 2) + (value < 0)


def value_size(value):
    (kind, v), = value.items()
    if kind == "S":
        return utf8(v)
    if kind == "N":
        return number_size(v)
    if kind == "B":
        return len(v)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "SS":
        return sum(map(utf8, v))
    if kind == "NS":
        return sum(map(number_size, v))
    if kind == "BS":
        return sum(map(len, v))
    if kind == "L":
        return 3 + sum(1 + value_size(x) for x in v)
    return 3 + sum(1 + utf8(name) + value_size(x) for name, x in v.items())


def item_size(item):
    return sum(utf8(name) + value_size(value) for name, value in item.items())


def key_text(value):
    (kind, v), = value.items()
    return base64.b64encode(v).decode() if kind == "B" else v


SESSION = re.compile(r"(?:sess|session|sessions|sessid|sid|phpsessid)[:#/_.|-]", re.I | re.A)
SESSION_KEYS = ("session_id", "sessionId", "sessionid", "session", "sid", "PHPSESSID")
SESSION_TABLE = re.compile(r"(?:^|(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]))"
                           r"(?:[Ss]essions?|SESSIONS?)(?![a-z])(?:(?![A-Z])|(?<=[a-z])|(?=[A-Z][a-z]))", re.A)
SECRET = re.compile("token|secret|password|cookie|sess", re.I | re.A)
WORD = re.compile(r"(?:[A-Z]?[a-z._-]*|[A-Z._-]+)[^a-zA-Z0-9]?", re.A)


class Key:
    """A key of an entry: its text and its session prefix."""

    def __init__(self, value, options):
        (self.type, v), = value.items()
        self.text = key_text(value)
        text = v if self.type == "S" else ""
        own = SESSION.match(text)
        given = [p for p in options.session_prefix or [] if not p or text.startswith(p)]
        self.default = own is not None
        self.given = bool(given)
        self.prefix = max([len(own[0]) if own else 0] + [len(p) for p in given])
        self.token = text.startswith("VT#")
        if self.token:
            self.prefix = max(self.prefix, 3)
        self.inside = self.type == "B" and (
            SESSION.match(bytes(v).decode("latin-1")) or bytes(v).startswith(b"VT#") or
            any(bytes(v).startswith(p.encode()) for p in options.session_prefix or []))
        at = [text.find(c) for c in options.group_separators if c in text]
        self.group = text[:min(at) + 1] if at else None
        self.masked = False

    def mask(self, text):
        prefix = self.prefix if self.prefix <= len(text) else 0
        rest = text[prefix:]
        digest = hashlib.sha256(text.encode()).hexdigest()
        return text[:prefix] + (rest[:4] if len(rest) >= 16 else "") + "…" + digest[:6]

    def shown(self):
        return self.mask(self.text) if self.masked else self.text

    def shown_group(self):
        part = self.group
        if self.masked and part is not None and self.text.startswith(part):
            if len(part) > self.prefix if self.prefix else not WORD.fullmatch(part):
                return self.mask(part)
        return part


def judge_keys(item, options):
    """The kind of an entry, its keys as shown, and its group."""
    key = Key(item[options.key], options)
    sort = Key(item[options.sort_key], options) if options.sort_key else None
    both = [k for k in (key, sort) if k]
    all_of_table = options.key in SESSION_KEYS or SESSION_TABLE.search(options.table) is not None
    if options.session_prefix:
        session = any(k.given for k in both)
    else:
        session = all_of_table or any(k.default for k in both)
    masked = session or all_of_table or any(k.default or k.token or k.inside for k in both)
    key.masked = masked or SECRET.search(options.key) is not None
    if sort:
        short = key.prefix and not sort.prefix and not sort.given and len(sort.text.encode()) < 16
        sort.masked = masked and not short or SECRET.search(options.sort_key) is not None
    if key.text in options.group:
        key.group = key.text
    group = key.shown_group() or "(none)"
    if sort and sort.group:
        group += " " + sort.shown_group()
    return "session" if session else "item", key.shown(), sort.shown() if sort else "", group


def bucket_ends(last):
    end = 1
    while True:
        yield end
        if end >= last:
            return
        end = min(max(end + 1, -(-end * 104 // 100)), INT64_MAX)


def count(items, options):
    now, acts = options.now, options.ttl_status in ("ENABLED", "ENABLING")
    blank = lambda: dict({"items": 0, "bytes": 0}, **{s: 0 for s in STATES})
    states = {s: {"items": 0, "bytes": 0} for s in STATES}
    kinds = {"session": blank(), "item": blank()}
    groups, reasons, examples, overdue, upcoming, largest = {}, {}, {}, [], [0, 0, 0, 0], []
    scanned, zoneless = {"items": 0, "bytes": 0}, {}
    units = free = late = 0
    for item in items:
        state, reason, meant = judge(item.get(options.ttl), now, acts)
        kind, *shown, group = judge_keys(item, options)
        size = item_size(item)
        shown = tuple(text.encode() for text in shown)
        for into in (scanned, states[state], kinds[kind], groups.setdefault(group, blank())):
            into["items"] += 1
            into["bytes"] += size
        kinds[kind][state] += 1
        groups[group][state] += 1
        if reason != "none":
            reasons[state, reason] = reasons.get((state, reason), 0) + 1
            zoneless[state, reason] = zoneless.get((state, reason), 0) + moment(item.get(options.ttl), now)[2]
            examples[state, reason] = min(examples.get((state, reason), shown), shown)
        if state in ("pending", "stuck"):
            overdue.append(min(math.floor(EXACT.subtract(now, meant)), INT64_MAX))
            units += max(1, -(-size // 1024))
            free += state == "pending"
            late += state == "pending" and overdue[-1] >= 172800
        if state == "live":
            for i, span in enumerate((3600, 86400, 604800)):
                upcoming[i] += meant <= now + span
            upcoming[3] += meant > now + TOO_OLD
        largest.append((-size, shown))
    overdue.sort()
    largest.sort()
    histogram = {}
    if overdue:
        ends = list(bucket_ends(overdue[-1]))
        at = 0
        for value in overdue:
            while ends[at] < value:
                at += 1
            histogram[ends[at]] = histogram.get(ends[at], 0) + 1
    quantile = lambda q: overdue[max(0, math.ceil(q * len(overdue)) - 1)]
    return {
        "table": options.table, "key": [k for k in (options.key, options.sort_key) if k],
        "ttl_attribute": options.ttl, "ttl_status": options.ttl_status, "now": now,
        "scanned": scanned, "states": states,
        "reasons": [
            {"state": s, "reason": r, "items": n, "example": examples[s, r][0].decode(),
             **({"example_sort": examples[s, r][1].decode()} if options.sort_key else {}),
             **({"zoneless": zoneless[s, r]} if zoneless[s, r] else {})}
            for s in STATES for r in REASONS if (n := reasons.get((s, r)))],
        "kinds": kinds,
        "groups": [dict({"group": name}, **groups[name]) for name in sorted(groups, key=str.encode)],
        "overdue": {
            **({"max": overdue[-1], "sum": min(sum(overdue), INT64_MAX),
                "ages": [{"below": a, "items": sum(o < a for o in overdue)}
                         for a in (60, 3600, 21600, 86400, 172800, 604800, 2592000)],
                "late": late, "quantiles": {str(q): quantile(q) for q in (.5, .9, .99)}} if overdue else {}),
            "histogram": [{"up_to": end, "items": n} for end, n in histogram.items()]},
        "upcoming": [{w: s, "items": n} for (w, s), n in zip(
            (("within", 3600), ("within", 86400), ("within", 604800), ("beyond", TOO_OLD)), upcoming)],
        "largest": [{"key": k[0].decode(), "bytes": -b} for b, k in largest[:options.top]],
        "purge": {"items": len(overdue), "write_units": units, "free_by_ttl": free},
    }


def scan(client, table):
    start = {}
    while start is not None:
        page = client.scan(TableName=table, ConsistentRead=True, Limit=1000, **start)
        yield from page["Items"]
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if "LastEvaluatedKey" in page else None


def client_of(options):
    if not options.boto3:
        return connect(options.endpoint)
    import boto3  # takes a second
    return boto3.client("dynamodb", endpoint_url=options.endpoint, region_name="us-east-1")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--endpoint")
    p.add_argument("--boto3", action="store_true", help="read with it")
    p.add_argument("--table", default="TSAGalleryCache")
    p.add_argument("--items", metavar="FILE", help='{"Item":{...}} lines instead of the table; -: stdin')
    p.add_argument("--now", type=int, required=True)
    p.add_argument("--key", help="the partition key, if not the table's own (with --items: key)")
    p.add_argument("--ttl", help="the TTL attribute, if not the table's own")
    p.add_argument("--ttl-status", help="if not the table's own")
    p.add_argument("--session-prefix", action="append")
    p.add_argument("--group", action="append")
    p.add_argument("--group-separators", default=":#/|")
    p.add_argument("--top", type=int, default=10)
    options = p.parse_args()
    options.group = options.group or ["users", "categories", "images"]
    options.sort_key = None
    if options.items:
        options.key, options.ttl = options.key or "key", options.ttl or "ttl"
        options.ttl_status = options.ttl_status or "ENABLED"
        items = from_file(options.items)
    else:
        client = client_of(options)
        for part in client.describe_table(TableName=options.table)["Table"]["KeySchema"]:
            if part["KeyType"] == "HASH":
                options.key = part["AttributeName"]
            else:
                options.sort_key = part["AttributeName"]
        own = client.describe_time_to_live(TableName=options.table)["TimeToLiveDescription"]
        attribute = own.get("AttributeName")
        status = own["TimeToLiveStatus"]
        if options.ttl and attribute and options.ttl != attribute:
            status = "DISABLED"  # TTL acts on another attribute
        options.ttl = options.ttl or attribute or "ttl"
        options.ttl_status = options.ttl_status or status
        items = scan(client, options.table)
    json.dump(count(items, options), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
