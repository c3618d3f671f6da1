package io.github.dmtools.dmmerge.audit;

import io.github.dmtools.dmmerge.digest.Sha256;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Checks a log against its chain, line by line, and adds up its runs. Read-only, in bounded memory.
 * Whole lines that were cut off the log's end leave no trace in it: name a line that it must have,
 * such as the one that the last run's report carries.
 */
public final class AuditCheck {
  private final AuditCodec codec;
  private final MessageDigest digest = Sha256.create();
  private final ChainCheck chain = new ChainCheck();
  private final RunList runs = new RunList();
  private final @Nullable HeadSearch search;
  private final LineSink sink;
  private long lines;

  private AuditCheck(AuditCodec codec, @Nullable ExpectedHead expected, LineSink sink) {
    this.codec = codec;
    this.search = expected == null ? null : new HeadSearch(expected);
    this.sink = sink;
  }

  /**
   * Checks a log.
   *
   * @throws ProblemException {@code path.*} if it cannot be opened or is no regular file; {@code
   *     audit.busy} while a run writes to it; {@code device.read} if it cannot be read
   */
  public static AuditReport of(Path named, AuditCodec codec) {
    return of(named, named, codec, null, LineSink.NONE);
  }

  /**
   * Checks a log that is open already.
   *
   * @param openable another path of the same file, which cannot become another one meanwhile
   * @param expected a line that it must have; null if none is known
   * @param sink takes the lines that are in their place
   * @throws ProblemException as above
   */
  public static AuditReport of(
      Path named, Path openable, AuditCodec codec, @Nullable ExpectedHead expected, LineSink sink) {
    try (FileChannel log = open(named, openable)) {
      requireIdle(named, log);
      return new AuditCheck(codec, expected, sink).run(named.toRealPath(), log);
    } catch (IOException e) {
      throw problem(ProblemCode.DEVICE_READ, named, e);
    }
  }

  private static FileChannel open(Path path, Path openable) {
    try {
      if (Files.exists(openable) && !Files.isRegularFile(openable)) {
        throw new ProblemException(
            Problem.at(ProblemCode.PATH_WRONG_TYPE, path.toString(), path + " is no regular file"));
      }
      return FileChannel.open(openable, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw problem(ProblemCode.PATH_MISSING, path, e);
    } catch (AccessDeniedException e) {
      throw problem(ProblemCode.PATH_PERMISSION, path, e);
    } catch (IOException e) {
      throw problem(ProblemCode.PATH_WRONG_TYPE, path, e);
    }
  }

  /** The last line of a log that is being written may be half there. */
  private static void requireIdle(Path path, FileChannel log) {
    boolean idle;
    try (@Nullable FileLock lock = log.tryLock(0, Long.MAX_VALUE, true)) {
      idle = lock != null;
    } catch (OverlappingFileLockException e) {
      idle = false;
    } catch (IOException e) {
      idle = true; // a file system without locks: no run could have opened the log there
    }
    if (!idle) {
      throw LogFile.problem(ProblemCode.AUDIT_BUSY, path, "cannot check", "a run is writing to it");
    }
  }

  private AuditReport run(Path path, FileChannel log) throws IOException {
    LineReader reader = new LineReader(Channels.newInputStream(log));
    TornTail end = new TornTail((offset, length) -> read(log, offset, length));
    boolean begun = true;
    while (reader.next()) {
      lines++;
      if (lines == 1) {
        begun =
            LineFormat.beginsAsALine(reader.bytes(), reader.start(), reader.length())
                && (reader.length() > 0 || !reader.isWhole());
      }
      if (reader.isWhole()) {
        check(reader);
      } else if (!chain.isIntact()) {
        chain.cut(lines, reader.offset()); // what is to follow is not known
      } else if (end.isTorn(reader.offset(), log.size(), chain.head())) {
        chain.cut(lines, reader.offset());
        begun = true;
      } else {
        chain.damaged(lines, reader.offset());
      }
    }
    String missing = search == null ? null : search.missing(chain.lastSeq());
    if (lines > 0 && !begun && chain.head() == null) {
      chain.noLog();
    } else if (missing != null) {
      chain.cutShort(missing, lines + 1, reader.offset());
    }
    return new AuditReport(
        path.toString(),
        reader.offset(),
        lines,
        chain.head(),
        search == null ? null : search.result(),
        runs.summaries(),
        runs.omitted(),
        chain.findings(),
        chain.omitted(),
        TornFiles.beside(path));
  }

  private void check(LineReader line) {
    ChainLink link = ChainLink.read(line.bytes(), line.start(), line.length(), digest);
    if (link == null) {
      chain.damaged(lines, line.offset());
      return;
    }
    if (!chain.follow(link, lines, line.offset())) {
      return;
    }
    if (search != null && !search.accept(link)) {
      chain.other(lines, line.offset());
    }
    AuditLine said = codec.parse(line.bytes(), line.start(), line.length());
    if (said == null) {
      chain.syntax(lines, line.offset());
    } else {
      runs.add(said, lines);
      sink.accept(said);
    }
  }

  private static byte[] read(FileChannel log, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (log.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("somebody cut it");
      }
    }
    return bytes.array();
  }

  private static ProblemException problem(ProblemCode code, Path path, Exception e) {
    return LogFile.problem(code, path, "cannot read", e);
  }
}
