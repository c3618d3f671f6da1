package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a document back until it is whole, so that stdout never carries half of one and then a
 * problem: in memory while it is small, in a temporary file when it is not.
 */
final class StdoutDocument implements DocumentOutput {
  private static final int MEMORY_BYTES = 1 << 20;

  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private final OutputStream stream = new ProblemStream(this::spool, StdoutDocument::cannot);
  private boolean spillable = true;
  private @Nullable Path file;
  private @Nullable OutputStream fileStream;

  @Override
  public OutputStream stream() {
    return stream;
  }

  private OutputStream spool(int length) throws IOException {
    if (fileStream == null && spillable && memory.size() + length > MEMORY_BYTES) {
      spill();
    }
    return fileStream != null ? fileStream : memory;
  }

  private void spill() throws IOException {
    try {
      file = Files.createTempFile("dm-merge-", ".json");
    } catch (IOException e) {
      spillable = false; // without a folder for it, memory is what there is
      return;
    }
    fileStream = Files.newOutputStream(file);
    memory.writeTo(fileStream);
  }

  private static ProblemException cannot(IOException e) {
    return FileDocument.cannot(System.getProperty("java.io.tmpdir"), e);
  }

  @Override
  public void commit() {
    try {
      if (file != null && fileStream != null) {
        fileStream.close();
        Files.copy(file, Stdout.stream());
      } else {
        memory.writeTo(Stdout.stream());
      }
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  @Override
  public void close() {
    try {
      if (file != null && fileStream != null) {
        fileStream.close();
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
