package io.github.dmtools.dmmerge.json;

import com.networknt.schema.Error;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Error messages for a job that its schema refuses, one for each keyword of the schema. */
final class SchemaErrorMessage {
  private SchemaErrorMessage() {}

  /** Describes the first error, and counts the other fields that are wrong. */
  static String of(List<Error> errors) {
    Error first = errors.get(0);
    String pointer = pointer(first);
    String where = pointer.isEmpty() ? "the job" : "the job's " + pointer;
    return where + " " + clause(first) + others(errors);
  }

  /** The validator points to the object of an unknown or missing field; this names the field. */
  static String pointer(Error error) {
    String at = error.getInstanceLocation().toString();
    return error.getProperty() == null
        ? at
        : at + "/" + error.getProperty().replace("~", "~0").replace("/", "~1");
  }

  private static String clause(Error error) {
    Object[] arguments = error.getArguments();
    return switch (error.getKeyword()) {
      case "additionalProperties" -> "is an unknown field";
      case "required" -> "is missing";
      case "type" -> "must be " + type(arguments[1]) + ", not " + type(arguments[0]);
      case "const" -> "must be " + error.getSchemaNode();
      case "minLength" -> "must not be empty";
      case "maxLength" -> "must not be longer than " + arguments[0] + " characters";
      // The only patterns are those of a path, and of a path or a digest.
      case "pattern" ->
          pointer(error).equals("/expect")
              ? "must be a path without NUL, or sha256: and 64 hexadecimal digits"
              : "must not contain NUL";
      default -> "does not match the schema";
    };
  }

  private static String type(Object name) {
    return switch (name.toString()) {
      case "object" -> "an object";
      case "array" -> "an array";
      case "string" -> "a string";
      case "integer", "number" -> "a number";
      case "boolean" -> "true or false";
      default -> "null";
    };
  }

  /** Counts fields, since one field can break several rules. */
  private static String others(List<Error> errors) {
    Set<String> fields = new HashSet<>();
    for (Error error : errors) {
      fields.add(pointer(error));
    }
    int others = fields.size() - 1;
    return switch (others) {
      case 0 -> "";
      case 1 -> "; 1 more field is wrong";
      default -> "; " + others + " more fields are wrong";
    };
  }
}
