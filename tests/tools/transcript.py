#!/usr/bin/python3
"""Run the commands that a page shows with their output (```console blocks).

    transcript.py FILE.md            replace the output by the current one
    transcript.py --check FILE.md    report differences, and end with 1

Each line behind "$ " is run by bash in the working directory, at a terminal of
80 columns without colours. --check compares words: all numbers, times and hashes
are equal, as are runs of spaces or of a bar's blocks. $HOME is written
/home/ops.
"""

import os
import re
import subprocess
import sys


def run(command):
    terminal = os.path.join(os.path.dirname(__file__), "..", "lib", "terminal.py")
    done = subprocess.run([sys.executable, terminal, "--columns", "80", "bash", "-c", command],
                          env=dict(os.environ, NO_COLOR="1"), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode().replace("\r\n", "\n"))
    said = re.sub(r"[^\n]*\r\x1b\[K", "", said)  # a progress line, which was overwritten
    return said.replace(os.environ["HOME"], "/home/ops")


def anew(block):
    """The block with its commands' current output."""
    out, lines = [], block.split("\n")
    while lines:
        line = lines.pop(0)
        if not line.startswith("$ "):
            continue  # the old output
        command = [line]
        while command[-1].endswith("\\"):
            command.append(lines.pop(0))
        out += command + run("\n".join(command)[2:]).rstrip("\n").split("\n")
    return "\n".join(out)


def bare(text):
    text = re.sub(r"[\u2580-\u259f]+", "", text)
    text = re.sub(r"session:\S*…[0-9a-f]{6}", "session:", text)
    text = re.sub(r"\d[\d.,:TZ-]*", "0", text)
    text = re.sub(r"[ \n]+", " ", text)
    return re.sub(r"\b0 ([kMG]i)?B\b|\b0 (bytes|s|ms)\b", "0", text).strip()


def main():
    check = sys.argv[1] == "--check"
    path = sys.argv[-1]
    with open(path, encoding="utf-8") as f:
        page = f.read()
    differ = 0

    def block(match):
        nonlocal differ
        new = anew(match.group(1).rstrip("\n"))
        if bare(new) != bare(match.group(1)):
            differ += 1
            if check:
                print("%s has:\n%s\nbut now it is:\n%s\n" % (path, match.group(1), new))
        return "```console\n" + new + "\n```"

    page = re.sub(r"```console\n(.*?)```", block, page, flags=re.S)
    if check:
        sys.exit(1 if differ else 0)
    with open(path, "w", encoding="utf-8") as f:
        f.write(page)


main()
