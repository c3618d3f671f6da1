package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Buffers a document until it is complete, so that stdout never carries a partial one followed by a
 * problem. A large document spills to a temporary file, which is unlinked right after it was
 * opened: a run that is killed later leaves nothing.
 */
public final class StdoutDocument implements DocumentOutput {
  private static final int MEMORY_BYTES = 1 << 20;

  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private final OutputStream stream = new ProblemStream(this::spool, StdoutDocument::cannot);
  private boolean spillable = true;
  private @Nullable FileChannel file;
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
    FileChannel spool;
    try {
      Path directory = Path.of(System.getProperty("java.io.tmpdir"));
      // Java on Linux unlinks the file right away.
      spool =
          FileChannel.open(
              directory.resolve("dm-merge-" + UUID.randomUUID() + ".json"),
              Set.of(
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.DELETE_ON_CLOSE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      spillable = false; // no usable directory: stay in memory
      return;
    }
    file = spool;
    fileStream = Channels.newOutputStream(spool);
    memory.writeTo(fileStream);
  }

  private static ProblemException cannot(IOException e) {
    String directory = System.getProperty("java.io.tmpdir");
    ProblemException cannot = FileDocument.cannot(directory, e);
    return new ProblemException(
        cannot.problem().withHint("make room in " + directory + ", or name a file with -o"), e);
  }

  @Override
  public void commit() {
    try {
      if (file == null) {
        memory.writeTo(Stdout.stream());
        return;
      }
      file.position(0);
      Channels.newInputStream(file).transferTo(Stdout.stream());
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
