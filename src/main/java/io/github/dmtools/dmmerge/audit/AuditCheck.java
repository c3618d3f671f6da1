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
 * Checks the chain of a log line by line, and summarizes its runs. Read-only, in bounded memory.
 * Removing complete lines from the end leaves no trace in a log. To detect that, name a line that
 * it must contain, such as the one in the report of the last run.
 */
public final class AuditCheck {
  private final AuditCodec codec;
  private final MessageDigest digest = Sha256.create();
  private final ChainCheck chain = new ChainCheck();
  private final RecentRuns runs = new RecentRuns();
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
   * @param openable a path of the same file that cannot change, such as one in /proc
   * @param expected a line that the log must contain; null if none is known
   * @param sink takes the lines that are in place
   * @throws ProblemException {@code path.*} if the log cannot be opened or is not a regular file;
   *     {@code audit.busy} while a run writes to it; {@code device.read} if it cannot be read
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
            Problem.at(
                ProblemCode.PATH_WRONG_TYPE, path.toString(), path + " is not a regular file"));
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

  /** The last line may be incomplete while a run writes to the log. */
  private static void requireIdle(Path path, FileChannel log) {
    boolean idle;
    try (@Nullable FileLock lock = log.tryLock(0, Long.MAX_VALUE, true)) {
      idle = lock != null;
    } catch (OverlappingFileLockException e) {
      idle = false;
    } catch (IOException e) {
      idle = true; // no locks on this file system, so no run can have the log open
    }
    if (!idle) {
      throw LogFile.problem(ProblemCode.AUDIT_BUSY, path, "cannot check", "a run is writing to it");
    }
  }

  private AuditReport run(Path path, FileChannel log) throws IOException {
    LineReader reader = new LineReader(Channels.newInputStream(log));
    TornTail tail = new TornTail((offset, length) -> read(log, offset, length));
    boolean startsLikeALog = true;
    while (reader.next()) {
      lines++;
      if (lines == 1) {
        startsLikeALog =
            LineFormat.hasLineStart(reader.bytes(), reader.start(), reader.length())
                && (reader.length() > 0 || !reader.isTerminated());
      }
      if (reader.isTerminated()) {
        check(reader);
      } else if (!chain.isIntact()) {
        chain.cut(lines, reader.offset()); // the next line is unknown
      } else if (tail.isTorn(reader.offset(), log.size(), chain.head())) {
        chain.cut(lines, reader.offset());
        startsLikeALog = true;
      } else {
        chain.damaged(lines, reader.offset());
      }
    }
    String missing = search == null ? null : search.missing(chain.lastSeq());
    if (lines > 0 && !startsLikeALog && chain.head() == null) {
      chain.notALog();
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
      chain.replaced(lines, line.offset());
    }
    AuditLine parsed = codec.parse(line.bytes(), line.start(), line.length());
    if (parsed == null) {
      chain.syntax(lines, line.offset());
    } else {
      runs.add(parsed, lines);
      sink.accept(parsed);
    }
  }

  private static byte[] read(FileChannel log, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (log.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("it was truncated while it was read");
      }
    }
    return bytes.array();
  }

  private static ProblemException problem(ProblemCode code, Path path, Exception e) {
    return LogFile.problem(code, path, "cannot read", e);
  }
}
