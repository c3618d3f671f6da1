package io.github.dmtools.dmmerge.merge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dmtools.dmmerge.SlowTest;
import io.github.dmtools.dmmerge.device.Faults;
import io.github.dmtools.dmmerge.device.Faults.Action;
import io.github.dmtools.dmmerge.device.Faults.Kind;
import io.github.dmtools.dmmerge.device.Faults.Operation;
import io.github.dmtools.dmmerge.device.Stamp;
import io.github.dmtools.dmmerge.exceptionstore.StoreImage;
import io.github.dmtools.dmmerge.merge.Story.Start;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power fails at each changing operation of a run. The same job always completes with the same
 * bytes, and can be undone.
 */
final class PowerLossTest {
  private static final long SEED = 20_261_123;

  /** The quick tier tests every n-th operation of large runs; n is odd so that losses vary. */
  private static final int EVERY_FEW = 5;

  /** What is lost of the writes since the last barrier. */
  private enum Loss {
    ALL,
    SOME,
    NOTHING
  }

  @TempDir private Path directory = Path.of("");

  @Test
  void smallChunksInSeveralAreas() throws IOException {
    everywhere(Start.random(1, 0, 6), Loss.ALL, Loss.SOME, Loss.NOTHING);
  }

  @Test
  void chunksThatCanBeTorn() throws IOException {
    everywhere(Start.random(2, 3, 1), Loss.ALL, Loss.SOME);
  }

  @Test
  void severalWindows() throws IOException {
    atChanges(manyChunks(), EVERY_FEW, Loss.SOME, Loss.ALL);
  }

  @Test
  @SlowTest
  void everyOperationOfSeveralWindows() throws IOException {
    atChanges(manyChunks(), 1, Loss.SOME, Loss.ALL);
  }

  @Test
  void chunksOfSeveralPieces() throws IOException {
    atChanges(largeChunks(), EVERY_FEW, Loss.SOME);
  }

  @Test
  @SlowTest
  void everyOperationOfChunksOfSeveralPieces() throws IOException {
    atChanges(largeChunks(), 1, Loss.SOME);
  }

  /** Runs are cut one after the other, until one completes. */
  @Test
  void repeatedPowerCuts() throws IOException {
    Start start = Start.random(3, 3, 1);
    for (long seed = SEED; seed < SEED + 10; seed++) {
      Random random = new Random(seed);
      Story story = new Story(start, directory);
      Faults faults;
      int cuts = 0;
      do {
        faults =
            new Faults(PowerLossTest::changes, 1 + random.nextInt(60), Kind.POWER, false, random);
        Story.End end = story.run(faults);
        if (faults.fired()) {
          story.crash(random, random.nextInt(4) == 0);
          cuts++;
        }
        sound(story, faults.fired() ? new Story.End(null, null) : end, "seed " + seed);
      } while (faults.fired() && cuts < 20);
      completes(story, "seed " + seed);
    }
  }

  /** Two windows of 512-byte chunks, in extents in descending origin order. */
  static Start manyChunks() {
    int count = 17_000;
    StoreImage image = StoreImage.withRoomFor(1, count);
    for (int i = 0; i < count; i++) {
      image.entry(count - 100 - i / 100 * 100 + i % 100 + 1, 2 + i + i / 32);
    }
    return Start.of(image, Stamp.of('o', (count + 2) * 512));
  }

  /** A clipped chunk of one piece, and two chunks of two pieces. The last one spans two windows. */
  static Start largeChunks() {
    int chunk = 8 << 20;
    StoreImage image = StoreImage.withRoomFor(chunk / 512, 3).entry(2, 2).entry(0, 3).entry(1, 4);
    byte[] before = Stamp.of('o', 2 * chunk + 1024);
    // The second half of the last chunk is already in the origin.
    int half = chunk / 2;
    System.arraycopy(image.bytes(), 4 * chunk + half, before, chunk + half, half);
    return Start.of(image, before);
  }

  /** True if a power cut at this operation can lose data. */
  private static boolean changes(Operation operation) {
    return operation.action() != Action.READ && operation.action() != Action.FLUSH;
  }

  private void everywhere(Start start, Loss... losses) throws IOException {
    boolean fired = true;
    for (int number = 1; fired; number++) {
      for (Loss loss : losses) {
        fired = cut(start, number, loss);
      }
    }
  }

  /**
   * Cuts only where the kind of operation changes, because equal operations come in long bursts.
   */
  private void atChanges(Start start, int step, Loss... losses) throws IOException {
    Faults counting =
        new Faults(PowerLossTest::changes, Integer.MAX_VALUE, Kind.POWER, false, new Random(0));
    Story whole = new Story(start, directory);
    whole.run(counting);
    completes(whole, "without a fault");
    List<Operation> trace = counting.trace();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < trace.size(); i++) {
      boolean first = i == 0 || !trace.get(i).equals(trace.get(i - 1));
      boolean last = i == trace.size() - 1 || !trace.get(i).equals(trace.get(i + 1));
      if (first || last) {
        numbers.add(i + 1);
      }
    }
    for (int i = 0; i < numbers.size(); i += step) {
      cut(start, numbers.get(i), losses[i % losses.length]);
    }
  }

  /** Returns false if the run had no such operation. */
  private boolean cut(Start start, int number, Loss loss) throws IOException {
    long seed = SEED + number * 31L + (loss == Loss.SOME ? 1 : 0);
    Random random = new Random(seed);
    Faults faults = new Faults(PowerLossTest::changes, number, Kind.POWER, false, random);
    String context = "operation " + number + ", loss " + loss + ", seed " + seed;
    Story story = new Story(start, directory);
    Story.End end = story.run(faults);
    if (!faults.fired()) {
      sound(story, end, context);
    } else if (loss == Loss.NOTHING) {
      story.killed();
    } else {
      story.crash(random, loss == Loss.ALL);
      sound(story, new Story.End(null, null), context + ", " + faults.trace().get(number - 1));
    }
    boolean wrote = faults.trace().contains(new Operation(Story.ORIGIN, Action.WRITE));
    assertTrue(!wrote || story.runsTold() == 1, context);
    completes(story, context);
    return faults.fired();
  }

  private static void sound(Story story, Story.End end, String context) throws IOException {
    try {
      story.requireSound(end);
    } catch (AssertionError e) {
      throw new AssertionError(context, e);
    }
  }

  private static void completes(Story story, String context) throws IOException {
    try {
      story.requireCompletion(story.runsTold() + 1);
    } catch (AssertionError e) {
      throw new AssertionError(context, e);
    }
  }
}
