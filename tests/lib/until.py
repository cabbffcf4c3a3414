#!/usr/bin/python3
"""Run a command until its output matches, then send it a signal.

    until.py SIGNAL FILE REGEX TIMES COMMAND...

Reads FILE, to which the command writes (its output is ours), until REGEX, which
is matched by lines, was found TIMES times. Ends with the status of the command
(128 + N for signal N), or 99 when it ended before, or after two minutes.
"""

import re
import signal
import subprocess
import sys
import time

name, path, regex, times = sys.argv[1:5]
child = subprocess.Popen(sys.argv[5:], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
ends = time.monotonic() + 120


def seen():
    try:
        with open(path, "rb") as file:
            return len(re.findall(regex.encode(), file.read(), re.M)) >= int(times)
    except FileNotFoundError:
        return False


while not seen():
    if child.poll() is not None or time.monotonic() > ends:
        child.kill()
        child.wait()
        sys.exit(99)
    time.sleep(.02)
child.send_signal(getattr(signal, "SIG" + name))
code = child.wait()
sys.exit(code if code >= 0 else 128 - code)
