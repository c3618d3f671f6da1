package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.device.DeviceContent;
import io.github.dmtools.dmmerge.device.DeviceType;
import io.github.dmtools.dmmerge.exceptionstore.StoreHeader;
import io.github.dmtools.dmmerge.job.Job;
import io.github.dmtools.dmmerge.problem.Problem;
import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.report.DeviceFacts;
import io.github.dmtools.dmmerge.report.OriginFacts;
import io.github.dmtools.dmmerge.report.StoreFacts;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Streams the parts that documents share. Every member is written, with null for no value. */
final class DocumentWriter implements AutoCloseable {
  private static final int SCHEMA_VERSION = 1;

  private final JsonGenerator json;

  /**
   * @param out is flushed, and stays open
   */
  DocumentWriter(OutputStream out) {
    this.json = PrintableEscapes.generator(out);
  }

  JsonGenerator json() {
    return json;
  }

  void begin(String kind) {
    json.writeStartObject();
    json.writeStringProperty("kind", kind);
    json.writeNumberProperty("schema_version", SCHEMA_VERSION);
    json.writeObjectPropertyStart("tool");
    json.writeStringProperty("name", Tool.NAME);
    json.writeStringProperty("version", Tool.version());
    json.writeEndObject();
  }

  void end() {
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  void text(String name, @Nullable String value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  void number(String name, @Nullable Number value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, value.longValue());
    }
  }

  /** RFC 3339, UTC. */
  void time(String name, Instant time) {
    json.writeStringProperty(name, time.toString());
  }

  void job(Job job) {
    json.writeObjectPropertyStart("job");
    json.writeStringProperty("input", job.input());
    text("output", job.output());
    json.writeBooleanProperty("direct", job.direct());
    json.writeBooleanProperty("relaxed", job.relaxed());
    json.writeBooleanProperty("force", job.force());
    text("expect", job.expect());
    json.writeBooleanProperty("retarget", job.retarget());
    json.writeBooleanProperty("overwrite_foreign", job.overwriteForeign());
    text("undo", job.undo());
    text("audit", job.audit());
    json.writeBooleanProperty("verify", job.verify());
    text("label", job.label());
    json.writeEndObject();
  }

  /** Writes an object, or null without a value. */
  <T> void object(String name, @Nullable T value, Consumer<T> members) {
    if (value == null) {
      json.writeNullProperty(name);
      return;
    }
    json.writeObjectPropertyStart(name);
    members.accept(value);
    json.writeEndObject();
  }

  /** Writes an array of objects. */
  <T> void array(String name, List<T> values, Consumer<T> members) {
    json.writeArrayPropertyStart(name);
    for (T value : values) {
      json.writeStartObject();
      members.accept(value);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  void device(String name, @Nullable DeviceFacts device) {
    object(name, device, this::deviceFields);
  }

  void origin(String name, @Nullable OriginFacts origin) {
    object(name, origin, this::originFields);
  }

  private void originFields(OriginFacts origin) {
    deviceFields(origin.device());
    object("content", origin.content(), this::contentFields);
  }

  private void deviceFields(DeviceFacts device) {
    json.writeStringProperty("path", device.path());
    text("lasting_name", device.lastingName());
    json.writeStringProperty("type", device.type() == DeviceType.BLOCK ? "block" : "file");
    json.writeNumberProperty("bytes", device.bytes());
    json.writeNumberProperty("logical_block_bytes", device.logicalBlockBytes());
    json.writeBooleanProperty("direct", device.direct());
  }

  private void contentFields(DeviceContent content) {
    text("type", content.type());
    json.writeStringProperty("usage", content.usage().name().toLowerCase(Locale.ROOT));
    text("version", content.version());
    text("label", content.label());
    text("uuid", content.uuid());
    text("partition_table", content.partitionTable());
  }

  void store(@Nullable StoreFacts store) {
    object("store", store, this::storeFields);
  }

  private void storeFields(StoreFacts store) {
    json.writeNumberProperty("version", StoreHeader.VERSION);
    json.writeNumberProperty("chunk_bytes", store.chunkSize().bytes());
    json.writeNumberProperty("chunk_sectors", store.chunkSize().sectors());
    json.writeNumberProperty("areas", store.areas());
    json.writeNumberProperty("exceptions", store.exceptions());
  }

  void warnings(List<Warning> warnings) {
    array(
        "warnings",
        warnings,
        warning -> {
          json.writeStringProperty("code", warning.code());
          json.writeStringProperty("message", warning.message());
          text("path", warning.path());
        });
  }

  void problemFields(Problem problem) {
    json.writeStringProperty("code", problem.code().code());
    json.writeStringProperty("message", problem.message());
    text("path", problem.path());
    text("pointer", problem.pointer());
    number("offset", problem.offset());
    number("errno", problem.errno());
    json.writeStringProperty("hint", problem.hint());
    json.writeNumberProperty("exit_status", problem.code().exitStatus().status());
  }

  @Override
  public void close() {
    json.close();
  }
}
