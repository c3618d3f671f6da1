package io.github.dmtools.dmmerge.linux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The devices of this Linux, made ready while the command line and the job are read: to bind the
 * functions of the C library takes about as long.
 */
public final class DevicePreloader {
  private static @Nullable CompletableFuture<LinuxDevices> begun;

  private DevicePreloader() {}

  /** Begins in a thread of its own. */
  public static synchronized void begin() {
    try {
      begun = CompletableFuture.supplyAsync(LinuxDevices::new, task -> thread(task).start());
    } catch (OutOfMemoryError e) {
      // So Java says that the system has no more threads: who asks makes them ready.
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "devices");
    thread.setDaemon(true);
    return thread;
  }

  /** Waits until they are ready, and makes them so if nobody began. Throws what that threw. */
  public static synchronized LinuxDevices get() {
    if (begun == null) {
      begun = CompletableFuture.completedFuture(new LinuxDevices());
    }
    try {
      return begun.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      throw e;
    }
  }
}
