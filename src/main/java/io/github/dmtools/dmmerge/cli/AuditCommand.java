package io.github.dmtools.dmmerge.cli;

import io.github.dmtools.dmmerge.audit.AuditCheck;
import io.github.dmtools.dmmerge.audit.AuditFinding;
import io.github.dmtools.dmmerge.audit.AuditReport;
import io.github.dmtools.dmmerge.audit.ExpectedHead;
import io.github.dmtools.dmmerge.audit.LineSink;
import io.github.dmtools.dmmerge.cli.output.DocumentOutput;
import io.github.dmtools.dmmerge.cli.progress.ProgressStyle;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.json.Documents;
import io.github.dmtools.dmmerge.json.JsonAuditCodec;
import io.github.dmtools.dmmerge.json.ReportHead;
import io.github.dmtools.dmmerge.linux.DevicePreloader;
import io.github.dmtools.dmmerge.linux.RegularFile;
import io.github.dmtools.dmmerge.problem.ExitStatus;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import io.github.dmtools.dmmerge.problem.ProblemException;
import io.github.dmtools.dmmerge.problem.Reasons;
import io.github.dmtools.dmmerge.proof.AuditProof;
import io.github.dmtools.dmmerge.proof.LogProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code dm-merge audit LOG}. */
final class AuditCommand implements Command {
  private static final String SHA256 = "sha256:[0-9a-f]{64}";

  private final Argument log = Argument.positional("LOG", "The audit log.");
  private final Argument plan =
      Argument.text(
          "--plan", "PLAN", "Check that every pending chunk of PLAN was written: exit 2 if not.");
  private final Argument report =
      Argument.text("--report", "REPORT", "Require the log line that REPORT names.");
  private final Argument head =
      Argument.text("--head", "sha256:DIGEST", "Require a line with this line_sha256.");
  private final OutputOption output = new OutputOption();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Commands.spec("audit", this, log, plan, report, head, output.file(), output.overwrite());
    spec.usageMessage()
        .description(
            "Check the chain of an audit log and list its runs: exit 0 good, 65 broken. Read-only.",
            "Prints an audit. Removing lines from the end leaves no trace in a log: to detect it, name",
            "the report of a logged run, or the digest of a line.",
            "With --plan it also shows whether the log proves that the plan was applied.");
    return spec;
  }

  @Override
  public Integer call() {
    requireOneHead();
    List<String> read =
        Stream.of(log.required(), plan.text(), report.text()).filter(Objects::nonNull).toList();
    try (DocumentOutput document = output.open(read)) {
      Instant now = Instant.now();
      LogProof.Result result = check();
      Documents.write(result.report(), result.proof(), now, document.stream());
      document.commit();
      return summarize(result.report(), result.proof()).status();
    }
  }

  private void requireOneHead() {
    String digest = head.text();
    if (digest != null && !digest.matches(SHA256)) {
      throw log.wrong("--head takes sha256: and 64 lower-case hexadecimal digits");
    }
    if (digest != null && report.text() != null) {
      throw log.wrong("give --report or --head, not both");
    }
  }

  private LogProof.Result check() {
    ExpectedHead expected = expectedHead();
    String approved = plan.text();
    if (approved == null) {
      return new LogProof.Result(check(expected, LineSink.NONE), null);
    }
    return LogProof.of(
        approved, new ProcessEnvironment()::approvedPlan, sink -> check(expected, sink));
  }

  private @Nullable ExpectedHead expectedHead() {
    String digest = head.text();
    if (digest != null) {
      return new ExpectedHead(null, Job.digestOf(digest));
    }
    String path = report.text();
    return path == null ? null : head(path);
  }

  private static ExpectedHead head(String path) {
    try (RegularFile file = DevicePreloader.get().openRegular(path)) {
      return ReportHead.read(path, Files.newInputStream(file.openable()));
    } catch (IOException e) {
      throw new ProblemException(
          Problem.at(
              ProblemCode.PATH_WRONG_TYPE, path, "cannot read " + path + ": " + Reasons.of(e)),
          e);
    }
  }

  private AuditReport check(@Nullable ExpectedHead expected, LineSink sink) {
    String name = log.required();
    Path named = path(name);
    try (RegularFile file = DevicePreloader.get().openRegular(name)) {
      return AuditCheck.of(named, file.openable(), new JsonAuditCodec(), expected, sink);
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new ProblemException(
          Problem.at(ProblemCode.PATH_MISSING, name, "no such path: " + name), e);
    }
  }

  /** Prints what is wrong in one line on stderr. */
  private static ExitStatus summarize(AuditReport report, @Nullable AuditProof proof) {
    Console console = new Console(System.err, ProgressStyle.none);
    report.warnings().forEach(console::warn);
    if (!report.good()) {
      AuditFinding first = report.findings().get(0);
      long more = report.findings().size() - 1 + report.findingsOmitted();
      String others =
          more == 0
              ? ""
              : more == 1 ? "; and one more finding" : "; and " + more + " more findings";
      console.println("dm-merge: " + report.path() + ": " + first.message() + others);
      return ExitStatus.MALFORMED;
    }
    if (proof != null && !proof.complete()) {
      AuditProof.Unproved first = proof.chunks().get(0);
      long open = proof.pending() - proof.count(AuditProof.Verdict.PROVED);
      console.println(
          String.format(
              Locale.ROOT,
              "dm-merge: %s does not prove %d of the %d chunks of %s, the first of them chunk %d (at"
                  + " byte %d of the origin): %s",
              report.path(),
              open,
              proof.pending(),
              proof.plan(),
              first.oldChunk(),
              first.offset(),
              meaning(first.verdict())));
      return ExitStatus.DIFFERENT;
    }
    return ExitStatus.OK;
  }

  private static String meaning(AuditProof.Verdict verdict) {
    return switch (verdict) {
      case PROVED -> "it was written";
      case MISSING -> "no run logged a write of it";
      case NOT_DURABLE -> "no barrier followed the write";
      case NO_CHUNK_DIGESTS -> "an earlier version logged it without chunk digests";
      case BEFORE_DIFFERS -> "it did not hold what the plan recorded";
      case AFTER_DIFFERS -> "something else than the planned bytes was written";
    };
  }
}
