package io.github.dmtools.dmmerge.text;

import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.plan.DdLine;
import io.github.dmtools.dmmerge.plan.PlanTotals;
import io.github.dmtools.dmmerge.plan.PlannedChunk;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.DeviceFacts;
import io.github.dmtools.dmmerge.report.OriginFacts;
import io.github.dmtools.dmmerge.report.PlanDocument;
import io.github.dmtools.dmmerge.report.PlanHead;
import io.github.dmtools.dmmerge.report.StoreFacts;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A plan as readable text, or as dd lines. */
public final class ClassicText implements PlanDocument {
  private final PrintStream stdout;
  private final Consumer<String> text;
  private final int verbosity;
  private final boolean ddLines;
  private @Nullable DdLine dd;

  /** Prints text to a consumer and dd lines to stdout. */
  public ClassicText(PrintStream stdout, Consumer<String> text, int verbosity, boolean ddLines) {
    this.stdout = stdout;
    this.text = text;
    this.verbosity = verbosity;
    this.ddLines = ddLines;
  }

  @Override
  public void begin(PlanHead head) {
    dd = head.dd();
    if (verbosity > 0) {
      devices(head.input(), head.output(), head.store());
    }
  }

  /** Prints a line for each device, and one for the store's dimensions. */
  public void devices(DeviceFacts input, @Nullable OriginFacts output, StoreFacts store) {
    text.accept("store: " + describe(input));
    if (output != null) {
      text.accept("origin: " + describe(output.device()) + contentOf(output.content()));
    }
    text.accept(
        String.format(
            "chunks of %s, %d areas, %d exceptions",
            Bytes.forPeople(store.chunkSize().bytes()), store.areas(), store.exceptions()));
  }

  @Override
  public boolean showsLines() {
    return ddLines;
  }

  private static String describe(DeviceFacts device) {
    return String.format(
        "%s, %s, %d bytes, logical blocks of %d bytes%s",
        device.path(),
        device.type().name().toLowerCase(Locale.ROOT),
        device.bytes(),
        device.logicalBlockBytes(),
        device.direct() ? ", direct" : "");
  }

  private static String contentOf(@Nullable DeviceContent content) {
    return content == null || content.type() == null ? "" : ", holds " + content.type();
  }

  @Override
  public void accept(PlannedChunk exception) {
    if (verbosity > 1) {
      text.accept(
          String.format(
              "exception %d: chunk %d of the origin <- chunk %d of the store, %d bytes%s",
              exception.index(),
              exception.oldChunk(),
              exception.newChunk(),
              exception.bytes(),
              exception.state() == null
                  ? ""
                  : ", " + exception.state().name().toLowerCase(Locale.ROOT)));
    }
    if (ddLines && dd != null) {
      stdout.println(dd.of(exception.oldChunk(), exception.newChunk(), exception.bytes()));
    }
  }

  @Override
  public void end(PlanTotals totals, @Nullable String approvalSha256, List<Warning> warnings) {
    // The caller prints the summary, and warnings were printed when they occurred.
  }
}
