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
 * The power fails at every operation of a run that changes anything: whatever is left, the same job
 * ends in the same bytes, and they can be taken back.
 */
final class PowerLossTest {
  private static final long SEED = 20_261_123;

  /** The quick tier cuts large runs at a part of the places, which is odd so that losses vary. */
  private static final int EVERY_FEW = 5;

  /** What is left of that which no barrier made durable. */
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
  void severalWindowsEverywhere() throws IOException {
    atChanges(manyChunks(), 1, Loss.SOME, Loss.ALL);
  }

  @Test
  void chunksOfSeveralPieces() throws IOException {
    atChanges(largeChunks(), EVERY_FEW, Loss.SOME);
  }

  @Test
  @SlowTest
  void chunksOfSeveralPiecesEverywhere() throws IOException {
    atChanges(largeChunks(), 1, Loss.SOME);
  }

  /** Runs that never get far, one after the other, until one does. */
  @Test
  void againAndAgain() throws IOException {
    Start start = Start.random(3, 3, 1);
    for (long seed = SEED; seed < SEED + 10; seed++) {
      Random luck = new Random(seed);
      Story story = new Story(start, directory);
      Faults faults;
      int cuts = 0;
      do {
        faults = new Faults(PowerLossTest::changes, 1 + luck.nextInt(60), Kind.POWER, false, luck);
        Story.End end = story.run(faults);
        if (faults.fired()) {
          story.crash(luck, luck.nextInt(4) == 0);
          cuts++;
        }
        sound(story, faults.fired() ? new Story.End(null, null) : end, "seed " + seed);
      } while (faults.fired() && cuts < 20);
      completes(story, "seed " + seed);
    }
  }

  /** Two windows of 512-byte chunks, in extents that lie backwards in the origin. */
  static Start manyChunks() {
    int count = 17_000;
    StoreImage image = StoreImage.withRoomFor(1, count);
    for (int i = 0; i < count; i++) {
      image.entry(count - 100 - i / 100 * 100 + i % 100 + 1, 2 + i + i / 32);
    }
    return Start.of(image, Stamp.of('o', (count + 2) * 512));
  }

  /** A chunk of one piece, as the origin is clipped, and two of two: the last is in two windows. */
  static Start largeChunks() {
    int chunk = 8 << 20;
    StoreImage image = StoreImage.withRoomFor(chunk / 512, 3).entry(2, 2).entry(0, 3).entry(1, 4);
    byte[] before = Stamp.of('o', 2 * chunk + 1024);
    // The second half of the last chunk is there already.
    int half = chunk / 2;
    System.arraycopy(image.bytes(), 4 * chunk + half, before, chunk + half, half);
    return Start.of(image, before);
  }

  /** Whether a power cut may fall on it: of what is read nothing can be lost. */
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

  /** Where the operation is another one than before it, or than after it: bursts are long. */
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

  /** Returns whether there was such an operation. */
  private boolean cut(Start start, int number, Loss loss) throws IOException {
    long seed = SEED + number * 31L + (loss == Loss.SOME ? 1 : 0);
    Random luck = new Random(seed);
    Faults faults = new Faults(PowerLossTest::changes, number, Kind.POWER, false, luck);
    String context = "operation " + number + ", loss " + loss + ", seed " + seed;
    Story story = new Story(start, directory);
    Story.End end = story.run(faults);
    if (!faults.fired()) {
      sound(story, end, context);
    } else if (loss == Loss.NOTHING) {
      story.killed();
    } else {
      story.crash(luck, loss == Loss.ALL);
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
