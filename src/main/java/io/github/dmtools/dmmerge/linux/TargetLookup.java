package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.ownfile.TargetException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks a path up as the kernel does, path_resolution(7), one descriptor after the other, but for
 * links that another user can have put there: those are refused.
 */
final class TargetLookup implements AutoCloseable {
  /** As many as the kernel follows. */
  private static final int MAX_LINKS = 40;

  private static final int GROUP_AND_OTHERS_WRITE = 022;

  private final TargetCalls calls;
  private final String path;
  private final Deque<String> pending = new ArrayDeque<>();
  private final List<String> resolved = new ArrayList<>();

  /** The directory reached so far, O_PATH; -1 for none. */
  private int directory = -1;

  private int links;

  /**
   * Where it ends.
   *
   * @param directory open for reading; the caller closes it
   * @param path absolute, without links
   * @param status null if nothing has the name
   * @param descriptor the name is a link of the kernel's, in /proc, to an open file: {@code status}
   *     is that file's
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
   * @param followLast whether the last name may be a link that is followed
   */
  static Found find(TargetCalls calls, String path, boolean followLast) throws TargetException {
    try (TargetLookup lookup = new TargetLookup(calls, path)) {
      lookup.start();
      return lookup.find(followLast);
    }
  }

  /**
   * Whether nobody but root and us can have put something where it was found. A file of ours with
   * more than one name may have been linked there by anybody.
   *
   * @param directory that it was found in
   */
  static boolean isTrusted(FileStatus directory, FileStatus entry, int user) {
    boolean othersWrite =
        !isOurs(directory, user) || (directory.mode() & GROUP_AND_OTHERS_WRITE) != 0;
    boolean linked = entry.isRegular() && entry.links() > 1;
    return !othersWrite || (isOurs(entry, user) && !linked);
  }

  private static boolean isOurs(FileStatus status, int user) {
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
      // Not by its path: directories above it may be closed to us.
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
              "a symbolic link leads to " + resolved(name) + ", where nothing is",
              "name the file itself");
        }
        return found(name, status, false);
      }
      if (isKernelLink()) {
        return found(name, calls.statusBehind(directory, name), true);
      }
      followLink(name);
      linked = true;
    }
  }

  private Found found(String name, @Nullable FileStatus status, boolean descriptor)
      throws TargetException {
    // Readable, so that its entries can be made durable.
    int opened = calls.open(directory, ".", LibC.O_RDONLY | calls.directory());
    try {
      return new Found(opened, calls.status(opened), name, resolved(name), status, descriptor);
    } catch (TargetException e) {
      calls.close(opened);
      throw e;
    }
  }

  private void descend(String name) throws TargetException {
    // O_DIRECTORY asks automounters to mount what belongs there.
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

  /** Links in /proc lead to what is open, whatever their text is; nobody else can put one there. */
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
            resolved(name) + " is another user's symbolic link",
            "name the place itself, without that link");
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
