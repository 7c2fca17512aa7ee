// What the documentation shows is what happens. Blocks marked `console` are played: each `$ drydock …` line runs, and
// prints what follows it (a line `…` stands for any lines). Blocks marked `jsonc` are files, or parts of a scenario,
// that validate. Relative links lead somewhere, and the tables of docs/answers.md are those that its script prints.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/sanitized.hpp"

namespace drydock {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;

const fs::path kSource{DRYDOCK_SOURCE_DIR};
constexpr std::array kDocuments{"README.md",         "docs/architecture.md", "docs/scenarios.md", "docs/answers.md",
                                "docs/incidents.md", "docs/mutants.md",      "docs/search.md",    "docs/trace.md",
                                "docs/reports.md",   "docs/ci.md",           "docs/embedding.md", "docs/whatif.md",
                                "docs/serve.md",     "docs/clients.md",      "docs/campaigns.md", "docs/memory.md",
                                "docs/fix.md"};

std::string read_file(const fs::path& path) {
  const std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// A fenced block: what stands behind its fence, where it begins, and what it holds.
struct Block {
  std::string language;
  std::string at;
  Lines lines;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> blocks;
  bool inside = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(read_file(kSource / document))) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), document + ":" + std::to_string(number), {}});
    } else if (inside) {
      blocks.back().lines.push_back(line);
    }
  }
  EXPECT_FALSE(inside) << document << ": the last block has no end";
  return blocks;
}

std::vector<Block> blocks_of(const std::string& document, std::string_view language) {
  std::vector<Block> blocks = blocks_of(document);
  std::erase_if(blocks, [&](const Block& block) { return block.language != language; });
  return blocks;
}

/// Whether `found` is what `shown` says; a line `…` stands for any number of lines.
bool matches(const Lines& shown, std::size_t at, const Lines& found, std::size_t from) {
  if (at == shown.size()) return from == found.size();
  if (shown[at].substr(std::min(shown[at].find_first_not_of(' '), shown[at].size())) == "…") {
    for (std::size_t skip = from; skip <= found.size(); ++skip) {
      if (matches(shown, at + 1, found, skip)) return true;
    }
    return false;
  }
  return from < found.size() && shown[at] == found[from] && matches(shown, at + 1, found, from + 1);
}

/// A directory that looks like a fresh clone with `drydock` on the path, in which commands may write.
class Clone {
 public:
  Clone() {
    std::string name = (fs::temp_directory_path() / "drydock-docs-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    root_ = name;
    fs::create_directory(root_ / ".bin");
    fs::create_symlink(DRYDOCK_BINARY, root_ / ".bin/drydock");
    fs::create_directory_symlink(kSource / "scenarios", root_ / "scenarios");
    fs::create_directory_symlink(kSource / "docs", root_ / "docs");
    fs::create_directory_symlink(kSource / "tests", root_ / "tests");
  }
  Clone(const Clone&) = delete;
  Clone& operator=(const Clone&) = delete;
  ~Clone() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  [[nodiscard]] const fs::path& root() const { return root_; }

  /// Both streams of a shell command; the exit code is kept for `$ echo $?`.
  Lines run(const std::string& command) {
    if (command == "echo $?") return {std::to_string(code_)};
    const std::string script =
        "exec 2>&1\ncd '" + root_.string() + "'\nexport PATH=\"$PWD/.bin:$PATH\" NO_COLOR=1\n" + command + "\n";
    const fs::path file = root_ / ".bin/script";
    std::ofstream(file) << script;
    const auto close = [this](FILE* pipe) {
      const int status = pclose(pipe);
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    const std::unique_ptr<FILE, decltype(close)> pipe(popen(("bash '" + file.string() + "'").c_str(), "r"), close);
    if (!pipe) throw std::runtime_error("no shell");
    std::string text;
    std::array<char, 4096> part{};
    for (std::size_t n = 0; (n = fread(part.data(), 1, part.size(), pipe.get())) > 0;) text.append(part.data(), n);
    return lines_of(text);
  }

 private:
  fs::path root_;
  int code_ = 0;
};

/// `./dev NAME …` names a command that the script has.
void check_dev(const std::string& command, const std::string& at) {
  std::istringstream words(command);
  std::string dev;
  std::string name;
  words >> dev >> name;
  const std::string script = read_file(kSource / "dev");
  EXPECT_NE(script.find("cmd_" + name + "()"), std::string::npos) << at << ": " << command;
}

void play(const Block& block, Clone& clone) {
  for (std::size_t i = 0; i < block.lines.size();) {
    ASSERT_TRUE(block.lines[i].starts_with("$ ")) << block.at << ": begins with no command";
    std::string command = block.lines[i++].substr(2);
    while (command.ends_with('\\') && i < block.lines.size()) command += "\n" + block.lines[i++];
    Lines shown;
    while (i < block.lines.size() && !block.lines[i].starts_with("$ ")) shown.push_back(block.lines[i++]);
    if (command.starts_with("./dev")) {
      check_dev(command, block.at);
      continue;
    }
    const Lines found = clone.run(command);
    EXPECT_TRUE(matches(shown, 0, found, 0)) << block.at << ": $ " << command << "\nprints\n" << joined(found);
  }
}

class Documentation : public testing::TestWithParam<const char*> {};

TEST_P(Documentation, ConsoleBlocksPrintWhatTheySay) {
  Clone clone;
  for (const Block& block : blocks_of(GetParam(), "console")) play(block, clone);
}

/// The parts of a scenario that a block shows, in a scenario that has what they refer to.
Json scenario_with(const Json& members) {
  Json scenario = Json::parse(R"json({
    "format": "drydock.scenario/1", "name": "example", "title": "An example", "horizon": "1h",
    "workspaces": [{"id": "pm"}, {"id": "w1", "parent": "pm"}, {"id": "w2", "parent": "pm"}],
    "steps": [{"at": "1m", "id": "restart", "request": "POST /workspaces/w1/restart",
               "repeat": {"times": 2, "every": "1m"}}],
    "cases": [{"policy": "latest", "expect": []}]
  })json");
  if (members.contains("workspaces")) scenario.erase("steps");  // which are about others
  for (const auto& [key, value] : members.items()) {
    if (key == "expect") {
      scenario["cases"][0]["expect"] = value;
    } else {
      scenario[key] = value;
    }
  }
  return scenario;
}

TEST_P(Documentation, JsonExamplesValidate) {
  Clone clone;
  for (const Block& block : blocks_of(GetParam(), "jsonc")) {
    std::string text = joined(block.lines);
    if (!text.starts_with('{')) text = scenario_with(Json::parse("{" + text + "}", nullptr, true, true)).dump(2);
    std::ofstream(clone.root() / "example.json") << text;
    const Lines said = clone.run("drydock validate example.json");
    const bool fine = said.size() == 1 && said.front().starts_with("ok ");
    EXPECT_TRUE(fine) << block.at << "\n" << joined(said) << text;
  }
}

TEST_P(Documentation, RelativeLinksLeadSomewhere) {
  const std::string text = read_file(kSource / GetParam());
  ASSERT_FALSE(text.empty()) << GetParam();
  const fs::path folder = (kSource / GetParam()).parent_path();
  const std::regex link(R"(\]\(([^)#: ]+)(#[^)]*)?\))");
  for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at)
    EXPECT_TRUE(fs::exists(folder / (*at)[1].str())) << GetParam() << ": " << (*at)[1].str();
}

TEST_P(Documentation, LinesFitTheirWidth) {
  std::size_t number = 0;
  bool is_output = false;
  for (const std::string& line : lines_of(read_file(kSource / GetParam()))) {
    ++number;
    if (line.starts_with("```")) is_output = line == "```console";
    if (line.starts_with("|") || is_output) continue;  // cannot be broken
    const auto columns = std::count_if(line.begin(), line.end(),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    EXPECT_LE(columns, 110) << GetParam() << ":" << number;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Documentation, testing::ValuesIn(kDocuments), [](const auto& info) {
  return std::regex_replace(std::string{info.param}, std::regex("[^A-Za-z]"), "_");
});

/// What steps and scripts of a YAML file run that plays something with drydock: the shell's text of each, read by a
/// parser of YAML.
Lines steps_in_yaml(const std::string& yaml, Clone& clone) {
  std::ofstream(clone.root() / "ci.yml") << yaml;
  std::ofstream(clone.root() / "steps.py") << R"py(
import yaml
def strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, (list, dict)):
        for child in node.values() if isinstance(node, dict) else node:
            yield from strings(child)
number = 0
for text in strings(yaml.safe_load(open("ci.yml"))):
    if any(line.startswith("drydock ") for line in text.splitlines()):
        number += 1
        open(f"step-{number}.sh", "w").write(text + "\n")
        print(f"step-{number}.sh")
)py";
  Lines steps = clone.run("python3 steps.py");
  EXPECT_EQ(clone.run("echo $?"), Lines{"0"}) << joined(steps) << yaml;
  return steps;
}

/// Runs a step as a runner does, where nothing is but the system, drydock and the repository. An hour's search is a few
/// runs here.
std::string code_of_step(const std::string& step, int night, Clone& clone) {
  clone.run("sed -i 's/--time [0-9]*m/--time 20s --runs 60/' " + step);
  const Lines said =
      clone.run("env -i PATH=\"$PWD/.bin:/usr/bin:/bin\" CI_NODE_INDEX=1 CI_NODE_TOTAL=4 CI_PIPELINE_IID=" +
                std::to_string(night) + " GITHUB_RUN_NUMBER=" + std::to_string(night) + " bash -eo pipefail " + step);
  const Lines code = clone.run("echo $?");
  return code.front() == "0" ? "0" : code.front() + "\n" + joined(said);
}

constexpr const char* kSmallWorld = R"json({
  "format": "drydock.scenario/1", "name": "small-world", "title": "One that finds nothing",
  "horizon": "1m", "workspaces": [{"id": "pm"}],
  "explore": {"requests": ["POST /workspaces/{w}/a2a"], "max_requests": 1},
  "cases": [{"policy": "latest", "expect": []}]
})json";

constexpr const char* kBrokenWorld = R"json({
  "format": "drydock.scenario/1", "name": "broken-world", "title": "One that finds something", "horizon": "10m",
  "workspaces": [{"id": "pm"}],
  "explore": {"faults": ["cp.stop:http-503"], "max_faults": 3,
              "requests": ["DELETE /workspaces/{w}?confirm=true"], "max_requests": 1},
  "cases": [{"policy": "latest", "expect": []}]
})json";

void make_repository(const std::string& world, Clone& clone) {
  clone.run("mkdir -p incidents reports && cd incidents && drydock new mine");
  std::ofstream(clone.root() / "incidents/open-world.json") << world;
}

/// The steps of the examples for CI servers run, on scenarios of one's own, and are green.
TEST(ContinuousIntegration, TheStepsOfTheExamplesRun) {
  std::size_t played = 0;
  for (const Block& block : blocks_of("docs/ci.md", "yaml")) {
    Clone clone;
    make_repository(kSmallWorld, clone);
    for (const std::string& step : steps_in_yaml(joined(block.lines), clone)) {
      EXPECT_EQ(code_of_step(step, 1, clone), "0")
          << block.at << ": " << joined(lines_of(read_file(clone.root() / step)));
      ++played;
    }
  }
  EXPECT_EQ(played, 7U);
}

/// A night is red where something new was found, and green again once it is accepted. Each has tapes of its own.
TEST(ContinuousIntegration, ANightIsRedForWhatIsNew) {
  std::size_t nights = 0;
  for (const Block& block : blocks_of("docs/ci.md", "yaml")) {
    Clone clone;
    make_repository(kBrokenWorld, clone);
    for (const std::string& step : steps_in_yaml(joined(block.lines), clone)) {
      const std::string text = read_file(clone.root() / step);
      if (text.find("drydock explore") == std::string::npos) continue;
      std::string loud = std::regex_replace(text, std::regex("drydock explore"), "drydock explore --policy april-2026");
      std::ofstream(clone.root() / step) << loud;
      EXPECT_NE(code_of_step(step, 1, clone), "0") << block.at;
      const auto first = Json::parse(read_file(clone.root() / "reports/exploration.json"));
      clone.run("drydock findings accept reports/findings.db '*' && cp reports/findings.db incidents/");
      EXPECT_EQ(code_of_step(step, 1, clone), "0") << block.at;
      (void)code_of_step(step, 2, clone);
      EXPECT_NE(Json::parse(read_file(clone.root() / "reports/exploration.json"))["seed"], first["seed"]) << block.at;
      ++nights;
    }
  }
  EXPECT_EQ(nights, 2U);
}

/// Returns the words of a text that name Debian packages of libraries to build with.
std::vector<std::string> libraries_in(const std::string& text) {
  std::vector<std::string> names;
  const std::regex library("[a-z0-9.+-]+-dev\\b");
  for (std::sregex_iterator at(text.begin(), text.end(), library), end; at != end; ++at) names.push_back(at->str());
  std::sort(names.begin(), names.end());
  return names;
}

/// Where drydock is built from source, everything is installed that it is built from, but for its own tests.
TEST(ContinuousIntegration, TheExamplesInstallWhatDrydockIsBuiltFrom) {
  const std::string dev = read_file(kSource / "dev");
  const auto from = dev.find("BUILD_PACKAGES=(");
  std::vector<std::string> needed = libraries_in(dev.substr(from, dev.find(')', from) - from));
  std::erase_if(needed, [](const std::string& name) {
    return name == "libgtest-dev" || name == "librapidcheck-dev" || name == "libpugixml-dev" ||
           name == "libbenchmark-dev";
  });
  EXPECT_GE(needed.size(), 8U);
  std::size_t builds = 0;
  for (const Block& block : blocks_of("docs/ci.md", "yaml")) {
    const std::string text = joined(block.lines);
    if (text.find("cmake -S") == std::string::npos) continue;
    EXPECT_EQ(libraries_in(text), needed) << block.at;
    ++builds;
  }
  EXPECT_EQ(builds, 2U);
}

TEST(Matching, AnEllipsisIsAnyLinesAndTheRestIsExact) {
  EXPECT_TRUE(matches({"a", "…", "d"}, 0, {"a", "b", "c", "d"}, 0));
  EXPECT_TRUE(matches({"a", "…"}, 0, {"a"}, 0));
  EXPECT_FALSE(matches({"a", "…", "e"}, 0, {"a", "b", "c", "d"}, 0));
  EXPECT_FALSE(matches({"a"}, 0, {"a", "b"}, 0));
  EXPECT_FALSE(matches({"a", "b"}, 0, {"a"}, 0));
}

TEST(Matching, ACommandThatPrintsSomethingElseIsNoticed) {
  Clone clone;
  EXPECT_EQ(clone.run("drydock no-such-command").empty(), false);
  EXPECT_EQ(clone.run("echo $?"), Lines{"2"});
}

/// What docs/answers/ holds says so itself, case by case.
TEST(Answers, TheirScenariosHold) {
  Clone clone;
  const Lines said = clone.run("drydock run docs/answers/*.json --quiet");
  EXPECT_TRUE(said.empty()) << joined(said);
  EXPECT_EQ(clone.run("echo $?"), Lines{"0"});
}

/// The document has, word for word, what the script prints. A script that breaks off shows nothing.
void expect_shown(const char* document, const std::string& script) {
  Clone clone;
  const std::string printed = joined(clone.run(script));
  EXPECT_EQ(clone.run("echo $?"), Lines{"0"}) << script << "\n" << printed;
  EXPECT_FALSE(printed.empty()) << script;
  EXPECT_NE(read_file(kSource / document).find(printed), std::string::npos) << script << "\n" << printed;
}

TEST(AnswersSlow, TheirTablesAreWhatTheScriptPrints) {
  for (const char* table : {"silence", "hang-up", "layers", "stop", "debounce", "seeds", "gap", "readers"})
    expect_shown("docs/answers.md", std::string{"docs/answers/1556.sh "} + table);
}

TEST(AnswersSlow, TheirSweepsAreWhatTheScriptPrints) {
  for (const char* sweep : {"debounce", "silence", "pace", "snapshots", "losses"})
    expect_shown("docs/answers.md", std::string{"docs/answers/sweep.sh "} + sweep);
}

using test::kSanitized;

/// Every case of every shipped scenario passes. Days of virtual time, played once for each fault, are for fast builds.
TEST(Scenarios, Hold) {
  Clone clone;
  const std::string files = kSanitized
                                ? "$(ls scenarios/*.json | grep -vE 'deprovision-rollout|split-write|ordinary-day')"
                                : "scenarios/*.json";
  const Lines said = clone.run("drydock run " + files + " --quiet --strict");
  EXPECT_TRUE(said.empty()) << joined(said);
  EXPECT_EQ(clone.run("echo $?"), Lines{"0"});
}

/// The matrix of docs/incidents.md is what its script prints, and no proof in it is still owed.
TEST(Incidents, TheMatrixIsWhatTheScriptPrints) {
  if (kSanitized) GTEST_SKIP() << "hundreds of runs: the other builds play them";
  EXPECT_EQ(read_file(kSource / "docs/incidents.md").find("TODO"), std::string::npos);
  expect_shown("docs/incidents.md", "docs/incidents.sh");
}

/// The project that docs/embedding.md shows is the one that tests/consumer builds.
TEST(Embedding, ShowsTheConsumer) {
  const std::string document = read_file(kSource / "docs/embedding.md");
  for (const char* file : {"CMakeLists.txt", "test.cpp"}) {
    const std::string text = read_file(kSource / "tests/consumer" / file);
    EXPECT_NE(document.find("\n" + text + "```\n"), std::string::npos) << file;
  }
}

/// The table of docs/mutants.md is what its script prints.
TEST(MutantsSlow, TheTableIsWhatTheScriptPrints) {
  if (!fs::exists(fs::path{DRYDOCK_BINARY}.parent_path() / "drydock-mutants")) GTEST_SKIP() << "built without them";
  expect_shown("docs/mutants.md", "JOBS=2 docs/mutants.sh");
}

/// What `fix` says of every tape and every incident stands in docs/fix.md.
TEST(FixSlow, TheTablesAreWhatTheScriptPrints) {
  if (kSanitized) GTEST_SKIP() << "sixty thousand runs: the other builds play them";
  // Of a tape that was recorded under an older model a note says so.
  expect_shown("docs/fix.md", "docs/fix.sh 2>/dev/null");
}

/// The tables of incidents in docs/clients.md are what their script prints.
TEST(ClientsSlow, TheTablesAreWhatTheScriptPrints) {
  if (kSanitized) GTEST_SKIP() << "more than a thousand runs: the other builds play them";
  expect_shown("docs/clients.md", "docs/clients.sh");
}

}  // namespace
}  // namespace drydock
