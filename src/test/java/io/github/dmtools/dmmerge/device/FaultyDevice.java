package io.github.dmtools.dmmerge.device;

import io.github.dmtools.dmmerge.device.Faults.Action;
import io.github.dmtools.dmmerge.device.Faults.Kind;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A device in memory whose operations fail as {@link Faults} has it. */
public final class FaultyDevice extends ForwardingDevice implements PreallocatedFile {
  private static final int EIO = 5;
  private static final int ENOSPC = 28;

  private final MemoryDevice device;
  private final Faults faults;

  public FaultyDevice(MemoryDevice device, Faults faults) {
    super(device);
    this.device = device;
    this.faults = faults;
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    synchronized (faults) {
      Kind failure = faults.next(path(), Action.READ);
      if (failure != null) {
        throw failed(failure, ProblemCode.DEVICE_READ, offset);
      }
      device.read(target, offset);
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    synchronized (faults) {
      Kind failure = faults.next(path(), Action.WRITE);
      if (failure != null) {
        int done = faults.done(failure, source.remaining());
        device.write(source.duplicate().limit(source.position() + done), offset);
        throw failed(failure, ProblemCode.DEVICE_WRITE, offset + done);
      }
      device.write(source, offset);
    }
  }

  @Override
  public void barrier() {
    synchronized (faults) {
      Kind failure = faults.next(path(), Action.BARRIER);
      if (failure == null) {
        device.barrier();
        return;
      }
      if (failure != Kind.POWER) {
        if (failure == Kind.SHORT) {
          device.disk().writeBackSome(faults.luck());
        }
        device.disk().failBarrier(1);
        device.barrier();
      }
      throw failed(failure, ProblemCode.DEVICE_BARRIER, null);
    }
  }

  @Override
  public void flushCaches() {
    synchronized (faults) {
      Kind failure = faults.next(path(), Action.FLUSH);
      if (failure != null) {
        throw failed(failure, ProblemCode.DEVICE_FLUSH, null);
      }
      device.flushCaches();
    }
  }

  @Override
  public void dropCaches() {
    synchronized (faults) {
      device.dropCaches();
    }
  }

  @Override
  public void reserve(long bytes) {
    change(Action.RESERVE, ProblemCode.UNDO_CREATE, () -> file().reserve(bytes));
  }

  @Override
  public void publish() {
    change(Action.PUBLISH, ProblemCode.UNDO_CREATE, () -> file().publish());
  }

  @Override
  public boolean isInPlace() {
    return file().isInPlace();
  }

  @Override
  public void cutTo(long bytes) {
    change(Action.TRIM, ProblemCode.DEVICE_WRITE, () -> file().cutTo(bytes));
  }

  /** What a file system does wholly or not at all. */
  private void change(Action action, ProblemCode code, Runnable step) {
    synchronized (faults) {
      Kind failure = faults.next(path(), action);
      if (failure == null || (failure == Kind.POWER && faults.isLucky())) {
        step.run();
      }
      if (failure != null) {
        throw failed(failure, code, null);
      }
    }
  }

  private PreallocatedFile file() {
    return (PreallocatedFile) device;
  }

  private RuntimeException failed(Kind failure, ProblemCode code, @Nullable Long offset) {
    if (failure == Kind.POWER) {
      return new PowerCut.Cut();
    }
    int errno = failure == Kind.NO_SPACE ? ENOSPC : EIO;
    return new ProblemException(
        new Problem(code, code.code() + " failed", path(), null, offset, errno));
  }

  @Override
  public boolean tryLock(LockMode mode) {
    synchronized (faults) {
      return device.tryLock(mode);
    }
  }

  @Override
  public void close() {
    synchronized (faults) {
      device.close();
    }
  }
}
