package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Loop devices, mounts and other resources, released in reverse order. */
final class Setup implements AutoCloseable {
  /** LOOP_CTL_REMOVE, linux/loop.h, which losetup does not support. */
  private static final String REMOVE_LOOP =
      "import fcntl, sys; fcntl.ioctl(open('/dev/loop-control'), 0x4C81, int(sys.argv[1]))";

  private final Deque<Runnable> undo = new ArrayDeque<>();

  Path loop(Path file, String... options) {
    Loop loop = Loop.over(file, options);
    undo.push(loop::close);
    return loop.device();
  }

  /** Creates a loop device with this number, which exists only during the test. */
  Path loopNumber(int number, Path file) {
    String device = "/dev/loop" + number;
    Shell.run("losetup", device, file.toString());
    undo.push(
        () -> {
          Shell.run("losetup", "--detach", device);
          Shell.run("python3", "-c", REMOVE_LOOP, "" + number);
        });
    return Path.of(device);
  }

  /**
   * Creates a file system on a device, and mounts it read-only, so that its bytes do not change.
   */
  void mountNewFileSystem(Path device, Path mountPoint) {
    Shell.run("mkfs.ext4", "-q", device.toString());
    mountReadOnly(device, mountPoint);
  }

  void mountReadOnly(Path device, Path mountPoint) {
    mount("-o", "ro", device.toString(), mountPoint.toString());
  }

  /** Mounts a file without a loop device, unlike mount(8); returns false if the kernel cannot. */
  boolean mountFile(String type, Path file, Path mountPoint) {
    String mount =
        "import ctypes, sys; words = [word.encode() for word in sys.argv[1:]];"
            + " print(ctypes.CDLL(None).mount(*words, 1, None))";
    String result = Shell.run("python3", "-c", mount, file.toString(), mountPoint.toString(), type);
    if (!result.equals("0")) {
      return false;
    }
    undo.push(() -> Shell.run("umount", mountPoint.toString()));
    return true;
  }

  void bind(Path directory, Path mountPoint) {
    mount("--bind", directory.toString(), mountPoint.toString());
  }

  /** An overlay of the directories {@code lower}, {@code upper}, {@code work} on {@code merged}. */
  void overlay(Path layers, String... options) {
    String all =
        String.format("lowerdir=%s/lower,upperdir=%1$s/upper,workdir=%1$s/work", layers)
            + String.join("", Stream.of(options).map(","::concat).toList());
    mount("-t", "overlay", "-o", all, "none", layers.resolve("merged").toString());
  }

  /** Mounts an empty file system from a file beside its mount point. */
  Path fileSystem(String type, Path mountPoint, long bytes) throws IOException {
    Path image = mountPoint.resolveSibling(mountPoint.getFileName() + ".img");
    Path device = loop(StoreFile.sparse(image, bytes));
    Shell.run("mkfs." + type, "-q", device.toString());
    Files.createDirectory(mountPoint);
    mount(device.toString(), mountPoint.toString());
    return mountPoint;
  }

  /** Mounts an empty file system of {@code size}. */
  Path tmpfs(Path mountPoint, String size) {
    mount("-t", "tmpfs", "-o", "mode=0755,size=" + size, "none", mountPoint.toString());
    return mountPoint;
  }

  private void mount(String... words) {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(words));
    Shell.run(command.toArray(String[]::new));
    undo.push(() -> Shell.run("umount", words[words.length - 1]));
  }

  void swapOn(Path deviceOrFile) {
    Shell.run("mkswap", deviceOrFile.toString());
    Shell.run("swapon", "--priority", "0", deviceOrFile.toString());
    undo.push(() -> Shell.run("swapoff", deviceOrFile.toString()));
  }

  /** Creates a partition of a loop device, in sectors, with the device node {@code node}. */
  void partition(Path disk, long firstSector, long sectors, Path node) {
    Shell.run("addpart", disk.toString(), "1", "" + firstSector, "" + sectors);
    undo.push(() -> Shell.run("delpart", disk.toString(), "1"));
    String name = disk.getFileName().toString();
    String number = Shell.run("cat", "/sys/block/" + name + "/" + name + "p1/dev");
    int colon = number.indexOf(':');
    Shell.run(
        "mknod", node.toString(), "b", number.substring(0, colon), number.substring(colon + 1));
  }

  /**
   * Starts a program that acquires something, prints a line, and releases it when its standard
   * input ends.
   */
  void hold(String... command) {
    try {
      Process holder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      undo.push(() -> release(holder));
      if (holder.inputReader().readLine() == null) {
        throw new AssertionError(List.of(command) + " holds nothing");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void release(Process holder) {
    try {
      holder.outputWriter().close();
      holder.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    AssertionError failed = null;
    while (!undo.isEmpty()) {
      try {
        undo.pop().run();
      } catch (AssertionError e) {
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
