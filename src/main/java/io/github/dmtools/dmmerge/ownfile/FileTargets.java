package io.github.dmtools.dmmerge.ownfile;

/** Looks up where files of our own are to be written. */
@FunctionalInterface
public interface FileTargets {
  /**
   * Looks a path up and opens its directory. Symbolic links are followed, the last one too, but not
   * those that another user can have put there: in a directory that others can write, a link must
   * be root's or our own. It is the rule of {@code fs.protected_symlinks}, proc_sys_fs(5), for any
   * directory and whatever that is set to.
   *
   * @throws TargetException if there is no such directory, or a link must not be followed
   */
  FileTarget open(String path) throws TargetException;
}
