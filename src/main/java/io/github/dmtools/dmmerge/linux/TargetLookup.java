package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a path like the kernel, path_resolution(7), one descriptor after the other. Symbolic
 * links that another user may have created are refused.
 */
final class TargetLookup implements AutoCloseable {
  /** The kernel's limit. */
  private static final int MAX_LINKS = 40;

  private static final int GROUP_AND_OTHERS_WRITE = 022;

  private final TargetCalls calls;
  private final String path;
  private final Deque<String> pending = new ArrayDeque<>();
  private final List<String> resolved = new ArrayList<>();

  /** The current directory, opened with O_PATH; -1 for none. */
  private int directory = -1;

  private int links;

  /**
   * The result of a lookup.
   *
   * @param directory open for reading; the caller closes it
   * @param path absolute, without symbolic links
   * @param status null if the name does not exist
   * @param descriptor the name is a link in /proc to an open file, and {@code status} is that of
   *     the file
   */
  record Found(
      int directory,
      FileStatus directoryStatus,
      String name,
      String path,
      @Nullable FileStatus status,
      boolean descriptor) {}

  private TargetLookup(TargetCalls calls, String path) {
    this.calls = calls;
    this.path = path;
  }

  /**
   * Looks up a path.
   *
   * @param followLast follow a symbolic link at the end
   */
  static Found find(TargetCalls calls, String path, boolean followLast) throws TargetException {
    try (TargetLookup lookup = new TargetLookup(calls, path)) {
      lookup.start();
      return lookup.find(followLast);
    }
  }

  /**
   * True if only root or this user can have created the entry. Another user may have created a hard
   * link to a file that has several names.
   *
   * @param directory the directory of the entry
   */
  static boolean isTrusted(FileStatus directory, FileStatus entry, int user) {
    boolean othersWrite =
        !isOwn(directory, user) || (directory.mode() & GROUP_AND_OTHERS_WRITE) != 0;
    boolean linked = entry.isRegular() && entry.links() > 1;
    return !othersWrite || (isOwn(entry, user) && !linked);
  }

  private static boolean isOwn(FileStatus status, int user) {
    return status.user() == 0 || status.user() == user;
  }

  private void start() throws TargetException {
    if (path.isEmpty()) {
      throw calls.failed(Errno.ENOENT);
    }
    pushFirst(path);
    if (path.startsWith("/")) {
      moveToRoot();
    } else {
      // Not by its path: directories above it may not be accessible.
      moveTo(calls.open(LibC.AT_FDCWD, ".", LibC.O_PATH | calls.directory()));
      resolved.addAll(names(System.getProperty("user.dir", "/")));
    }
  }

  private Found find(boolean followLast) throws TargetException {
    boolean linked = false;
    while (true) {
      String name = pending.poll();
      if (name == null) {
        throw calls.failed(Errno.EISDIR); // such as "/", "." or "a/.."
      }
      if (!pending.isEmpty() || name.equals("..")) {
        descend(name);
        continue;
      }
      FileStatus status = calls.statusAt(directory, name);
      if (status == null || !status.isSymbolicLink() || !followLast) {
        if (status == null && linked) {
          throw TargetException.refused(
              "a symbolic link leads to " + resolved(name) + ", which does not exist",
              "name the file itself");
        }
        return found(name, status, false);
      }
      if (isKernelLink()) {
        return found(name, calls.statusFollowing(directory, name), true);
      }
      followLink(name);
      linked = true;
    }
  }

  private Found found(String name, @Nullable FileStatus status, boolean descriptor)
      throws TargetException {
    // O_RDONLY, so that it can be synced.
    int opened = calls.open(directory, ".", LibC.O_RDONLY | calls.directory());
    try {
      return new Found(opened, calls.status(opened), name, resolved(name), status, descriptor);
    } catch (TargetException e) {
      calls.close(opened);
      throw e;
    }
  }

  private void descend(String name) throws TargetException {
    // O_DIRECTORY triggers automounts.
    int flags = LibC.O_PATH | calls.directory();
    int next = calls.tryOpen(directory, name, flags | calls.noFollow(), 0);
    if (next >= 0) {
      moveTo(next);
      push(name);
    } else if (next != -Errno.ENOTDIR && next != -Errno.ELOOP) {
      throw calls.failed(-next);
    } else if (isKernelLink()) {
      moveTo(calls.open(directory, name, flags));
      push(name);
    } else {
      followLink(name);
    }
  }

  /** Links in /proc lead to open files, whatever their text is, and no user can create one. */
  private boolean isKernelLink() throws TargetException {
    return calls.fileSystem(directory) == FileSystems.PROC;
  }

  private void followLink(String name) throws TargetException {
    int link = calls.open(directory, name, LibC.O_PATH | calls.noFollow());
    try {
      FileStatus status = calls.status(link);
      if (!status.isSymbolicLink()) {
        throw calls.failed(Errno.ENOTDIR);
      }
      if (++links > MAX_LINKS) {
        throw calls.failed(Errno.ELOOP);
      }
      if (!isTrusted(calls.status(directory), status, calls.user())) {
        throw TargetException.refused(
            resolved(name) + " is another user's symbolic link", "use a path without this link");
      }
      String target = calls.readLink(link);
      pushFirst(target);
      if (target.startsWith("/")) {
        moveToRoot();
      }
    } finally {
      calls.close(link);
    }
  }

  private void moveToRoot() throws TargetException {
    moveTo(calls.open(LibC.AT_FDCWD, "/", LibC.O_PATH | calls.directory()));
    resolved.clear();
  }

  private void moveTo(int next) {
    close();
    directory = next;
  }

  private void push(String name) {
    if (!name.equals("..")) {
      resolved.add(name);
    } else if (!resolved.isEmpty()) {
      resolved.remove(resolved.size() - 1);
    }
  }

  private String resolved(String name) {
    return resolved.isEmpty() ? "/" + name : "/" + String.join("/", resolved) + "/" + name;
  }

  private void pushFirst(String text) throws TargetException {
    List<String> names = names(text);
    boolean last = pending.isEmpty();
    if (last && (text.endsWith("/") || text.endsWith("/.") || text.equals("."))) {
      throw calls.failed(Errno.EISDIR);
    }
    for (int i = names.size() - 1; i >= 0; i--) {
      pending.addFirst(names.get(i));
    }
  }

  private static List<String> names(String text) {
    List<String> names = new ArrayList<>(List.of(text.split("/", -1)));
    names.removeIf(name -> name.isEmpty() || name.equals("."));
    return names;
  }

  @Override
  public void close() {
    if (directory >= 0) {
      calls.close(directory);
      directory = -1;
    }
  }
}
