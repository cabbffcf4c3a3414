#!/usr/bin/python3
"""Compare `ttlsweep inspect --format json` with count.py's independent count.

    same_report.py REPORT COUNT

Every field of the count must be in the report, and be equal. Percentiles, which
the report takes from a histogram, may differ by 2 %.
"""

import json
import sys


def differences(report, count, where):
    if isinstance(count, dict):
        if not isinstance(report, dict):
            yield "%s: %r is no object" % (where, report)
            return
        for name, value in count.items():
            if name == "quantiles":
                for q, exact in value.items():
                    told = report.get("p" + str(int(float(q) * 100)))
                    if told is None or abs(told - exact) > max(1, 0.02 * exact):
                        yield "%s.p%s: %r, exactly %r" % (where, q, told, exact)
            elif name not in report:
                yield "%s.%s: missing" % (where, name)
            else:
                yield from differences(report[name], value, "%s.%s" % (where, name))
    elif isinstance(count, list):
        if not isinstance(report, list) or len(report) != len(count):
            yield "%s: %r, counted %r" % (where, report, count)
            return
        for i, value in enumerate(count):
            yield from differences(report[i], value, "%s[%d]" % (where, i))
    elif report != count:
        yield "%s: %r, counted %r" % (where, report, count)


def main():
    with open(sys.argv[1]) as r, open(sys.argv[2]) as c:
        found = list(differences(json.load(r), json.load(c), "report"))
    for line in found[:40]:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
