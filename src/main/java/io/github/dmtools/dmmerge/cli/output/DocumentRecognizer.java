package io.github.dmtools.dmmerge.cli.output;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Recognizes a document of dm-merge by its first bytes, plain or compressed. */
final class DocumentRecognizer {
  /** How many bytes are enough to decide. */
  static final int BYTES = 4096;

  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  /** The two fields that every document starts with, however it is formatted. */
  private static final Pattern BEGINNING =
      Pattern.compile(
          "[ \t\r\n]*\\{\\s*\"kind\"\\s*:\\s*\"(plan|report|problem|check|audit)\"\\s*,"
              + "\\s*\"schema_version\"\\s*:\\s*[1-9][0-9]{0,8}\\s*[,}].*",
          Pattern.DOTALL);

  private DocumentRecognizer() {}

  /**
   * True if the file is a document.
   *
   * @param beginning the first {@link #BYTES} of the file, or all of it
   */
  static boolean isDocument(byte[] beginning) {
    byte[] text = beginning;
    if (Arrays.equals(Arrays.copyOf(beginning, GZIP.length), GZIP)) {
      text = unzipped(beginning);
    }
    return BEGINNING.matcher(new String(text, StandardCharsets.ISO_8859_1)).matches();
  }

  /** Decompresses as much of a truncated gzip stream as possible. */
  private static byte[] unzipped(byte[] beginning) {
    byte[] text = new byte[BYTES];
    int length = 0;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(beginning))) {
      int more = in.read(text, 0, text.length);
      while (more > 0) {
        length += more;
        more = in.read(text, length, text.length - length);
      }
    } catch (IOException e) {
      // Truncated or damaged: decide by what was decompressed.
    }
    return Arrays.copyOf(text, length);
  }
}
