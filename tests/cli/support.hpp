#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/play.hpp"
#include "reports/layout.hpp"

namespace drydock::cli {

using Json = nlohmann::json;

/// What a command said, and its exit code.
struct Said {
  int code = 0;
  std::string out;
  std::string err;

  [[nodiscard]] Json json() const { return Json::parse(out); }
};

inline Said drydock(const Arguments& arguments, Terminal terminal = {}) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = drydock_main(arguments, out, err, terminal);
  return {code, out.str(), err.str()};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Fails for each line that a terminal of 80 columns would break. Commands to copy stay whole.
inline void expect_80_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!contains(line, "    drydock ")) {
      EXPECT_LE(reports::display_width(line), 80U) << line;
    }
  }
}

/// The only thing in which two results of the same runs differ.
inline std::string without_wall_clock(const std::string& json) {
  return std::regex_replace(json, std::regex("\"wall_ms\": [^,]*"), "\"wall_ms\": 0");
}

/// Three cases, of which nothing is expected.
inline constexpr const char* kSmall = R"json({
  "format": "drydock.scenario/1", "name": "small", "title": "A small one",
  "start": "2026-01-01T00:00:00Z", "horizon": "2m",
  "workspaces": [{"id": "pm"}],
  "cases": [
    {"policy": "latest", "expect": []},
    {"name": "seeded", "policy": "latest", "seed": 3, "expect": []},
    {"name": "april", "policy": "april-2026", "set": {"time.heartbeat": "20s"}, "expect": []}
  ]
})json";

/// A test with a directory of its own.
class CliTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("drydock-cli-" + std::string(info->test_suite_name()) + "-" + info->name());
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override {
    set_interrupted(false);
    std::filesystem::remove_all(dir_);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (dir_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] static std::string read(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::size_t files() const {
    const std::filesystem::directory_iterator all(dir_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

 private:
  std::filesystem::path dir_;
};

}  // namespace drydock::cli
