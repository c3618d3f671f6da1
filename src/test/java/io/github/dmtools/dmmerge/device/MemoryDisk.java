package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.chunk.ByteRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * The medium beneath {@link MemoryDevice}, with what a real one has: a cache that a power cut
 * empties, sectors that break, barriers that fail, locks, an end that moves. Remembers every write.
 */
public final class MemoryDisk {
  private static final int SECTOR_BYTES = 512;

  private final String path;
  private final int blockBytes;
  private byte[] cached;
  private byte[] durable;
  private final BitSet unreadable = new BitSet();
  private final BitSet unwritable = new BitSet();
  private final List<ByteRange> writes = new ArrayList<>();
  private final List<ByteRange> dirty = new ArrayList<>();
  private final List<ByteRange> prefetched = new ArrayList<>();
  private long size;
  private int barriers;
  private int failingBarrier;
  private int cachesForgotten;
  private int cachesFlushed;
  private boolean flushFails;
  private int bounced;
  private int sharedLocks;
  private boolean exclusiveLock;

  /** A disk that holds a copy of {@code content}, all of it durable. */
  public MemoryDisk(String path, byte[] content, int blockBytes) {
    this.path = path;
    this.blockBytes = blockBytes;
    this.cached = content.clone();
    this.durable = content.clone();
    this.size = content.length;
  }

  public MemoryDisk(String path, byte[] content) {
    this(path, content, SECTOR_BYTES);
  }

  public synchronized MemoryDevice openForReading() {
    return new MemoryDevice(this, false, false);
  }

  public synchronized MemoryDevice openForWriting() {
    return new MemoryDevice(this, true, false);
  }

  /** Past the page cache: what is not aligned to blocks is bounced through it, and counted. */
  public synchronized MemoryDevice openDirect() {
    return new MemoryDevice(this, true, true);
  }

  public synchronized String path() {
    return path;
  }

  synchronized int blockBytes() {
    return blockBytes;
  }

  public synchronized long size() {
    return size;
  }

  /** Moves the end. Who has the disk open goes on to believe in the size that it had. */
  public synchronized void cutTo(long bytes) {
    size = bytes;
  }

  /** Becomes larger, by zeroes, or smaller, as a file can; durable at once. */
  public synchronized void resize(long bytes) {
    cached = Arrays.copyOf(cached, Math.toIntExact(bytes));
    durable = Arrays.copyOf(durable, Math.toIntExact(bytes));
    size = bytes;
  }

  /** The sectors of this range cannot be read any more. */
  public synchronized void breakForReading(ByteRange range) {
    unreadable.set(firstSector(range), lastSector(range) + 1);
  }

  /** The sectors of this range cannot be written any more. */
  public synchronized void breakForWriting(ByteRange range) {
    unwritable.set(firstSector(range), lastSector(range) + 1);
  }

  /** The n-th barrier from now, counted from 1, fails once; what it covers is lost. */
  public synchronized void failBarrier(int n) {
    failingBarrier = barriers + n;
  }

  public synchronized void failFlushes() {
    flushFails = true;
  }

  /** The power fails: what no barrier made durable is gone. */
  public synchronized void crash() {
    System.arraycopy(durable, 0, cached, 0, cached.length);
    dirty.clear();
  }

  /** The power fails while the disk is at work: any sector of the cache may have been kept. */
  public synchronized void crash(Random luck) {
    writeBackSome(luck);
    crash();
  }

  /** The disk was at work: any sector of the cache may be durable by now. */
  synchronized void writeBackSome(Random luck) {
    for (ByteRange range : dirty) {
      for (int sector = firstSector(range); sector <= lastSector(range); sector++) {
        int offset = sector * SECTOR_BYTES;
        if (luck.nextBoolean()) {
          int count = Math.min(SECTOR_BYTES, durable.length - offset);
          System.arraycopy(cached, offset, durable, offset, count);
        }
      }
    }
  }

  /** Changes bytes as device-mapper does: beneath the cache, unseen until that is flushed. */
  public synchronized void writeBeneath(long offset, byte[] bytes) {
    System.arraycopy(bytes, 0, durable, (int) offset, bytes.length);
  }

  /** Sets bytes, seen and durable, as if they had always been there. */
  public synchronized void set(long offset, byte[] source, int from, int count) {
    System.arraycopy(source, from, cached, (int) offset, count);
    System.arraycopy(source, from, durable, (int) offset, count);
  }

  public synchronized void set(long offset, byte[] bytes) {
    set(offset, bytes, 0, bytes.length);
  }

  /** What a reader sees. */
  public synchronized byte[] content() {
    return Arrays.copyOf(cached, (int) size);
  }

  /** What a crash would leave. */
  public synchronized byte[] durableContent() {
    return Arrays.copyOf(durable, (int) size);
  }

  /** Every write since {@link #forgetWrites}, in order. */
  public synchronized List<ByteRange> writes() {
    return List.copyOf(writes);
  }

  public synchronized void forgetWrites() {
    writes.clear();
  }

  synchronized void prefetch(ByteRange range) {
    prefetched.add(range);
  }

  /** The ranges that somebody wanted read ahead since this was called last. */
  public synchronized List<ByteRange> takePrefetched() {
    List<ByteRange> taken = List.copyOf(prefetched);
    prefetched.clear();
    return taken;
  }

  public synchronized int barriers() {
    return barriers;
  }

  public synchronized int cachesForgotten() {
    return cachesForgotten;
  }

  public synchronized int cachesFlushed() {
    return cachesFlushed;
  }

  /** Transfers of direct devices that had to go through the cache. */
  public synchronized int bounced() {
    return bounced;
  }

  synchronized void bounce() {
    bounced++;
  }

  /** Reads up to the first broken sector; returns the bytes read. */
  synchronized int read(ByteBuffer target, long offset) {
    int count = untilBroken(unreadable, offset, target.remaining());
    target.put(cached, (int) offset, count);
    return count;
  }

  /** Writes up to the first broken sector; returns the bytes written. */
  synchronized int write(ByteBuffer source, long offset) {
    int count = untilBroken(unwritable, offset, source.remaining());
    source.get(cached, (int) offset, count);
    if (count > 0) {
      ByteRange range = new ByteRange(offset, count);
      writes.add(range);
      dirty.add(range);
    }
    return count;
  }

  private int untilBroken(BitSet broken, long offset, int count) {
    int sector = broken.nextSetBit((int) (offset / SECTOR_BYTES));
    long end = Math.min(offset + count, size);
    if (sector >= 0) {
      end = Math.min(end, Math.max(offset, (long) sector * SECTOR_BYTES));
    }
    return (int) Math.max(0, end - offset);
  }

  /** False if it failed: then the pages are clean all the same, as Linux has it. */
  synchronized boolean barrier() {
    barriers++;
    boolean succeeds = barriers != failingBarrier;
    if (succeeds) {
      writeBack();
    }
    dirty.clear();
    return succeeds;
  }

  private void writeBack() {
    for (ByteRange range : dirty) {
      int offset = (int) range.offset();
      System.arraycopy(cached, offset, durable, offset, (int) range.length());
    }
    dirty.clear();
  }

  synchronized boolean flushCaches() {
    cachesFlushed++;
    if (flushFails) {
      return false;
    }
    writeBack();
    System.arraycopy(durable, 0, cached, 0, cached.length);
    return true;
  }

  synchronized void dropCaches() {
    cachesForgotten++;
    byte[] kept = cached.clone();
    System.arraycopy(durable, 0, cached, 0, cached.length);
    for (ByteRange range : dirty) {
      int offset = (int) range.offset();
      System.arraycopy(kept, offset, cached, offset, (int) range.length());
    }
  }

  synchronized boolean lock(LockMode mode) {
    if (exclusiveLock || (mode == LockMode.EXCLUSIVE && sharedLocks > 0)) {
      return false;
    }
    if (mode == LockMode.EXCLUSIVE) {
      exclusiveLock = true;
    } else {
      sharedLocks++;
    }
    return true;
  }

  synchronized void unlock(LockMode mode) {
    if (mode == LockMode.EXCLUSIVE) {
      exclusiveLock = false;
    } else {
      sharedLocks--;
    }
  }

  private static int firstSector(ByteRange range) {
    return (int) (range.offset() / SECTOR_BYTES);
  }

  private static int lastSector(ByteRange range) {
    return (int) ((range.end() - 1) / SECTOR_BYTES);
  }
}
