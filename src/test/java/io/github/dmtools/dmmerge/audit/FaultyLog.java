package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.device.Faults;
import io.github.dmtools.dmmerge.device.Faults.Action;
import io.github.dmtools.dmmerge.device.Faults.Kind;
import io.github.dmtools.dmmerge.device.PowerCut;
import io.github.dmtools.dmmerge.json.AuditLines;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A log in a real file whose writes and syncs fail as {@link Faults} has it. */
public final class FaultyLog {
  private final Path path;
  private final List<FileChannel> open = new ArrayList<>();
  private long durable;

  /**
   * @param path where no log is yet
   */
  public FaultyLog(Path path) {
    this.path = path;
  }

  /** Opens the log as a run does. */
  public AuditLog open(Faults faults, WarningSink warnings) {
    LogFile.Opener opener = (file, options, given) -> channel(faults, file, options, given);
    return AuditLog.open(path, opener, new AuditLines(), Clock.systemUTC(), warnings);
  }

  private FileChannel channel(
      Faults faults, Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    FileChannel channel = FileChannel.open(file, options, attributes);
    FileChannel faulty =
        options.contains(StandardOpenOption.WRITE) ? new Channel(faults, file, channel) : channel;
    open.add(faulty);
    return faulty;
  }

  /** The process is gone. */
  public void killed() throws IOException {
    for (FileChannel channel : open) {
      channel.close();
    }
    open.clear();
  }

  /** The power fails: behind what a sync kept there is a part of what was appended, or zeroes. */
  public void crash(Random luck) throws IOException {
    killed();
    if (!Files.exists(path)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      int lost = (int) (channel.size() - durable);
      channel.truncate(durable + luck.nextInt(lost + 1));
      int zeroes = (int) (durable + lost - channel.size());
      // Zeroes alone are no torn line: such a log is refused, and nothing is taken from it.
      boolean begun = channel.size() - durable >= Frame.SEQ.length;
      if (begun && luck.nextInt(3) == 0) {
        channel.write(ByteBuffer.allocate(zeroes), channel.size());
      }
    }
  }

  /** Passes on what does not fail. Instead of a sync it remembers what would be durable. */
  private final class Channel extends WrappedChannel {
    private final Faults faults;
    private final boolean isLog;

    Channel(Faults faults, Path file, FileChannel channel) {
      super(channel);
      this.faults = faults;
      this.isLog = file.equals(path);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      synchronized (faults) {
        Kind failure = faults.next(path.toString(), Action.WRITE);
        if (failure == null) {
          return super.write(source);
        }
        int done = failure == Kind.ERROR ? 0 : faults.done(failure, source.remaining());
        super.write(source.duplicate().limit(source.position() + done));
        throw failed(failure);
      }
    }

    @Override
    public FileChannel truncate(long bytes) throws IOException {
      synchronized (faults) {
        Kind failure = faults.next(path.toString(), Action.TRIM);
        if (failure != null) {
          throw failed(failure);
        }
        super.truncate(bytes);
        durable = bytes;
        return this;
      }
    }

    @Override
    public void force(boolean metadata) throws IOException {
      synchronized (faults) {
        Kind failure = faults.next(path.toString(), Action.BARRIER);
        if (failure != null) {
          throw failed(failure);
        }
        if (isLog) {
          durable = size();
        }
      }
    }

    private IOException failed(Kind failure) {
      if (failure == Kind.POWER) {
        throw new PowerCut.Cut();
      }
      return new IOException(
          failure == Kind.NO_SPACE ? "No space left on device" : "Input/output error");
    }
  }
}
