#include "scenarios/files/schema.hpp"

#include <gtest/gtest.h>

#include "model/kinds.hpp"
#include "model/policy.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {
namespace {

/// An empty list of words is a value that nothing is.
void expect_no_empty_choice(const Json& schema) {
  if (schema.is_object() && schema.contains("enum")) {
    EXPECT_FALSE(schema["enum"].empty()) << schema;
  }
  for (const Json& part : schema) {
    if (part.is_structured()) expect_no_empty_choice(part);
  }
}

/// Every `$ref` of a schema points at a definition, and every definition is used.
void collect(const Json& json, std::set<std::string>& refs) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      if (key == "$ref") refs.insert(value.get<std::string>());
      collect(value, refs);
    }
  } else if (json.is_array()) {
    for (const auto& value : json) collect(value, refs);
  }
}

TEST(Schema, ReferencesAndDefinitionsAgree) {
  for (const auto& name : schema_names()) {
    const Json schema = Json::parse(schema_text(name));
    expect_no_empty_choice(schema);
    std::set<std::string> refs;
    collect(schema, refs);
    std::set<std::string> defs;
    for (const auto& [key, value] : schema["$defs"].items()) defs.insert("#/$defs/" + key);
    EXPECT_EQ(refs, defs) << name;
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  }
  EXPECT_EQ(schema_text("nothing"), "");
}

TEST(Schema, KnowsTheKnobsAndKindsThatTheDecoderKnows) {
  const Json schema = Json::parse(schema_text("scenario"));
  EXPECT_EQ(schema["$defs"]["settings"]["properties"].size(), model::knobs().size());
  EXPECT_EQ(schema["$defs"]["kind"]["enum"].size(), model::kind_table().size());
  EXPECT_EQ(schema["$defs"]["scenario"]["required"], Json({"format", "name", "horizon", "cases"}));
  EXPECT_EQ(schema["$defs"]["scenario"]["additionalProperties"], false);
  EXPECT_EQ(schema["$defs"]["expectation"]["oneOf"].size(), 7U);
}

}  // namespace
}  // namespace drydock::scenarios
