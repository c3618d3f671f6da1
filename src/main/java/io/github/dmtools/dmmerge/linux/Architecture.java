package io.github.dmtools.dmmerge.linux;

import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;

/**
 * The supported 64-bit processor architectures, and what differs between them. All of them use
 * asm-generic's ioctl numbers.
 */
enum Architecture {
  X86_64("x86-64", 040000, 0400000, 0200000),
  AARCH64("aarch64", 0200000, 0100000, 040000),
  RISCV64("riscv64", 040000, 0400000, 0200000);

  private final String jnaName;
  private final int openDirect;
  private final int openNoFollow;
  private final int openDirectory;

  Architecture(String jnaName, int openDirect, int openNoFollow, int openDirectory) {
    this.jnaName = jnaName;
    this.openDirect = openDirect;
    this.openNoFollow = openNoFollow;
    this.openDirectory = openDirectory;
  }

  /** The name of the directory with JNA's library. */
  String jnaName() {
    return jnaName;
  }

  /** O_DIRECT, asm/fcntl.h. */
  int openDirect() {
    return openDirect;
  }

  /** O_NOFOLLOW, asm/fcntl.h. */
  int openNoFollow() {
    return openNoFollow;
  }

  /** O_DIRECTORY, asm/fcntl.h. */
  int openDirectory() {
    return openDirectory;
  }

  /**
   * The architecture of this process.
   *
   * @throws ProblemException on an unknown architecture, where the flags could be wrong
   */
  static Architecture current() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      case "riscv64" -> RISCV64;
      default ->
          throw new ProblemException(Problem.of(ProblemCode.USAGE, "unknown architecture " + name));
    };
  }
}
