package io.github.dmtools.dmmerge.json;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.keyword.DisallowUnknownKeywordFactory;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.util.List;

/**
 * The job's schema, ready to validate. The validator gets only the keywords that this schema uses,
 * because each one costs time at start. An unknown keyword is an error.
 */
final class JobSchema {
  private JobSchema() {}

  static Schema load(JsonTreeReader reader) {
    return SchemaRegistry.withDialect(dialect()).getSchema(reader.read(Schemas.read("job")));
  }

  private static Dialect dialect() {
    return Dialect.builder(DialectId.DRAFT_2020_12)
        .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
        .keywords(
            List.of(
                new NonValidationKeyword("$schema"),
                new NonValidationKeyword("$id"),
                new AnnotationKeyword("title"),
                new AnnotationKeyword("description"),
                new AnnotationKeyword("default"),
                KeywordType.TYPE,
                KeywordType.PROPERTIES,
                KeywordType.REQUIRED,
                KeywordType.ADDITIONAL_PROPERTIES,
                KeywordType.CONST,
                KeywordType.MIN_LENGTH,
                KeywordType.MAX_LENGTH,
                KeywordType.PATTERN))
        .build();
  }
}
