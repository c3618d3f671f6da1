package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Writes arbitrary stores as sparse files, also invalid ones. Chunk sizes are in sectors. */
final class StoreFile {
  private static final int MAGIC = 0x70416e53;

  private final Path path;
  private final long chunkBytes;
  private final long entriesPerArea;
  private long entries;

  /** Creates the file with a valid header and an empty table. */
  StoreFile(Path path, long chunkSectors, long sizeBytes) {
    this.path = path;
    this.chunkBytes = chunkSectors * 512;
    this.entriesPerArea = chunkBytes / 16;
    size(sizeBytes);
    header(MAGIC, 1, 1, (int) chunkSectors);
  }

  Path path() {
    return path;
  }

  StoreFile header(int magic, int valid, int version, int chunkSectors) {
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(magic).putInt(valid).putInt(version).putInt(chunkSectors);
    return bytes(0, header.array());
  }

  /** Appends an entry, in the next area if the current one is full. */
  StoreFile entry(long oldChunk, long newChunk) {
    long area = entries / entriesPerArea;
    long offset = (1 + area * (entriesPerArea + 1)) * chunkBytes + entries % entriesPerArea * 16;
    entries++;
    ByteBuffer entry = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    entry.putLong(oldChunk).putLong(newChunk);
    return bytes(offset, entry.array());
  }

  /** Fills a chunk of the store with a byte. */
  StoreFile data(long newChunk, int fill) {
    byte[] chunk = new byte[(int) chunkBytes];
    Arrays.fill(chunk, (byte) fill);
    return bytes(newChunk * chunkBytes, chunk);
  }

  StoreFile bytes(long offset, byte[] bytes) {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes), offset);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Truncates the file, or extends it with a hole. */
  StoreFile size(long bytes) {
    sparse(path, bytes);
    return this;
  }

  /** Creates a sparse file. */
  static Path sparse(Path path, long bytes) {
    Shell.run("truncate", "--size=" + bytes, path.toString());
    return path;
  }
}
