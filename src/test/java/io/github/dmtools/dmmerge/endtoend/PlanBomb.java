package io.github.dmtools.dmmerge.endtoend;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Small files that are, decompressed, more of what begins like a plan than a run has memory for.
 */
enum PlanBomb {
  ZEROES("is not UTF-8", "", "\0"),
  WHITESPACE("larger than", "{\"kind\":\"plan\",", " \n"),
  WHITESPACE_BEFORE("larger than", "", "\t"),
  ONE_STRING("larger than", "{\"kind\":\"plan\",\"x\":\"", "xxxxxxxx"),
  ONE_KIND("larger than", "{\"kind\":\"plan", "xxxxxxxx"),
  ONE_NAME("a key is longer than 1024 characters", "{\"kind\":\"plan\",\"x", "xxxxxxxx"),
  ONE_NUMBER("larger than", "{\"kind\":\"plan\",\"x\":1", "00000000"),
  NESTING("nested more than 32 levels", "{\"kind\":\"plan\",\"x\":", "[[[[[[[["),
  NESTED_OBJECTS("nested more than 32 levels", "{\"kind\":\"plan\",\"x\":", "{\"x\":"),
  ELEMENTS("larger than", "{\"kind\":\"plan\",\"x\":[0", ",[],0"),
  WHITESPACE_IN_AN_EXCEPTION("larger than", "{\"exceptions\":[{\"index\":", "        "),
  STRING_IN_AN_EXCEPTION("larger than", "{\"exceptions\":[{\"dd\":\"", "xxxxxxxx");

  private static final int MEMBER_BYTES = 16 << 20;
  private static final int MEMBERS = 8;

  /** A part of the error message. */
  final String message;

  private final String head;
  private final String repeated;

  PlanBomb(String message, String head, String repeated) {
    this.message = message;
    this.head = head;
    this.repeated = repeated;
  }

  /** Writes the file: one gzip member, repeated. */
  Path write(Path file) {
    byte[] member = compressed(repeated.repeat(MEMBER_BYTES / repeated.length()));
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(compressed(head));
      for (int i = 0; i < MEMBERS; i++) {
        out.write(member);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As many bytes of members whose names are all different, after a head. */
  static Path ofNames(Path file, String head) {
    String padding = "x".repeat(1000);
    try (OutputStream out =
        new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(file)), 1 << 16)) {
      out.write(head.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 1 << 17; i++) {
        out.write(("\"" + i + padding + "\":0,\n").getBytes(StandardCharsets.US_ASCII));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] compressed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
