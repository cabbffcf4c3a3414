#!/usr/bin/python3
"""Run a command on a terminal of its own, and check its output.

    terminal.py [--rows N] [--columns N] [--interrupt-when REGEX TIMES]
        [--answer REGEX TEXT]
        [--resize-after SECONDS ROWS COLUMNS] [--check] [--ascii] COMMAND...

Prints every byte that the terminal received, and ends with the status of the
command (128 + N for signal N; 98 when it was killed after five minutes). With
--check it prints nothing, and ends with 99 when there were harmful bytes: control
characters, escape sequences except those of ttlsweep (colours and --watch),
invalid UTF-8, characters that are invisible or change the direction of text; with
--ascii any byte that is not ASCII.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unicodedata

OWN = re.compile(rb"\x1b\[(?:|0|1|2|(?:1;)?3[1-6])m|\x1b\[(?:H|2J|J|K)")
PLAIN = "\n\r\t"
LONGEST = 300  # seconds


def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def run(options):
    """Run it; returns the output and the status."""
    pid, fd = pty.fork()
    if pid == 0:
        # wait until the terminal has its size
        sys.stdin.readline()
        os.execvp(options.command[0], options.command)
    size(fd, options.rows, options.columns)
    settings = termios.tcgetattr(fd)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(fd, termios.TCSANOW, settings)
    os.write(fd, b"\n")
    begun, got = time.monotonic(), bytearray()
    interrupt, answer, resize = options.interrupt_when, options.answer, options.resize_after
    while True:
        since = time.monotonic() - begun
        if since > LONGEST:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return bytes(got), 98
        if interrupt is not None and len(re.findall(interrupt[0].encode(), got)) >= int(interrupt[1]):
            os.kill(pid, signal.SIGINT)
            interrupt = None
        if answer is not None and re.search(answer[0].encode(), got):
            os.write(fd, answer[1].encode() + b"\n")
            answer = None
        if resize is not None and since >= resize[0]:
            size(fd, int(resize[1]), int(resize[2]))
            resize = None
        if not select.select([fd], [], [], 0.05)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        got += data
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return bytes(got), code if code >= 0 else 128 - code


def harm(data, ascii_only):
    """The harmful bytes, and where they are."""
    data = OWN.sub(b"", data.replace(b" " * 64, b" "))
    try:
        text = data.decode("ascii" if ascii_only else "utf-8")
    except UnicodeDecodeError as error:
        return "%s: %r" % (error, data[max(0, error.start - 40):error.start + 20])
    for c in set(text):
        if c not in PLAIN and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            at = text.index(c)
            return "U+%04X in %r" % (ord(c), text[max(0, at - 40):at + 20])
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=24)
    p.add_argument("--columns", type=int, default=80)
    p.add_argument("--interrupt-when", nargs=2, metavar=("REGEX", "TIMES"))
    p.add_argument("--answer", nargs=2, metavar=("REGEX", "TEXT"))
    p.add_argument("--resize-after", type=float, nargs=3)
    p.add_argument("--check", action="store_true")
    p.add_argument("--ascii", action="store_true")
    p.add_argument("command", nargs=argparse.REMAINDER)
    options = p.parse_args()
    data, status = run(options)
    if options.check:
        if not data:
            sys.exit("nothing reached the terminal")
        if wrong := harm(data, options.ascii):
            print(wrong)
            status = 99
    else:
        sys.stdout.buffer.write(data)
    sys.exit(status)


if __name__ == "__main__":
    main()
