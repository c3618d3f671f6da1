package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.device.Faults;
import io.github.dmtools.dmmerge.device.Faults.Action;
import io.github.dmtools.dmmerge.device.PowerCut;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.linux.LinuxDevices;
import io.github.dmtools.dmmerge.ownfile.AppendFile;
import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.FileTargets;
import io.github.dmtools.dmmerge.ownfile.NewFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** A log in a real file whose writes and syncs fail as {@link Faults} decides. */
public final class FaultyLog {
  private static final int EIO = 5;
  private static final int ENOSPC = 28;

  /** Shared: creating it reads all open descriptors. */
  private static final FileTargets TARGETS = new LinuxDevices().fileTargets();

  private final Path path;
  private final List<Closeable> open = new ArrayList<>();
  private long durable;

  /**
   * @param path of a new log
   */
  public FaultyLog(Path path) {
    this.path = path;
  }

  /** Opens the log as a run does. */
  public AuditLog open(Faults faults, WarningSink warnings) {
    FileTargets targets =
        file -> {
          FileTarget target = TARGETS.open(file);
          open.add(target::close);
          return new Target(faults, target);
        };
    return AuditLog.open(
        targets, path.toString(), new JsonAuditCodec(), Clock.systemUTC(), warnings);
  }

  /** Simulates a kill of the process. */
  public void killed() throws IOException {
    for (Closeable file : open) {
      file.close();
    }
    open.clear();
  }

  /** Simulates a power failure: synced bytes are followed by a part of the rest, or by zeroes. */
  public void crash(Random luck) throws IOException {
    killed();
    if (!Files.exists(path)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      int lost = (int) (channel.size() - durable);
      channel.truncate(durable + luck.nextInt(lost + 1));
      int zeroes = (int) (durable + lost - channel.size());
      if (luck.nextInt(3) == 0) {
        channel.write(ByteBuffer.allocate(zeroes), channel.size());
      }
    }
  }

  /** Opens files that fail. */
  private final class Target implements FileTarget {
    private final Faults faults;
    private final FileTarget target;

    Target(Faults faults, FileTarget target) {
      this.faults = faults;
      this.target = target;
    }

    private AppendFile faulty(AppendFile file) {
      open.add(file::close);
      return new Appended(faults, file);
    }

    @Override
    public AppendFile openForAppending() throws TargetException {
      return faulty(target.openForAppending());
    }

    @Override
    public AppendFile createBeside(String suffix) throws TargetException {
      return faulty(target.createBeside(suffix));
    }

    @Override
    public Kind kind() {
      return target.kind();
    }

    @Override
    public String typeName() {
      return target.typeName();
    }

    @Override
    public String path() {
      return target.path();
    }

    @Override
    public boolean isSameAs(String other) {
      return target.isSameAs(other);
    }

    @Override
    public byte[] beginning(int most) {
      throw new AssertionError("a log is no document");
    }

    @Override
    public OutputStream openStream() {
      throw new AssertionError("a log is no stream");
    }

    @Override
    public NewFile create(Predicate<byte[]> leftover, List<String> inUse) {
      throw new AssertionError("a log is not replaced");
    }

    @Override
    public void close() {
      // Closed with the process.
    }
  }

  /** Forwards calls that do not fail. A sync only records what would be durable. */
  private final class Appended implements AppendFile {
    private final Faults faults;
    private final AppendFile file;

    Appended(Faults faults, AppendFile file) {
      this.faults = faults;
      this.file = file;
    }

    @Override
    public void append(ByteBuffer source) throws TargetException {
      synchronized (faults) {
        Faults.Kind failure = faults.next(path.toString(), Action.WRITE);
        if (failure == null) {
          file.append(source);
          return;
        }
        int done = failure == Faults.Kind.ERROR ? 0 : faults.done(failure, source.remaining());
        file.append(source.duplicate().limit(source.position() + done));
        throw failed(failure);
      }
    }

    @Override
    public void cutTo(long bytes) throws TargetException {
      synchronized (faults) {
        Faults.Kind failure = faults.next(path.toString(), Action.TRIM);
        if (failure != null) {
          throw failed(failure);
        }
        file.cutTo(bytes);
        durable = bytes;
        sync();
      }
    }

    @Override
    public void sync() throws TargetException {
      synchronized (faults) {
        Faults.Kind failure = faults.next(path.toString(), Action.BARRIER);
        if (failure != null) {
          throw failed(failure);
        }
        if (file.path().equals(path.toString())) {
          durable = file.size();
        }
      }
    }

    private TargetException failed(Faults.Kind failure) {
      if (failure == Faults.Kind.POWER) {
        throw new PowerCut.Cut();
      }
      return failure == Faults.Kind.NO_SPACE
          ? TargetException.failed("No space left on device", ENOSPC)
          : TargetException.failed("Input/output error", EIO);
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public boolean tryLock() throws TargetException {
      return file.tryLock();
    }

    @Override
    public boolean isInPlace() {
      return file.isInPlace();
    }

    @Override
    public long size() throws TargetException {
      return file.size();
    }

    @Override
    public byte[] read(long offset, int length) throws TargetException {
      return file.read(offset, length);
    }

    @Override
    public void remove() {
      file.remove();
    }

    @Override
    public void close() throws TargetException {
      file.close();
    }
  }
}
