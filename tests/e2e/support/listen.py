#!/usr/bin/env python3
"""Takes the datagrams that come to a socket and appends them to a file, as they are, with an empty line
behind each: the journal's and the service manager's part.

    listen.py SOCKET FILE
"""
import os
import socket
import sys

path, file = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(path)
with open(file, "ab", buffering=0) as output:
    # There is a file once it listens.
    os.chmod(path, 0o777)
    while datagram := listener.recv(1 << 20):
        output.write(datagram + b"\n")
