package io.github.dmtools.dmmerge.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A store that a kernel wrote, with its origin, unpacked into a directory of the test. The stores
 * are in {@code src/test/resources/stores}.
 */
record Fixture(String name, Path store, Path origin, JsonNode info) {
  private static final Path ALL =
      Path.of(System.getProperty("dmmerge.basedir", "."), "src/test/resources/stores");

  /** The names of all stores. */
  static List<String> names() {
    try (Stream<Path> directories = Files.list(ALL)) {
      return directories.map(directory -> directory.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the stores that can be merged. */
  static List<String> mergeable() {
    return names().stream()
        .filter(name -> Files.exists(ALL.resolve(name).resolve("origin-after.gz")))
        .toList();
  }

  static Fixture unpack(String name, Path directory) {
    Path packed = ALL.resolve(name);
    Path store = directory.resolve("cow");
    Path origin = directory.resolve("origin");
    unzip(packed.resolve("cow.gz"), store);
    unzip(packed.resolve("origin-before.gz"), origin);
    JsonNode info = new JsonMapper().readTree(packed.resolve("info.json").toFile());
    Fixture fixture = new Fixture(name, store, origin, info);
    if (!sha256(store).equals(info.at("/cow/sha256").asString())
        || !sha256(origin).equals(fixture.before())) {
      throw new AssertionError(name + " is not what its info.json says");
    }
    return fixture;
  }

  /** SHA-256 of the origin before the merge. */
  String before() {
    return info.at("/origin_before/sha256").asString();
  }

  /** SHA-256 of the origin as merged by the kernel. */
  String after() {
    return info.at("/origin_after/sha256").asString();
  }

  long exceptions() {
    return info.path("exceptions").asLong();
  }

  /** A job for these files. */
  String job(boolean force) {
    return job(store, origin, force);
  }

  static String job(Path store, Path origin, boolean force) {
    return new JsonMapper()
        .createObjectNode()
        .put("input", store.toString())
        .put("output", origin.toString())
        .put("force", force)
        .toString();
  }

  static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      int n;
      while ((n = in.read(buffer)) > 0) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void unzip(Path packed, Path target) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed));
        OutputStream out = Files.newOutputStream(target)) {
      in.transferTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
