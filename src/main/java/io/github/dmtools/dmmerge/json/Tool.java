package io.github.dmtools.dmmerge.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** Name and version of the program, as documents carry them. */
public final class Tool {
  public static final String NAME = "dm-merge";

  private static final String VERSION = read();

  private Tool() {}

  /** The version of this build. */
  public static String version() {
    return VERSION;
  }

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = Tool.class.getResourceAsStream("tool.properties")) {
      properties.load(Objects.requireNonNull(in, "tool.properties is not in the jar"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
