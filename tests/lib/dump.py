#!/usr/bin/python3
"""Print a table's entries as sorted, canonical DynamoDB JSON lines.

    dump.py --endpoint URL --table T
    dump.py --items FILE             or those of {"Item":{...}} lines

Two sets of entries are equal if their dumps are: members and sets are sorted,
numbers are normalized, binary is base64.
"""

import argparse
import base64
import json
import sys
from decimal import Context, Decimal

from count import client_of, scan
from seed import from_file

EXACT = Context(prec=400)


def number(text):
    """Significant digits and exponent: 1.50 and 15e-1 are both 15E-1."""
    sign, digits, exponent = Decimal(text).normalize(EXACT).as_tuple()
    if digits == (0,):
        return "0"
    return "%s%sE%d" % ("-" if sign else "", "".join(map(str, digits)), exponent)


def canonical(value):
    (kind, v), = value.items()
    if kind == "N":
        v = number(v)
    elif kind == "B":
        v = base64.b64encode(v).decode()
    elif kind == "SS":
        v = sorted(v)
    elif kind == "NS":
        v = sorted(map(number, v))
    elif kind == "BS":
        v = sorted(base64.b64encode(x).decode() for x in v)
    elif kind == "L":
        v = [canonical(x) for x in v]
    elif kind == "M":
        v = {name: canonical(x) for name, x in v.items()}
    return {kind: v}


def line(item):
    return json.dumps({name: canonical(v) for name, v in item.items()},
                      sort_keys=True, separators=(",", ":"))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--endpoint")
    p.add_argument("--boto3", action="store_true", help="read with it")
    p.add_argument("--table")
    p.add_argument("--items", metavar="FILE", help="-: stdin")
    options = p.parse_args()
    if options.items:
        items = from_file(options.items)
    else:
        items = scan(client_of(options), options.table)
    sys.stdout.writelines(sorted(line(item) + "\n" for item in items))


if __name__ == "__main__":
    main()
