/* The merge as a plain C program does it: for each exception, in the table's order, read the chunk from the store
 * and write it to the origin (blind), or read both and write what differs (compare). Ends with fsync.
 *
 *   loops blind|compare [direct] STORE ORIGIN
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT 4096

static void die(const char *what)
{
	fprintf(stderr, "loops: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void read_all(int fd, void *to, size_t count, uint64_t offset)
{
	if (pread(fd, to, count, offset) != (ssize_t)count)
		die("read");
}

static void *buffer(size_t bytes)
{
	void *allocated = aligned_alloc(ALIGNMENT, bytes < ALIGNMENT ? ALIGNMENT : bytes);
	if (allocated == NULL)
		die("memory");
	return allocated;
}

int main(int argc, char **argv)
{
	int direct = argc == 5 && strcmp(argv[2], "direct") == 0 ? O_DIRECT : 0;
	if (argc != 4 + (direct != 0)) {
		fprintf(stderr, "usage: loops blind|compare [direct] STORE ORIGIN\n");
		return 64;
	}
	int compare = strcmp(argv[1], "compare") == 0;
	int store = open(argv[argc - 2], O_RDONLY | direct);
	int origin = open(argv[argc - 1], O_RDWR | direct);
	if (store < 0 || origin < 0)
		die("open");

	uint32_t *header = buffer(ALIGNMENT);
	read_all(store, header, ALIGNMENT, 0);
	size_t chunk = (size_t)header[3] * 512;
	uint64_t entries = chunk / 16;
	uint64_t *area = buffer(chunk);
	char *from = buffer(chunk);
	char *to = buffer(chunk);

	for (uint64_t i = 0;; i++) {
		if (i % entries == 0)
			read_all(store, area, chunk, (1 + i / entries * (entries + 1)) * chunk);
		uint64_t old_chunk = area[i % entries * 2];
		uint64_t new_chunk = area[i % entries * 2 + 1];
		if (new_chunk == 0)
			break;
		read_all(store, from, chunk, new_chunk * chunk);
		if (compare) {
			read_all(origin, to, chunk, old_chunk * chunk);
			if (memcmp(from, to, chunk) == 0)
				continue;
		}
		if (pwrite(origin, from, chunk, old_chunk * chunk) != (ssize_t)chunk)
			die("write");
	}
	if (fsync(origin) != 0)
		die("fsync");
	return 0;
}
