package io.github.dmtools.dmmerge.cli.output;

import io.github.dmtools.dmmerge.linux.DevicePreloader;
import io.github.dmtools.dmmerge.ownfile.FileTarget;
import io.github.dmtools.dmmerge.ownfile.NewFile;
import io.github.dmtools.dmmerge.ownfile.TargetException;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A document in a file that appears at once, complete and durable. It replaces an empty file or
 * another document, and any other file only with {@code --overwrite}. A FIFO or a character device,
 * such as {@code /dev/stdout}, is written directly. The document is compressed if the name ends in
 * {@code .gz}.
 */
public final class FileDocument implements DocumentOutput {
  private static final String COMPRESSED = ".gz";
  private static final String ANOTHER_FILE = "name another file for the document";

  private final String path;
  private final FileTarget target;
  private final @Nullable NewFile file;
  private final OutputStream content;
  private final OutputStream stream;
  private boolean committed;

  /**
   * Opens the file.
   *
   * @param path as the user named it
   * @param inUse paths that the document must not replace
   * @param overwrite it may replace any other regular file
   * @throws ProblemException {@code output.create}, {@code output.exists}; {@code device.busy} if
   *     another run is writing it
   */
  public FileDocument(String path, List<String> inUse, boolean overwrite) {
    this.path = path;
    try {
      this.target = DevicePreloader.get().fileTargets().open(path);
      try {
        refuseToReplace(inUse, overwrite);
        this.file =
            target.kind() == FileTarget.Kind.STREAM
                ? null
                : target.create(DocumentRecognizer::isDocument, inUse);
        OutputStream raw = file == null ? target.openStream() : file.stream();
        this.content = path.endsWith(COMPRESSED) ? new FastGzip(raw) : raw;
      } catch (IOException | RuntimeException e) {
        target.close();
        throw e;
      }
      this.stream = new ProblemStream(length -> content, e -> cannot(path, e));
    } catch (IOException e) {
      throw cannot(path, e);
    }
  }

  private void refuseToReplace(List<String> inUse, boolean overwrite) throws IOException {
    for (String used : inUse) {
      if (target.isSameAs(used)) {
        throw refused(
            ProblemCode.OUTPUT_CREATE, "a document must not replace " + used, ANOTHER_FILE);
      }
    }
    if (target.kind() == FileTarget.Kind.OTHER) {
      throw refused(
          ProblemCode.OUTPUT_CREATE,
          path + " is " + target.typeName() + ", which cannot hold a document",
          ANOTHER_FILE);
    }
    if (target.kind() == FileTarget.Kind.FILE && !overwrite) {
      byte[] beginning = target.beginning(DocumentRecognizer.BYTES);
      if (beginning.length > 0 && !DocumentRecognizer.isDocument(beginning)) {
        throw refused(
            ProblemCode.OUTPUT_EXISTS, path + " exists and is not a document of dm-merge", null);
      }
    }
  }

  private ProblemException refused(ProblemCode code, String message, @Nullable String hint) {
    return new ProblemException(Problem.at(code, path, message).withHint(hint));
  }

  /** The fastest level: half of a plan is digests, which no level compresses. */
  private static final class FastGzip extends GZIPOutputStream {
    private static final int BUFFER_BYTES = 64 * 1024;

    FastGzip(OutputStream raw) throws IOException {
      // Buffered, so that a full disk fails the first write and not the constructor.
      super(new BufferedOutputStream(raw, BUFFER_BYTES), BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  @Override
  public OutputStream stream() {
    return stream;
  }

  @Override
  public void commit() {
    try {
      content.close();
      if (file != null) {
        file.commit();
      }
      committed = true;
    } catch (IOException e) {
      throw cannot(path, e);
    }
  }

  @Override
  public void close() {
    if (!committed) {
      try {
        content.close();
      } catch (IOException | RuntimeException e) {
        // The document is dropped in any case.
      }
    }
    try (target) {
      if (file != null) {
        file.close();
      }
    }
  }

  static ProblemException cannot(String path, IOException e) {
    String message = "cannot write " + path + ": " + Reasons.of(e);
    Problem problem = Problem.at(ProblemCode.OUTPUT_CREATE, path, message);
    if (e instanceof TargetException failed) {
      ProblemCode code = failed.isBusy() ? ProblemCode.DEVICE_BUSY : ProblemCode.OUTPUT_CREATE;
      problem = new Problem(code, message, path, null, null, failed.errno(), failed.hint());
    }
    return new ProblemException(problem, e);
  }
}
