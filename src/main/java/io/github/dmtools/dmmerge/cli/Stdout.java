package io.github.dmtools.dmmerge.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;

/** The raw standard output: unlike {@code System.out} it says when it cannot be written. */
final class Stdout {
  private static final OutputStream STREAM = new FileOutputStream(FileDescriptor.out);

  private Stdout() {}

  static OutputStream stream() {
    return STREAM;
  }
}
