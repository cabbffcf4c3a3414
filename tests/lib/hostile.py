#!/usr/bin/python3
"""Print entries that attack terminals and pages, as DynamoDB JSON lines.

    hostile.py [--now EPOCH] [--huge]

--huge: with strings that are too large for DynamoDB, for files.
"""

import argparse
import json

TEXTS = [
    "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "\x1b[41mred", "\x1b[?1049h",
    "\x9b31m", "\x1bP+q\x1b\\", "\x07\x08\x08\x7f", "a\rb", "a\nb", "a\tb", "\x00", "nul\x00inside", "\x0b\x0c\x0e",
    "\u202egnp.tac", "\u2066x\u2069", "\u200fmark", "\u061c", "\ufeffbom", "\u200bzero\u200d", "\u2028line\u2029",
    "\u00adsoft", "\U000e0041tag", "\u0300\u0301\u0302combining", "ﷺ", "日本語", "\U0001f5bc", "%s%n", "\\x1b[31m",
    "…a1b2c3", "<b>", "'; DROP", "$(reboot)", "`reboot`", "-rf", "--help", "\ue000private", "\ufff9anno\ufffb",
    "e" + "\u0301" * 200, "x" * 2000,
]


def nested(depth, inside):
    value = {"S": inside}
    for level in range(depth):
        value = {"L": [value]} if level % 2 else {"M": {"\x1b[41m%d" % level: value}}
    return value


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--now", type=int, default=1795335120)
    p.add_argument("--huge", action="store_true")
    options = p.parse_args()
    times = [{"N": str(options.now + 99)}, {"N": str(options.now - 99)}, {"N": str(options.now * 1000 - 99)},
             {"S": "\x1b[41m"}, None, {"S": str(options.now - 5)}]

    def put(n, key, **more):
        ttl = times[n % len(times)]
        item = {"key": {"S": key}, **({"ttl": ttl} if ttl else {}), **more}
        print(json.dumps({"Item": item}, ensure_ascii=n % 2 == 0))

    for n, text in enumerate(TEXTS):
        session = {"cookie": {"path": text}, text: [text, {text: text}]}
        put(n, text + ":" + str(n), **{text or "x": {"S": text}}, value={"S": text})
        put(n + 1, "session:" + text + "0123456789abcdef", sess={"S": json.dumps(session, ensure_ascii=n % 2 == 0)})
        put(n + 2, "user:" + text, value=nested(30 if n else 31, text), tags={"SS": [text, "b"]}, blob={"B": "G1sySg=="})
    if options.huge:
        for n, text in enumerate(TEXTS[:1]):
            put(n, "huge:" + text * (1000000 // len(text)), value={"S": text * (1000000 // len(text))})
            put(n, "session:huge" + str(n), sess={"S": json.dumps({"x": text * (100000 // len(text))})})


if __name__ == "__main__":
    main()
