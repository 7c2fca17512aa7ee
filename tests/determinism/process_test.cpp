// The shipped binary, started again in another world: other addresses, other memory, another clock,
// language and folder. What it prints of the same runs is the same, to the last byte but wall_ms.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/determinism/catalogue.hpp"

namespace drydock::determinism {
namespace {

using Texts = std::vector<std::string>;

/// What a process is born into.
struct Surroundings {
  std::string what;
  Texts environment;
  std::string folder = "/";
  /// Without it the kernel moves stack, heap and libraries at every start.
  bool fixed_addresses = false;
  Texts more_arguments;
};

std::vector<char*> pointers_to(Texts& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void become(Texts arguments, Surroundings surroundings, int out) {
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> envp = pointers_to(surroundings.environment);
  // Where it is forbidden (some containers), the addresses stay as random as they were.
  if (surroundings.fixed_addresses) (void)personality(ADDR_NO_RANDOMIZE);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  if (chdir(surroundings.folder.c_str()) == 0) execve(argv[0], argv.data(), envp.data());
  _exit(126);
}

std::string output_of(const Texts& arguments, const Surroundings& surroundings) {
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) return "no pipe";
  Texts all{DRYDOCK_BINARY};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(), surroundings.more_arguments.begin(), surroundings.more_arguments.end());
  const pid_t child = fork();
  if (child == 0) become(all, surroundings, pipe_ends[1]);
  close(pipe_ends[1]);
  std::string out;
  std::array<char, 4096> chunk{};
  for (ssize_t got = 0; (got = ::read(pipe_ends[0], chunk.data(), chunk.size())) > 0;) {
    out.append(chunk.data(), static_cast<std::size_t>(got));
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  // 0 and 1 are verdicts, 3 a bound; the rest is trouble.
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code != 0 && code != 1 && code != 3) out += "exit code " + std::to_string(code);
  return std::regex_replace(out, std::regex("\"wall_ms\": [^,]*"), "\"wall_ms\": 0");
}

/// Memory that malloc hands out is filled with this byte: by glibc, and by ASan where it is linked
/// in. A member without an initialiser then holds another value.
Texts filled_with(int byte) {
  const std::string text = std::to_string(byte);
  return {"MALLOC_PERTURB_=" + text, "ASAN_OPTIONS=max_malloc_fill_size=1000000000:malloc_fill_byte=" + text};
}

std::vector<Surroundings> all_surroundings() {
  const std::string temporary = std::filesystem::temp_directory_path();
  return {
      {.what = "nothing in the environment", .environment = {}, .more_arguments = {}},
      {.what = "the same again", .environment = {}, .more_arguments = {}},
      {.what = "fixed addresses",
       .environment = {},
       .folder = temporary,
       .fixed_addresses = true,
       .more_arguments = {}},
      {.what = "another zone, language and size of the environment",
       .environment = {"TZ=Pacific/Chatham", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8", "HOME=/nowhere",
                       "PADDING=" + std::string(100'000, 'x')},
       .folder = temporary,
       .more_arguments = {}},
      {.what = "memory filled with 5a", .environment = filled_with(0x5a), .more_arguments = {}},
      {.what = "memory filled with a5", .environment = filled_with(0xa5), .more_arguments = {}},
      {.what = "three threads", .environment = {}, .more_arguments = {"--jobs", "3"}},
  };
}

Texts run_of_everything(const Texts& options) {
  Texts arguments{"run"};
  for (const std::string& name : some_names()) arguments.push_back(argument_for(name));
  arguments.insert(arguments.end(), {"--format", "json"});
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

void expect_the_same_everywhere(const Texts& options) {
  const Texts arguments = run_of_everything(options);
  std::string first;
  for (const Surroundings& surroundings : all_surroundings()) {
    const std::string out = output_of(arguments, surroundings);
    if (first.empty()) first = out;
    ASSERT_EQ(out, first) << surroundings.what;
  }
}

TEST(TwoProcesses, PrintTheSameOfEveryCase) { expect_the_same_everywhere({}); }

TEST(TwoProcesses, PrintTheSameOfASeedUnderPresets) {
  expect_the_same_everywhere({"--seed", "7", "--policy", "latest", "--policy", "pre-1556"});
}

TEST(TwoProcesses, PlayWhatThisProcessPlays) {
  // The tests' objects and the binary's are compiled alike but linked otherwise (LTO in a release).
  const auto printed = nlohmann::json::parse(output_of(run_of_everything({}), all_surroundings().front()));
  std::size_t at = 0;
  for (const std::string& name : some_names()) {
    for (const Job& job : cases_of(name)) {
      ASSERT_LT(at, printed["results"].size());
      EXPECT_EQ(printed["results"][at++]["trace_hash"], hex(play(job).trace_hash)) << name_of(job);
    }
  }
  EXPECT_EQ(at, printed["results"].size());
}

}  // namespace
}  // namespace drydock::determinism
