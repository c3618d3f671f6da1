package io.github.dmtools.dmmerge.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonTreeReaderTest {
  private final JsonTreeReader reader = new JsonTreeReader(StreamReadConstraints.defaults());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"\\u00e4\\ud83d\\ude00\"",
        "-0",
        "-1.5e-3",
        "[[], {}, [1, 2147483648, 9223372036854775808, true, false, null], \"\"]",
        "{\"a\": {\"b\": [{\"c\": 1}]}, \"\": [\"d\"]}"
      })
  void readsLikeTheMapper(String json) {
    assertEquals(new JsonMapper().readTree(json), read(json));
  }

  @Test
  void readsEmptyTextAsAMissingNode() {
    assertTrue(read(" \n").isMissingNode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": 1, \"a\": 2}", "[1] 2", "[1", "{\"a\"}", "]", "{\"a\": [}"})
  void refusesTextThatIsNotOneStrictValue(String json) {
    assertThrows(JsonSyntaxException.class, () -> read(json));
  }

  private JsonNode read(String json) {
    return reader.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
