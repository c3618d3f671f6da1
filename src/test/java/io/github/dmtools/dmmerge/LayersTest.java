package io.github.dmtools.dmmerge;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.dmtools.dmmerge.apply.Applier;
import io.github.dmtools.dmmerge.apply.Counts;
import io.github.dmtools.dmmerge.apply.FailedRange;
import io.github.dmtools.dmmerge.copy.TransferPool;
import io.github.dmtools.dmmerge.copy.Window;
import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.exceptionstore.Finding;
import io.github.dmtools.dmmerge.exceptionstore.StoreCheck;
import io.github.dmtools.dmmerge.exceptionstore.StoreHeader;
import io.github.dmtools.dmmerge.preserve.UndoFacts;
import io.github.dmtools.dmmerge.problem.ProblemCode;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which room may know of which, and why. */
final class LayersTest {
  private static final String BASE = "io.github.dmtools.dmmerge";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(ProblemCode.class.getProtectionDomain().getCodeSource().getLocation());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          problem        |                                     | codes are words that every room speaks
          chunk          |                                     | arithmetic needs nothing but numbers
          digest         | chunk                               | digests are computed in one way, whoever needs them
          device         | chunk                               | what a device can do says nothing of stores
          exceptionstore | chunk digest device                 | the format knows no plan, no job, no command
          copy           | chunk digest device exceptionstore  | the engine moves bytes and decides nothing
          plan           | chunk digest device exceptionstore copy | deciding is apart from acting
          apply          | chunk digest device exceptionstore copy plan | it applies what was decided, for anybody
          preserve       | chunk digest device exceptionstore copy plan apply | what is saved is known to the run's journal alone
          approval       | chunk digest device exceptionstore copy plan | what was approved is checked by whoever wants to know
          job            |                                     | what the operator asked for is mere data
          ownfile        |                                     | where a file of ours is written says nothing of what it holds
          audit          | digest ownfile                      | what is remembered is mere data, in a file of ours
          proof          | chunk digest copy plan approval audit | a log is checked against a plan where no device is
          report         | chunk device exceptionstore plan apply preserve approval job | documents show values of the rooms below
          merge          | chunk digest device exceptionstore copy plan apply preserve approval job audit report | the story speaks in meaning: no system, no JSON, no terminal
          linux          | chunk device ownfile                | the system calls serve device, and can be replaced
          text           | chunk device plan report            | a renderer shows values and decides nothing
          """)
  void aRoomKnowsOnlyWhatIsBelowIt(String room, String below, String reason) {
    String[] allowed =
        Stream.concat(
                Stream.of(room, "problem"),
                below == null ? Stream.of() : Stream.of(below.split(" ", -1)))
            .map(LayersTest::packageOf)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(packageOf(room))
        .should()
        .dependOnClassesThat(resideInAPackage(BASE + "..").and(not(resideInAnyPackage(allowed))))
        .because(reason)
        .check(CLASSES);
  }

  @Test
  void jsonKnowsOnlyTheValuesThatItShows() {
    DescribedPredicate<JavaClass> shown =
        belongToAnyOf(
            Counts.class,
            FailedRange.class,
            Finding.class,
            StoreCheck.class,
            StoreHeader.class,
            UndoFacts.class,
            DeviceType.class,
            DeviceContent.class);
    noClasses()
        .that()
        .resideInAPackage(packageOf("json"))
        .should()
        .dependOnClassesThat(
            resideInAPackage(BASE + "..")
                .and(
                    not(
                        resideInAnyPackage(
                            packageOf("json"),
                            packageOf("problem"),
                            packageOf("job"),
                            packageOf("audit"),
                            packageOf("approval"),
                            packageOf("plan"),
                            packageOf("chunk"),
                            packageOf("proof"),
                            packageOf("report"))))
                .and(not(shown)))
        .because("documents show values; the story that made them is not their business")
        .check(CLASSES);
  }

  @Test
  void theTableNamesEveryRoom() {
    Set<String> rooms =
        CLASSES.stream()
            .map(type -> type.getPackageName().substring(BASE.length() + 1).split("\\.", -1)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Set.of(
            "problem",
            "chunk",
            "digest",
            "device",
            "exceptionstore",
            "copy",
            "plan",
            "apply",
            "preserve",
            "approval",
            "job",
            "ownfile",
            "audit",
            "proof",
            "report",
            "merge",
            "linux",
            "json",
            "text",
            "cli"),
        rooms,
        "a new room needs its line in the table");
  }

  @Test
  void onlyTheCommandLineKnowsAll() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf("cli") + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packageOf("cli") + "..")
        .because("the edge wires everything, and nobody reaches back to it")
        .check(CLASSES);
  }

  @Test
  void roomsAreFreeOfCycles() {
    slices()
        .matching(BASE + ".(*)..")
        .should()
        .beFreeOfCycles()
        .because("a room can be read when those below it are known")
        .check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          linux | com.sun.jna..      | a machine without JNA's library can still run all other rooms
          json  | tools.jackson..    | documents are made in one place, so that they stay a contract
          json  | com.networknt..    | the documents are validated in one place
          cli   | picocli..          | only the edge knows that there is a command line
          """)
  void aLibraryHasOneRoom(String room, String library, String reason) {
    DescribedPredicate<JavaClass> used = resideInAPackage(library);
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf(room) + "..")
        .should()
        .dependOnClassesThat(used)
        .because(reason)
        .check(CLASSES);
  }

  /** Devices that wrap others pass writes on; the undo store writes into a file of its own. */
  @Test
  void onlyTheEngineWritesToAnOrigin() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packageOf("copy"), packageOf("device"), packageOf("linux"))
        .and()
        .haveNameNotMatching(".*\\.preserve\\.(UndoWriter|UndoTable|StagedWrites)")
        .should()
        .callMethod(BlockDevice.class, "write", ByteBuffer.class, long.class)
        .orShould()
        .callMethod(
            BlockDevice.class, "shareInto", BlockDevice.class, long.class, long.class, long.class)
        .because("whoever asks what can change an origin finds all of it in one room")
        .check(CLASSES);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Applier.class.getName())
        .should()
        .callMethod(
            Window.class, "writePending", BlockDevice.class, boolean.class, TransferPool.class)
        .because("a write has its journals and its barrier")
        .check(CLASSES);
  }

  @Test
  void onlyTheEndOfTheProcessEndsIt() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(BASE + ".cli.StopSignals")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .because("a run that is ended anywhere else ends without its report")
        .check(CLASSES);
  }

  private static String packageOf(String room) {
    return BASE + "." + room;
  }
}
