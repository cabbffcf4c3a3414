#!/usr/bin/python3
"""A signal ends every wait.

    signals.py

Each case is a command that waits for something that never happens: a server that
never replies, a reply that stalls, a pipe without a reader or writer, a program
that does not end. As soon as it waits it gets a signal, and must end with the
status of that signal. All cases (a row each) run side by side. The waits have
time limits of a minute or more, so a command that ignores the signal fails.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.environ["TTLSWEEP"]
IN_TIME = 40  # seconds, for a busy machine; on an idle one 4
STALL = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 100\r\n\r\n{\"Table\":"


def throttle():
    body = b'{"__type":"x#ProvisionedThroughputExceededException"}'
    return (b"HTTP/1.1 400 Bad Request\r\nx-amz-retry-after: 60000\r\n"
            b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n" % len(body)) + body


class Server:
    """Accepts a request, sends ${reply}, and then nothing."""

    def __init__(self, reply=b""):
        self.reply, self.asked, self.open = reply, threading.Event(), []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            line, _ = self.socket.accept()
            self.open.append(line)
            threading.Thread(target=self.answer, args=(line,), daemon=True).start()

    def answer(self, line):
        with contextlib.suppress(OSError):
            while line.recv(65536):
                if self.reply:
                    line.sendall(self.reply)
                self.asked.set()


class Case:
    def __init__(self, name, sig, argv, env=None, server=None, says=None, stdin=None, stdout=subprocess.DEVNULL):
        self.name, self.sig, self.argv, self.env = name, sig, argv, env or {}
        self.server, self.says, self.stdin, self.stdout = server, says, stdin, stdout

    def hear(self, errors):
        """Wait until the process has said so while it waits."""
        until = time.monotonic() + 10 + IN_TIME
        while self.says not in os.pread(errors.fileno(), 65536, 0).decode():
            assert time.monotonic() < until, "it does not say: " + self.says
            time.sleep(.05)

    def waits(self, child):
        """Wait until the process seems to wait."""
        if self.server is not None:
            assert self.server.asked.wait(IN_TIME), "nobody was asked"
            return
        bit = 1 << (self.sig - 1)
        until = time.monotonic() + IN_TIME
        while time.monotonic() < until:
            with open("/proc/%d/status" % child.pid, encoding="ascii") as f:
                caught = next(int(line.split()[1], 16) for line in f if line.startswith("SigCgt"))
            if caught & bit:
                break
            time.sleep(.01)
        time.sleep(.5)

    def play(self):
        errors = tempfile.TemporaryFile()
        child = subprocess.Popen(
            [PROGRAM, *self.argv], env=dict(os.environ, **self.env), stdin=self.stdin or subprocess.DEVNULL,
            stdout=self.stdout, stderr=errors)
        try:
            self.waits(child)
            if self.says is not None:
                self.hear(errors)
            assert child.poll() is None, "it did not wait"
            begun = time.monotonic()
            child.send_signal(self.sig)
            child.wait(IN_TIME)
            took = time.monotonic() - begun
            assert child.returncode == 128 + self.sig, "status %d" % child.returncode
            return "%.1f s" % took
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            errors.seek(0)
            self.said = errors.read().decode()


def fifo(directory, name, writer=True):
    """The path of a pipe, with a writer that writes nothing."""
    path = os.path.join(directory, name)
    os.mkfifo(path)
    if writer:
        os.open(path, os.O_RDWR)
    return path


def cases(directory):
    silent = lambda: Server()
    at = lambda server: {"AWS_ENDPOINT_URL_DYNAMODB": server.url}
    no_keys = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}
    pipe = lambda: os.pipe()

    for sig, argv in ((signal.SIGTERM, ["inspect"]), (signal.SIGHUP, ["list"]), (signal.SIGINT, ["inspect"]),
                      (signal.SIGTERM, ["purge", "--yes", "--no-journal"]), (signal.SIGHUP, ["doctor"]),
                      (signal.SIGTERM, ["show", "key"])):
        server = silent()
        yield Case("%s, no answer" % argv[0], sig, argv, at(server), server)
    server = silent()
    yield Case("a reply that takes long", signal.SIGINT, ["inspect"], at(server), server,
               server.url + "/: no reply to DescribeTable for 10 s; waiting up to 60 s")
    for reply, name in ((STALL, "a reply that stalls"), (throttle(), "a wait before a retry")):
        server = Server(reply)
        yield Case(name, signal.SIGTERM, ["inspect"], dict(at(server), AWS_MAX_ATTEMPTS="50"), server)

    server = silent()
    yield Case("a container's credentials", signal.SIGTERM, ["inspect"], dict(
        no_keys, AWS_CONTAINER_CREDENTIALS_FULL_URI=server.url + "/creds"), server)
    server, token = silent(), os.path.join(directory, "token")
    with open(token, "w", encoding="ascii") as f:
        f.write("token")
    yield Case("a web identity", signal.SIGHUP, ["inspect"], dict(
        no_keys, AWS_WEB_IDENTITY_TOKEN_FILE=token, AWS_ROLE_ARN="arn:aws:iam::123456789012:role/r",
        AWS_ENDPOINT_URL_STS=server.url), server)
    server = silent()
    yield Case("an instance's role", signal.SIGTERM, ["inspect"], dict(
        no_keys, AWS_EC2_METADATA_DISABLED="false", AWS_METADATA_SERVICE_TIMEOUT="60",
        AWS_EC2_METADATA_SERVICE_ENDPOINT=server.url), server)
    config = os.path.join(directory, "config")
    with open(config, "w", encoding="ascii") as f:
        f.write("[default]\ncredential_process = sleep 100\n")
    yield Case("a credential process", signal.SIGTERM, ["inspect"], dict(no_keys, AWS_CONFIG_FILE=config))
    yield Case("a configuration file", signal.SIGTERM, ["inspect"], {"AWS_CONFIG_FILE": fifo(directory, "aws")})

    for name, argv in (("inspect -i -", ["inspect", "-i", "-"]), ("list -i -", ["list", "-i", "-"]),
                       ("inspect --merge -", ["inspect", "--merge", "-"]),
                       ("show --cookie -", ["show", "--cookie", "-"])):
        yield Case(name, signal.SIGTERM, argv, stdin=pipe()[0])
    yield Case("a FIFO", signal.SIGINT, ["inspect", "-i", fifo(directory, "input")])
    yield Case("a FIFO that nobody opens", signal.SIGTERM, ["inspect", "-i", fifo(directory, "alone", False)])
    yield Case("a secret file", signal.SIGHUP, ["show", "--cookie", "s%3Aa.b", "--secret-file", fifo(directory, "secret")])
    yield Case("a journal", signal.SIGTERM, ["restore", fifo(directory, "journal")])

    export = os.path.join(directory, "export.json")
    with open(export, "w", encoding="ascii") as f:
        for i in range(4000):
            f.write('{"Item":{"key":{"S":"k%d"},"ttl":{"N":"1"},"v":{"S":"%s"}}}\n' % (i, "x" * 200))
    for command in "export", "list":
        yield Case(command + " to a reader that reads nothing", signal.SIGTERM, [command, "-i", export],
                   stdout=pipe()[1])


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        everything = list(cases(directory))
        results = {}

        def play(case):
            try:
                results[case] = (True, case.play())
            except (AssertionError, subprocess.TimeoutExpired) as e:
                results[case] = (False, "%s\n%s" % (e, getattr(case, "said", "")))

        threads = [threading.Thread(target=play, args=(case,)) for case in everything]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for case in everything:
            well, text = results[case]
            failed += not well
            print("%s %s, %s: %s" % ("ok" if well else "FAILED", case.name, case.sig.name, text))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
