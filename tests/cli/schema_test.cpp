#include <algorithm>

#include "scenarios/files/schema.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// As much of JSON Schema as Drydock writes. Says where a value does not fit; empty where it does.
class Validator {
 public:
  explicit Validator(Json schema) : schema_(std::move(schema)) {}

  [[nodiscard]] std::string misfit(const Json& value) const { return misfit(value, schema_, ""); }

 private:
  [[nodiscard]] std::string misfit(const Json& value, const Json& schema, const std::string& at) const {
    if (schema.is_boolean()) return schema.get<bool>() ? "" : at + ": nothing fits";
    if (schema.contains("$ref")) {
      const auto name = schema["$ref"].get<std::string>().substr(std::string{"#/$defs/"}.size());
      return misfit(value, schema_["$defs"][name], at);
    }
    if (schema.contains("anyOf")) return misfit_of_any(value, schema["anyOf"], at);
    if (schema.contains("enum") && !fits_word(value, schema["enum"])) return at + ": not such a word: " + value.dump();
    if (schema.contains("type") && !fits_type(value, schema["type"])) return at + ": of another type: " + value.dump();
    if (value.is_object()) return misfit_of_object(value, schema, at);
    if (!value.is_array() || !schema.contains("items")) return "";
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto found = misfit(value[i], schema["items"], at + "/" + std::to_string(i));
      if (!found.empty()) return found;
    }
    return "";
  }

  [[nodiscard]] std::string misfit_of_any(const Json& value, const Json& any, const std::string& at) const {
    std::string last;
    for (const Json& one : any) {
      last = misfit(value, one, at);
      if (last.empty()) return "";
    }
    return last;
  }

  [[nodiscard]] std::string misfit_of_object(const Json& value, const Json& schema, const std::string& at) const {
    for (const Json& name : schema.value("required", Json::array())) {
      if (!value.contains(name.get<std::string>())) return at + ": lacks " + name.get<std::string>();
    }
    if (!schema.contains("properties")) return "";
    for (const auto& [key, member] : value.items()) {
      if (!schema["properties"].contains(key)) continue;
      auto found = misfit(member, schema["properties"][key], at + "/" + key);
      if (!found.empty()) return found;
    }
    return "";
  }

  static bool fits_word(const Json& value, const Json& words) {
    return std::find(words.begin(), words.end(), value) != words.end();
  }
  static bool fits_type(const Json& value, const Json& type) {
    if (type.is_array()) {
      return std::any_of(type.begin(), type.end(), [&](const Json& one) { return fits_type(value, one); });
    }
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    return type == "null" && value.is_null();
  }

  Json schema_;
};

/// What commands print fits the schema of its format, and has no key that the schema does not know.
class SchemaTest : public CliTest {
 protected:
  void expect_fits(const std::string& which, const Said& said) {
    ASSERT_FALSE(said.out.empty()) << which << said.err;
    const Json result = said.json();
    const Json schema = Json::parse(scenarios::schema_text(which));
    EXPECT_EQ(Validator(schema).misfit(result), "") << which;
    for (const auto& [key, value] : result.items())
      EXPECT_TRUE(schema["$defs"][which]["properties"].contains(key)) << which << " has " << key;
    EXPECT_EQ(result["format"], "drydock." + which + "/1");
  }
};

TEST_F(SchemaTest, DescribesWhatCommandsPrint) {
  expect_fits("result", drydock({"run", "reprov-thrash", "--format", "json"}));
  expect_fits("comparison", drydock({"compare", "reprov-thrash", "--format", "json"}));
  expect_fits("comparison", drydock({"compare", "reprov-thrash", "--runs", "3", "--format", "json"}));
  expect_fits("sweep", drydock({"sweep", "reprov-thrash", "--case", "pre-1556", "--vary", "cloud.pending=20s,60s",
                                "--metric", "violations", "--runs", "4", "--format", "json"}));
  const std::string tapes = path("tapes");
  expect_fits("exploration", drydock({"explore", "pause-cascade", "--policy", "pre-1991", "--runs", "200", "--until",
                                      "first", "--save", tapes, "--format", "json"}));
  std::string tape;
  for (const auto& entry : std::filesystem::directory_iterator(tapes)) {
    if (entry.path().string().ends_with(".tape.json")) tape = entry.path().string();
  }
  ASSERT_FALSE(tape.empty());
  expect_fits("odds", drydock({"odds", tape, "--runs", "4", "--format", "json"}));
  expect_fits("fix",
              drydock({"fix", tape, "--ablate", "post-1991", "--around", "2", "--shown", "1", "--format", "json"}));
  expect_fits("conformance", drydock({"conform", std::string{DRYDOCK_SOURCE_DIR} + "/docs/logs/1932.ndjson", "--policy",
                                      "pre-1932", "--format", "json", "--time", "1s"}));
  const std::string known = path("findings.db");
  (void)drydock({"explore", "pause-cascade", "--policy", "pre-1991", "--runs", "200", "--known", known, "--date",
                 "2026-12-01", "--quiet"});
  const Said findings = drydock({"findings", "accept", known, "*", "--note", "until #1991", "--format", "json"});
  EXPECT_FALSE(findings.json()["findings"].empty());
  expect_fits("findings", findings);
}

TEST_F(SchemaTest, AValidatorThatFitsEverythingWouldShowNothing) {
  const Json schema = Json::parse(scenarios::schema_text("odds"));
  EXPECT_NE(Validator(schema).misfit(Json::object()), "");
  Json result = drydock({"run", "reprov-thrash", "--case", "pre-1556", "--format", "json"}).json();
  const Validator of_result(Json::parse(scenarios::schema_text("result")));
  result["results"][0]["events"] = "many";
  EXPECT_TRUE(contains(of_result.misfit(result), "/results/0/events"));
}

}  // namespace
}  // namespace drydock::cli
