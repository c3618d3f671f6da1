package io.github.dmtools.dmmerge.apply;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import io.github.dmtools.dmmerge.device.MemoryDisk;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** A kernel's store and its origin in memory, repeatedly damaged and restored. */
final class MutatedStore {
  private static final Path ALL =
      Path.of(System.getProperty("dmmerge.basedir", "."), "src/test/resources/stores");
  private static final int ENTRY = 16;

  private final String name;
  private final byte[] soundStore;
  private final byte[] soundOrigin;
  private final MemoryDisk store;
  private final MemoryDisk origin;
  private final ByteBuffer numbers;
  private final int chunkBytes;
  private final int entries;
  private int damagedFrom;
  private int damagedTo;

  private MutatedStore(String name, byte[] soundStore, byte[] soundOrigin) {
    this.name = name;
    this.soundStore = soundStore;
    this.soundOrigin = soundOrigin;
    this.store = new MemoryDisk("/dev/store", soundStore);
    this.origin = new MemoryDisk("/dev/origin", soundOrigin);
    this.numbers = ByteBuffer.wrap(soundStore.clone()).order(ByteOrder.LITTLE_ENDIAN);
    this.chunkBytes = numbers.getInt(12) * 512;
    int count = 0;
    while (numbers.getLong(offsetOf(count) + 8) != 0) {
      count++;
    }
    this.entries = count;
  }

  static MutatedStore unpack(String name) {
    return new MutatedStore(name, unzip(name, "cow.gz"), unzip(name, "origin-before.gz"));
  }

  /** A file of a store that a kernel made. */
  static byte[] unzip(String name, String file) {
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(ALL.resolve(name).resolve(file)))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  int chunkBytes() {
    return chunkBytes;
  }

  MemoryDisk store() {
    return store;
  }

  MemoryDisk origin() {
    return origin;
  }

  private int offsetOf(int entry) {
    int perArea = chunkBytes / ENTRY;
    return (1 + entry / perArea * (perArea + 1)) * chunkBytes + entry % perArea * ENTRY;
  }

  /** Damages the metadata and returns a description. */
  String mutate(Random random) {
    // One past the last entry is the end of the table.
    int offset = offsetOf(random.nextInt(entries + 1));
    int field = offset + random.nextInt(2) * 8;
    return switch (random.nextInt(10)) {
      case 0 -> header(random);
      case 1 -> flip(field + random.nextInt(8), 1 << random.nextInt(8));
      case 2 -> flip(field, 1 << random.nextInt(8));
      case 3 -> number(field, random.nextLong());
      case 4 -> number(field, random.nextInt(2 * soundStore.length / chunkBytes + 2));
      case 5 -> number(field, EDGES[random.nextInt(EDGES.length)]);
      case 6 -> number(offset, random.nextInt(soundOrigin.length / chunkBytes + 2));
      case 7 -> garbage(offset, random);
      case 8 -> swap(offset, offsetOf(random.nextInt(entries + 1)));
      default -> cut(random);
    };
  }

  private static final long[] EDGES = {
    0, 1, 2, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, 1L << 32, 1L << 55, 1L << 56, 1L << 62
  };

  private String header(Random random) {
    int at = random.nextInt(16);
    return random.nextBoolean()
        ? flip(at, 1 << random.nextInt(8))
        : set(12, (byte) 0, (byte) random.nextInt(256), (byte) random.nextInt(64), (byte) 0);
  }

  private String flip(int offset, int bits) {
    return set(offset, (byte) (soundStore[offset] ^ bits));
  }

  private String number(int offset, long number) {
    return set(
        offset, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
  }

  private String garbage(int offset, Random random) {
    int room = chunkBytes - offset % chunkBytes;
    byte[] bytes = new byte[1 + random.nextInt(Math.min(room, 64))];
    random.nextBytes(bytes);
    return set(offset, bytes);
  }

  private String swap(int one, int other) {
    byte[] first = Arrays.copyOfRange(soundStore, one, one + ENTRY);
    store.set(one, soundStore, other, ENTRY);
    store.set(other, first);
    damagedFrom = Math.min(one, other);
    damagedTo = Math.max(one, other) + ENTRY;
    return "swapped " + one + " and " + other;
  }

  private String cut(Random random) {
    long end = random.nextInt(soundStore.length);
    if (random.nextInt(4) == 0) {
      end = random.nextInt(4 * chunkBytes);
    }
    store.cutTo(end);
    return "cut to " + end;
  }

  private String set(int offset, byte... bytes) {
    damagedFrom = offset;
    damagedTo = offset + bytes.length;
    store.set(offset, bytes);
    return bytes.length + " bytes at " + offset;
  }

  /** Undoes the changes of the mutation and the run. */
  void restore() {
    store.cutTo(soundStore.length);
    store.set(damagedFrom, soundStore, damagedFrom, damagedTo - damagedFrom);
    for (ByteRange write : origin.writes()) {
      origin.set(write.offset(), soundOrigin, (int) write.offset(), (int) write.length());
    }
    origin.forgetWrites();
  }
}
