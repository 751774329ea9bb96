# SPDX-License-Identifier: BSD-2-Clause
"""What runs on the host that is drawn: programs.py NAME, one of those below, until it is ended. Some do wrong.

The ports say who is who: 443 serves well, 8080 accepts nobody, 9000 answers over a way that loses, 7000 never closes, 514 does
not read."""

import socket
import sys
import threading
import time

HERE = "127.0.0.1"


def listener(port, backlog):
    return socket.create_server((HERE, port), backlog=backlog)


def connect(port):
    """As soon as somebody listens there."""
    while True:
        try:
            return socket.create_connection((HERE, port))
        except ConnectionRefusedError:
            time.sleep(0.1)


def serve(port, answer=b"y" * 20000):
    """Answers each octet that comes with many."""
    def talk(one):
        with one:
            while one.recv(1):
                one.sendall(answer)

    server = listener(port, 128)
    while True:
        threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()


def ask(port, pause):
    """Connects, asks for some answers, and goes."""
    while True:
        with connect(port) as one:
            for _ in range(10):
                one.sendall(b"x")
                left = 20000
                while left:
                    left -= len(one.recv(left))
        time.sleep(pause)


def deaf(port, backlog=4):
    """Listens, and accepts nobody."""
    held = listener(port, backlog)
    while held:
        time.sleep(60)


def knock(port):
    """Clients that want in, and give up after a while."""
    waiting = []
    while True:
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((HERE, port))
        waiting.append(one)
        if len(waiting) > 30:
            waiting.pop(0).close()
        time.sleep(0.1)


def careless(port):
    """Accepts, and never closes what its clients have closed."""
    server, held = listener(port, 128), []
    while True:
        held.append(server.accept()[0])


def hang_up(port):
    for _ in range(120):
        connect(port).close()
        time.sleep(0.5)
    time.sleep(3600)


def receive(port, reads=True):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    one.bind((HERE, port))
    while True:
        if reads:
            one.recv(2000)
        else:
            time.sleep(60)


def send(port, pause=0.02):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        one.sendto(bytes(500), (HERE, port))
        time.sleep(pause)


def ping_nobody():
    """Datagrams for a port without a socket, each on its own as the answer is an error."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"?", (HERE, 9))
        time.sleep(0.3)


PROGRAMS = {
    "web": lambda: serve(443), "visitors": lambda: ask(443, 2),
    "dns": lambda: receive(53), "resolvers": lambda: send(53),
    "nobody": ping_nobody,
    "shop": lambda: deaf(8080), "buyers": lambda: knock(8080),
    "syslog": lambda: receive(514, reads=False), "devices": lambda: send(514),
    "files": lambda: serve(9000), "copies": lambda: ask(9000, 0),
    "batch": lambda: careless(7000), "jobs": lambda: hang_up(7000),
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
