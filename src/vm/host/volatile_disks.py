"""Disks with a volatile write cache: a network block device server that keeps only what was flushed.

It has as much of https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md as QEMU needs.
"""

import pathlib
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType

BLOCK = 4096
"""The unit that a power cut loses or keeps, in bytes."""

BYTES_PER_SECOND = 10_000_000
"""Slow, to leave time to cut the power while it writes."""

_REPLY_MAGIC = 0x3E889045565A9
_REQUEST_MAGIC = 0x25609513
_SIMPLE_REPLY_MAGIC = 0x67446698
_FIXED_NEWSTYLE, _NO_ZEROES = 1, 2
_HAS_FLAGS, _SEND_FLUSH, _SEND_FUA = 1, 4, 8
_EXPORT_NAME, _ABORT, _GO = 1, 2, 7
_ACK, _INFO, _UNSUPPORTED = 1, 3, 0x80000001
_READ, _WRITE, _DISCONNECT, _FLUSH = 0, 1, 2, 3
_FUA = 1
_EINVAL = 22


class VolatileDisk:
    """A disk over a file. It keeps writes in a cache, and brings them into the file on a flush."""

    def __init__(self, path: pathlib.Path):
        self._file = open(path, "r+b", buffering=0)
        self.size = path.stat().st_size
        self._cache: dict[int, bytes] = {}

    def read(self, offset: int, length: int) -> bytes:
        first = offset // BLOCK
        last = -(-(offset + length) // BLOCK)
        if not any(number in self._cache for number in range(first, last)):
            return self._stored(offset, length)
        blocks = b"".join(self._block(number) for number in range(first, last))
        return blocks[offset - first * BLOCK :][:length]

    def _stored(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def _block(self, number: int) -> bytes:
        return self._cache.get(number) or self._stored(number * BLOCK, BLOCK)

    def write(self, offset: int, content: bytes) -> None:
        done = 0
        while done < len(content):
            number, inside = divmod(offset + done, BLOCK)
            part = content[done : done + BLOCK - inside]
            if len(part) < BLOCK:
                block = self._block(number)
                part_end = inside + len(part)
                self._cache[number] = block[:inside] + part + block[part_end:]
            else:
                self._cache[number] = part
            done += len(part)

    def flush(self) -> None:
        for number in sorted(self._cache):
            self._keep(number)
        self._cache.clear()

    def write_through(self, offset: int, content: bytes) -> None:
        """A write with FUA is durable at once; earlier writes need not be."""
        self.write(offset, content)
        for number in range(offset // BLOCK, -(-(offset + len(content)) // BLOCK)):
            self._keep(number)
            del self._cache[number]

    def _keep(self, number: int) -> None:
        self._file.seek(number * BLOCK)
        self._file.write(self._cache[number])

    def cut_power(self, survives: Callable[[], bool]) -> int:
        """Drops each unflushed block unless `survives()`; returns how many were lost."""
        lost = 0
        for number in sorted(self._cache):
            if survives():
                self._keep(number)
            else:
                lost += 1
        self._cache.clear()
        self._file.close()
        return lost


class VolatileDisks:
    """Serves disks to one QEMU by their names; leaving the context is the power cut."""

    def __init__(self, paths: Mapping[str, pathlib.Path], survives: Callable[[], bool]):
        self._disks = {name: VolatileDisk(path) for name, path in paths.items()}
        self._survives = survives
        self._directory = tempfile.TemporaryDirectory()
        self._socket = pathlib.Path(self._directory.name) / "nbd"
        self._listener = socket.socket(socket.AF_UNIX)
        self._threads: list[threading.Thread] = []
        self.lost: dict[str, int] = {}

    def drive(self, name: str) -> str:
        """Where QEMU finds the disk."""
        return f"file=nbd+unix:///{name}?socket={self._socket},cache=writeback"

    def __enter__(self) -> "VolatileDisks":
        self._listener.bind(str(self._socket))
        self._listener.listen()
        acceptor = threading.Thread(target=self._accept)
        acceptor.start()
        self._threads.append(acceptor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # QEMU has exited: every connection is closed.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        self.lost = {name: disk.cut_power(self._survives) for name, disk in self._disks.items()}
        self._directory.cleanup()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            thread.start()
            self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                disk = self._negotiate(connection)
                while disk is not None and _answer(connection, disk):
                    pass
            except (ConnectionError, EOFError):
                pass  # QEMU has exited

    def _negotiate(self, connection: socket.socket) -> VolatileDisk | None:
        connection.sendall(b"NBDMAGICIHAVEOPT" + struct.pack(">H", _FIXED_NEWSTYLE | _NO_ZEROES))
        _receive(connection, 4)
        while True:
            _, option, length = struct.unpack(">QII", _receive(connection, 16))
            data = _receive(connection, length)
            if option == _ABORT:
                _option_reply(connection, option, _ACK)
                return None
            if option == _GO:
                name_length = struct.unpack(">I", data[:4])[0]
                disk = self._disks[data[4 : 4 + name_length].decode()]
                flags = _HAS_FLAGS | _SEND_FLUSH | _SEND_FUA
                _option_reply(connection, option, _INFO, struct.pack(">HQH", 0, disk.size, flags))
                _option_reply(connection, option, _ACK)
                return disk
            _option_reply(connection, option, _UNSUPPORTED)


def _option_reply(connection: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
    connection.sendall(struct.pack(">QIII", _REPLY_MAGIC, option, kind, len(data)) + data)


def _answer(connection: socket.socket, disk: VolatileDisk) -> bool:
    """Handles one request; returns False if it was the last one."""
    _, flags, kind, handle, offset, length = struct.unpack(">IHHQQI", _receive(connection, 28))
    error, data = 0, b""
    if kind == _DISCONNECT:
        return False
    if kind == _READ:
        data = disk.read(offset, length)
    elif kind == _WRITE:
        content = _receive(connection, length)
        time.sleep(length / BYTES_PER_SECOND)
        (disk.write_through if flags & _FUA else disk.write)(offset, content)
    elif kind == _FLUSH:
        disk.flush()
    else:
        error = _EINVAL
    connection.sendall(struct.pack(">IIQ", _SIMPLE_REPLY_MAGIC, error, handle) + data)
    return True


def _receive(connection: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
