"""make_store.py COW ORIGIN CHUNKS: a store whose chunks, each of its own bytes, replace those of an origin of zeroes.

Prints the SHA-256 of what the origin is to be.
"""

import hashlib
import struct
import sys

CHUNK = 4096
ENTRIES = CHUNK // 16


def new_chunk(index):
    """Data chunks follow their area's chunk, 256 each; chunk 0 is the header."""
    area, place = divmod(index, ENTRIES)
    return 1 + area * (ENTRIES + 1) + 1 + place


def content(index):
    return struct.pack('<Q', index + 1) * (CHUNK // 8)


def main(cow_path, origin_path, chunks):
    digest = hashlib.sha256()
    with open(cow_path, 'wb') as cow:
        cow.write(struct.pack('<IIII', 0x70416E53, 1, 1, CHUNK // 512).ljust(CHUNK, b'\0'))
        for first in range(0, chunks + 1, ENTRIES):
            area = range(first, min(first + ENTRIES, chunks))
            cow.write(b''.join(struct.pack('<QQ', i, new_chunk(i)) for i in area).ljust(CHUNK, b'\0'))
            for i in area:
                cow.write(content(i))
                digest.update(content(i))
    with open(origin_path, 'wb') as origin:
        origin.truncate(chunks * CHUNK)
    print(digest.hexdigest())


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
