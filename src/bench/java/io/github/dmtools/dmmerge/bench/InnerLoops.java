package io.github.dmtools.dmmerge.bench;

import io.github.dmtools.dmmerge.chunk.ChunkSize;
import io.github.dmtools.dmmerge.device.AlignedBuffers;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.exceptionstore.ExceptionStore;
import io.github.dmtools.dmmerge.exceptionstore.TableCursor;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.PlanWriter;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.merge.DeviceFacts;
import io.github.dmtools.dmmerge.merge.PlanHead;
import io.github.dmtools.dmmerge.merge.StoreFacts;
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.plan.Sha256;
import io.github.dmtools.dmmerge.problem.CancelSignal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What is done for every exception, in nanoseconds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class InnerLoops {
  private static final int EXCEPTIONS = 65_536;
  private static final int CHUNK = 4096;
  private static final int ENTRIES = CHUNK / 16;

  private final ByteBuffer one = chunk();
  private final ByteBuffer other = chunk();
  private final PlannedChunk exception =
      new PlannedChunk(12_345_678, 23_456_789, 12_394_021, CHUNK, null, null, null);
  private Path file;
  private BlockDevice device;
  private ExceptionStore store;
  private PlanWriter plan;

  private static ByteBuffer chunk() {
    byte[] bytes = new byte[CHUNK];
    new Random(1).nextBytes(bytes);
    return AlignedBuffers.allocate(CHUNK).put(bytes).flip();
  }

  @Setup
  public void open() throws IOException {
    file = Files.createTempFile("dm-merge-bench", ".cow");
    Files.write(file, table());
    device = new LinuxDevices().openForReading(file.toString(), false, warning -> {});
    store = ExceptionStore.read(device, null, CancelSignal.NEVER);
    plan = new PlanWriter(OutputStream.nullOutputStream());
    plan.begin(
        new PlanHead(
            Instant.EPOCH,
            Job.plain(file.toString(), null, false, false, false),
            true,
            new DeviceFacts(file.toString(), DeviceType.FILE, device.sizeBytes(), 512, false),
            null,
            new StoreFacts(store.chunkSize(), store.areas(), store.exceptions()),
            new DdLine(new ChunkSize(CHUNK), device, null, false)));
  }

  private static byte[] table() {
    int areas = EXCEPTIONS / ENTRIES + 1;
    ByteBuffer bytes =
        ByteBuffer.allocate((1 + areas * (ENTRIES + 1)) * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0x70416e53).putInt(1).putInt(1).putInt(CHUNK / 512);
    for (int i = 0; i < EXCEPTIONS; i++) {
      int area = 1 + i / ENTRIES * (ENTRIES + 1);
      int at = area * CHUNK + i % ENTRIES * 16;
      bytes.putLong(at, i * 3L).putLong(at + 8, area + 1 + i % ENTRIES);
    }
    return bytes.array();
  }

  @TearDown
  public void close() throws IOException {
    device.close();
    Files.delete(file);
  }

  /** The table is read once more and held against its sums. */
  @Benchmark
  @OperationsPerInvocation(EXCEPTIONS)
  public long decode() {
    long sum = 0;
    TableCursor entry = store.entries();
    while (entry.next()) {
      sum += entry.oldChunk() ^ entry.newChunk();
    }
    return sum;
  }

  /** Two chunks of 4 KiB that are equal. */
  @Benchmark
  public int compare() {
    return one.mismatch(other);
  }

  /** SHA-256 of 4 KiB. */
  @Benchmark
  public byte[] digest() {
    return Sha256.of(one.duplicate());
  }

  /** A line of a metadata-only plan. */
  @Benchmark
  public void line() {
    plan.accept(exception);
  }
}
