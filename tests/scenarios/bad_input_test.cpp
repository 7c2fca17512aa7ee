#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"

// Each file of bad/ stands beside the diagnostics that it must give, word for word. In the files, a
// comment line of carets points at what is wrong in the line above it, so that a person can check
// the positions too.

namespace drydock::scenarios {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(DRYDOCK_SOURCE_DIR) / "tests/scenarios/bad"; }

std::string slurp(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".json") all.push_back(entry.path().filename().string());
  }
  std::sort(all.begin(), all.end());
  return all;
}

struct Result {
  bool has_value = false;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
};

template <typename T>
Result result_of(const Decoded<T>& decoded) {
  return {decoded.value.has_value(), decoded.errors, decoded.warnings};
}

Result decode_any(const std::string& name, const std::string& text) {
  if (name.starts_with("policy-")) return result_of(decode_policy(name, text));
  if (name.starts_with("tape-")) return result_of(decode_tape(name, text));
  return result_of(decode_scenario(name, text));
}

using Place = std::pair<std::size_t, std::size_t>;

/// Where the caret lines of a file point.
std::set<Place> carets(const std::string& text) {
  std::set<Place> places;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (!line.starts_with("//") || line.find_first_not_of(" ^", 2) != std::string::npos) continue;
    for (std::size_t i = 2; i < line.size(); ++i) {
      if (line[i] == '^') places.emplace(number - 1, i + 1);
    }
  }
  return places;
}

class BadFile : public testing::TestWithParam<std::string> {};

TEST_P(BadFile, GivesExactlyTheseDiagnostics) {
  const std::string text = slurp(folder() / GetParam());
  const Result result = decode_any(GetParam(), text);
  std::string actual;
  for (const auto& error : result.errors) actual += to_text(error) + "\n";
  const auto expected = slurp((folder() / GetParam()).replace_extension(".txt"));
  EXPECT_EQ(actual, expected);
  EXPECT_FALSE(result.errors.empty());
  EXPECT_FALSE(result.has_value);
}

TEST_P(BadFile, PointsWhereTheCaretsAre) {
  const std::string text = slurp(folder() / GetParam());
  const auto expected = carets(text);
  if (expected.empty()) return;  // an error at the very beginning or end has no line for carets
  std::set<Place> actual;
  for (const auto& error : decode_any(GetParam(), text).errors) {
    // A caret cannot stand below the first two columns, where its comment begins.
    if (error.column > 2) actual.emplace(error.line, error.column);
  }
  EXPECT_EQ(actual, expected);
}

TEST_P(BadFile, CutOffAnywhereIsAnsweredToo) {
  const std::string text = slurp(folder() / GetParam());
  for (std::size_t length = 0; length < text.size(); ++length) {
    const Result result = decode_any(GetParam(), text.substr(0, length));
    ASSERT_EQ(result.has_value, result.errors.empty()) << length;
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, BadFile, testing::ValuesIn(names()), [](const auto& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

TEST(BadCorpus, HasAnExpectationForEveryFileAndNoOther) {
  EXPECT_GE(names().size(), 40U);
  for (const auto& entry : fs::directory_iterator(folder())) {
    auto other = entry.path();
    other.replace_extension(other.extension() == ".json" ? ".txt" : ".json");
    EXPECT_TRUE(fs::exists(other)) << entry.path();
  }
}

// --- generated inputs

constexpr std::size_t kTenMegabytes = 10U << 20U;

std::string head() { return R"({"format":"drydock.scenario/1","name":"t","horizon":"5m",)"; }

std::string repeated(const std::string& part, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + part.size());
  while (out.size() < bytes) out += part;
  return out;
}

/// Decodes within a time that a decoder of quadratic cost would never keep; gives the first error.
Diagnostic first_error(const std::string& text, std::chrono::seconds limit = std::chrono::seconds(60)) {
  const auto begin = std::chrono::steady_clock::now();
  const auto decoded = decode_scenario("big.json", text);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, limit);
  EXPECT_FALSE(decoded.value.has_value());
  EXPECT_LE(decoded.errors.size(), 201U);
  return decoded.errors.empty() ? Diagnostic{} : decoded.errors.front();
}

TEST(BadInput, TenMegabytesOfBrackets) {
  for (const std::string part : {"[", "{\"a\":", "[[{\"k\":["}) {
    const auto error = first_error(repeated(part, kTenMegabytes));
    EXPECT_EQ(error.message, "nested deeper than 64 levels");
    EXPECT_EQ(error.line, 1U);
  }
  EXPECT_EQ(first_error(repeated("[", kTenMegabytes)).column, 65U);
  const auto closing = first_error(repeated("]", kTenMegabytes));
  EXPECT_EQ(closing.message, "found ']' where a value should be");
  EXPECT_EQ(closing.column, 1U);
}

TEST(BadInput, TheDeepestNestingThatIsReadAndOneMore) {
  const auto nested = [](std::size_t depth) {
    return head() + R"("x-deep":)" + std::string(depth, '[') + std::string(depth, ']') +
           R"(,"cases":[{"policy":"latest","expect":[]}]})";
  };
  EXPECT_TRUE(decode_scenario("deep.json", nested(63)).value.has_value());
  const auto decoded = decode_scenario("deep.json", nested(64));
  ASSERT_EQ(decoded.errors.size(), 1U);
  EXPECT_EQ(decoded.errors[0].column, head().size() + 9 + 64);
}

TEST(BadInput, MoreValuesThanAreRead) {
  EXPECT_EQ(first_error(head() + "\"x\":[" + repeated("0,", kTenMegabytes) + "0]}").message,
            "the file holds more than 1000000 values");
}

TEST(BadInput, ManyErrorsAreCountedAndNotAllListed) {
  const std::string text = head() + repeated(R"("k":1,)", 600'000) + "\"k\":2}";
  const auto decoded = decode_scenario("many.json", text);
  EXPECT_LE(decoded.errors.size(), 201U);
  const std::string unknown = [] {
    std::string keys = head();
    for (int i = 0; i < 50'000; ++i) keys += "\"key" + std::to_string(i) + "\":1,";
    return keys + "\"cases\":[]}";
  }();
  const auto listed = decode_scenario("many.json", unknown);
  ASSERT_EQ(listed.errors.size(), 201U);
  EXPECT_EQ(listed.errors.back().message, "49801 more errors are not listed");
}

TEST(BadInput, OneVeryLongKeyUnderManyValues) {
  const std::string text = head() + '"' + std::string(kTenMegabytes / 2, 'k') + "\":[" + repeated("{},", 1'000'000) +
                           "0],\"workspaces\":[" + repeated("{},", 1'000'000) + "0]}";
  const auto error = first_error(text);
  EXPECT_LT(to_text(error).size(), 1000U);
}

TEST(BadInput, ManyWorkspacesAndManyUnknownNames) {
  std::string text = head() + "\"workspaces\":[";
  for (int i = 0; i < 60'000; ++i) text += (i == 0 ? "" : ",") + ("{\"id\":\"ws-" + std::to_string(i) + "\"}");
  text += "],\"steps\":[";
  for (int i = 0; i < 60'000; ++i) {
    text +=
        (i == 0 ? "" : ",") + ("{\"at\":\"1s\",\"request\":\"POST /workspaces/wz-" + std::to_string(i) + "/restart\"}");
  }
  const auto error = first_error(text + "],\"cases\":[{\"policy\":\"latest\",\"expect\":[]}]}");
  EXPECT_EQ(error.message, "unknown workspace \"wz-0\"");
}

TEST(BadInput, ALongChainOfParentsAndALongCycle) {
  std::string chain = head() + "\"workspaces\":[";
  constexpr int count = 60'000;
  for (int i = 0; i < count; ++i) {
    chain += "{\"id\":\"w" + std::to_string(i) + "\",\"parent\":\"w" + std::to_string((i + 1) % count) + "\"},";
  }
  chain.back() = ']';
  const auto error = first_error(chain + ",\"cases\":[{\"policy\":\"latest\",\"expect\":[]}]}");
  EXPECT_TRUE(error.message.starts_with("is its own ancestor: w0 → w1 → ")) << error.message;
  EXPECT_LT(error.message.size(), 200U);
}

TEST(BadInput, CasesTimesFaultsAreBounded) {
  std::string text = head() + "\"faults\":[";
  for (int i = 0; i < 40'000; ++i) text += R"({"on":"cp.stop","error":"reset","at":"1s"},)";
  text.back() = ']';
  text += ",\"cases\":[";
  for (int i = 0; i < 40'000; ++i) text += R"({"name":"c)" + std::to_string(i) + R"(","policy":"latest","expect":[]},)";
  text.back() = ']';
  EXPECT_EQ(first_error(text + "}").message, "has 40000 entries, at most 500 are allowed");
}

TEST(BadInput, HugeNumbersEverywhere) {
  const std::string digits(1'000'000, '9');
  EXPECT_EQ(first_error(head() + "\"x-n\":" + digits + "}").pointer, "");
  const auto calm = first_error(head() + R"("cases":[{"policy":"latest","expect":[]}],"calm":")" + digits + "s\"}");
  EXPECT_EQ(calm.message, "\"" + std::string(80, '9') + "…\" is not a duration of at most 10 years");
  const auto seed = decode_scenario(
      "seed.json", head() + R"("cases":[{"policy":"latest","expect":[],"seed":18446744073709551615}]})");
  ASSERT_TRUE(seed.value.has_value());
  EXPECT_EQ(seed.value->cases[0].seed, UINT64_MAX);
  const auto over = decode_scenario(
      "seed.json", head() + R"("cases":[{"policy":"latest","expect":[],"seed":18446744073709551616}]})");
  ASSERT_EQ(over.errors.size(), 1U);
  EXPECT_EQ(over.errors[0].message, "the number \"18446744073709551616\" is out of range");
}

TEST(BadInput, TooManyBytes) {
  const auto decoded = decode_scenario("huge.json", std::string((64U << 20U) + 1, ' '));
  ASSERT_EQ(decoded.errors.size(), 1U);
  EXPECT_EQ(to_text(decoded.errors[0]), "huge.json:1:1: the file has 67108865 bytes, at most 67108864 are read");
}

TEST(BadInput, EveryByteValueInEveryPositionOfASmallFile) {
  const std::string good = head() + R"("workspaces":[{"id":"pm"}],"cases":[{"policy":"latest","expect":[]}]})";
  ASSERT_TRUE(decode_scenario("good.json", good).value.has_value());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int byte : {0, 1, 10, 34, 39, 44, 47, 58, 91, 92, 93, 123, 125, 127, 128, 192, 237, 255}) {
      std::string text = good;
      text[i] = static_cast<char>(byte);
      const auto decoded = decode_scenario("good.json", text);
      ASSERT_EQ(decoded.value.has_value(), decoded.errors.empty());
    }
  }
}

}  // namespace
}  // namespace drydock::scenarios
