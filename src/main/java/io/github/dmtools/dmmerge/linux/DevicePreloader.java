package io.github.dmtools.dmmerge.linux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Loads {@link LinuxDevices} in the background while the command line and the job are read. Binding
 * the functions of the C library takes about as long.
 */
public final class DevicePreloader {
  private static @Nullable CompletableFuture<LinuxDevices> loading;

  private DevicePreloader() {}

  /** Starts loading in a thread. */
  public static synchronized void begin() {
    try {
      loading = CompletableFuture.supplyAsync(LinuxDevices::new, task -> thread(task).start());
    } catch (OutOfMemoryError e) {
      // Java could not create a thread: get() loads them.
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "devices");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns the devices, loading them if needed. Throws what the loading threw. */
  public static synchronized LinuxDevices get() {
    if (loading == null) {
      loading = CompletableFuture.completedFuture(new LinuxDevices());
    }
    try {
      return loading.join();
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
