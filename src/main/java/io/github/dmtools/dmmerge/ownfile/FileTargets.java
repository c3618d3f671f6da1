package io.github.dmtools.dmmerge.ownfile;

/** Looks up the files that dm-merge is going to write. */
@FunctionalInterface
public interface FileTargets {
  /**
   * Resolves a path and opens its directory. Symbolic links are followed, except links that another
   * user may have created: in a directory that others can write, a link must belong to root or to
   * this user. This is the rule of {@code fs.protected_symlinks}, proc_sys_fs(5), for all
   * directories and whatever its setting.
   *
   * @throws TargetException if the directory does not exist, or a link is refused
   */
  FileTarget open(String path) throws TargetException;
}
