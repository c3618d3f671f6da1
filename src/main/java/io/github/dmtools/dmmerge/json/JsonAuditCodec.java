package io.github.dmtools.dmmerge.json;

import io.github.dmtools.dmmerge.audit.AuditCodec;
import io.github.dmtools.dmmerge.audit.AuditLine;
import io.github.dmtools.dmmerge.audit.AuditRun;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines of an audit log as JSON, see the schema {@code audit-event}. A sample, folded:
 *
 * <pre>
 * {"dm_merge.seq":2,"dm_merge.prev_sha256":"5f3c...","@timestamp":"2026-03-02T09:30:00.125000Z",
 * "event.kind":"event","event.category":["file"],"event.type":["change"],
 * "event.action":"extent-write","event.outcome":"unknown","dm_merge.batch":1,
 * "dm_merge.origin.offset":1048576,"dm_merge.origin.bytes":65536,"dm_merge.store.offset":8192,
 * "dm_merge.chunks_sha256.before":"e3b0...","dm_merge.chunks_sha256.after":"9f86...","dm_merge.run_id":...,
 * "host.name":"db1","user.name":"alice",...,"dm_merge.line_sha256":"77af..."}
 * </pre>
 */
public final class JsonAuditCodec implements AuditCodec {
  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @Override
  public Renderer renderer(AuditRun run) {
    return new AuditLineRenderer(run);
  }

  @Override
  public @Nullable AuditLine parse(byte[] bytes, int offset, int length) {
    try {
      JsonNode line = mapper.readTree(bytes, offset, length);
      return new AuditLineParser(line).line();
    } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
      return null;
    }
  }
}
