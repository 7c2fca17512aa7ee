// What could make two runs of one tape differ: hash order, addresses, clocks, chance of another
// kind than the tape.

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

struct Exception {
  std::string_view rule;
  std::string_view folder;
  std::string_view why;
};

// Where a rule does not hold. Keep it short; each line says what the exception is good for.
constexpr std::array<Exception, 14> kExceptions = {{
    {"wall-clock", "cli/", "wall_ms, the progress line, --time: nothing that a result depends on"},
    {"wall-clock", "server/", "how long clients wait; what a session depends on is written down"},
    {"wall-clock", "bench/", "measuring is what it is for"},
    {"wall-clock", "sim/search/stopwatch.hpp", "how long a search took, and when it is to end"},
    {"thread-local", "sim/memory.cpp", "which blocks are free: nothing reads their addresses"},
    {"thread-local", "sim/arena.cpp", "in which arena a thread is: nothing reads the addresses of its blocks"},
    {"thread-local", "server/http_server.cpp", "whose request a thread serves: cpp-httplib hands it on without"},
    {"address", "sim/arena.cpp", "an address tells in which arena a block lies, and nothing else"},
    {"kept-static", "sim/memory.cpp", "made where a thread takes its first chunk from the heap, in no arena"},
    {"kept-static", "model/kinds.cpp", "made with the first World, outside"},
    {"kept-static", "model/store/sqlite_setup.cpp", "made with the first database, outside"},
    {"kept-static", "scenarios/run.cpp", "made with the first workbench, outside"},
    {"kept-static", "scenarios/files/", "reads what users write: no run calls it"},
    {"kept-static", "scenarios/logs/", "reads logs: no run calls it"},
}};

struct BannedWord {
  std::string_view word;
  std::string_view rule;
  std::string_view message;
};

// Words that have no innocent use.
constexpr std::array<BannedWord, 29> kBannedWords = {{
    {"unordered_map", "hash-order", "iteration order differs between libraries: use std::map"},
    {"unordered_set", "hash-order", "iteration order differs between libraries: use std::set"},
    {"unordered_multimap", "hash-order", "iteration order differs between libraries"},
    {"unordered_multiset", "hash-order", "iteration order differs between libraries"},
    {"random_device", "chance", "the tape is the only source of chance"},
    {"mt19937", "chance", "the tape is the only source of chance"},
    {"mt19937_64", "chance", "the tape is the only source of chance"},
    {"default_random_engine", "chance", "the tape is the only source of chance"},
    {"minstd_rand", "chance", "the tape is the only source of chance"},
    {"srand", "chance", "the tape is the only source of chance"},
    {"steady_clock", "wall-clock", "time is virtual: ask the scheduler"},
    {"system_clock", "wall-clock", "time is virtual: ask the scheduler"},
    {"high_resolution_clock", "wall-clock", "time is virtual: ask the scheduler"},
    {"utc_clock", "wall-clock", "time is virtual: ask the scheduler"},
    {"file_clock", "wall-clock", "time is virtual: ask the scheduler"},
    {"timespec_get", "wall-clock", "time is virtual: ask the scheduler"},
    {"ftime", "wall-clock", "time is virtual: ask the scheduler"},
    {"CLOCKS_PER_SEC", "wall-clock", "time is virtual: ask the scheduler"},
    {"clock_gettime", "wall-clock", "time is virtual: ask the scheduler"},
    {"gettimeofday", "wall-clock", "time is virtual: ask the scheduler"},
    {"sleep_for", "wall-clock", "time is virtual: await the clock"},
    {"sleep_until", "wall-clock", "time is virtual: await the clock"},
    {"localtime", "wall-clock", "depends on the machine's time zone"},
    {"localtime_r", "wall-clock", "depends on the machine's time zone"},
    {"mktime", "wall-clock", "depends on the machine's time zone"},
    {"current_zone", "wall-clock", "depends on the machine's time zone"},
    {"uintptr_t", "address", "an address is another one in the next run"},
    {"intptr_t", "address", "an address is another one in the next run"},
    {"thread_local", "thread-local", "a run owns its World; runs move between threads"},
}};

constexpr std::array<std::string_view, 5> kOrdered = {"map", "set", "multimap", "multiset", "less"};

bool is_excepted(const Unit& unit, std::string_view rule) {
  return std::any_of(kExceptions.begin(), kExceptions.end(), [&](const Exception& exception) {
    return exception.rule == rule && unit.below(exception.folder);
  });
}

void report(const Unit& unit, const Token& token, std::string_view rule, std::string_view message, Findings& out) {
  if (is_excepted(unit, rule)) return;
  unit.report(out, token.line, std::string(rule), token.text + ": " + std::string(message));
}

void check_word(const Unit& unit, const Token& token, Findings& out) {
  if (token.kind != Kind::word) return;
  for (const BannedWord& banned : kBannedWords) {
    if (token.text == banned.word) report(unit, token, banned.rule, banned.message, out);
  }
}

// std::hash, std::clock, std::shuffle, std::ranges::shuffle, std::uniform_int_distribution …
void check_standard_name(const Unit& unit, std::size_t i, Findings& out) {
  const Tokens& tokens = unit.tokens;
  const bool qualified = i >= 2 && tokens.is(i - 1, "::") && (tokens.is(i - 2, "std") || tokens.is(i - 2, "ranges"));
  if (!qualified) return;
  const Token& token = tokens.code[i];
  if (token.text == "clock") {
    report(unit, token, "wall-clock", "time is virtual: ask the scheduler", out);
  } else if (token.text == "hash") {
    report(unit, token, "std-hash", "differs between libraries: use sim/hash.hpp", out);
  } else if (token.text == "shuffle" || token.text == "sample" || token.text.ends_with("_distribution")) {
    report(unit, token, "chance", "differs between libraries: choose with the tape", out);
  }
}

// rand(), time(nullptr), clock(): common words, so only when called as the C library's functions.
void check_c_call(const Unit& unit, std::size_t i, Findings& out) {
  const Tokens& tokens = unit.tokens;
  if (!tokens.is_word(i) || !tokens.is(i + 1, "(")) return;
  if (i > 0 && (tokens.is(i - 1, ".") || tokens.is(i - 1, "->"))) return;
  const bool no_argument = tokens.is(i + 2, ")");
  const bool declared = i > 0 && tokens.is_word(i - 1) && !tokens.is(i - 1, "return") && !tokens.is(i - 1, "co_return");
  const Token& token = tokens.code[i];
  if (token.text == "rand" && no_argument && !declared) {
    report(unit, token, "chance", "the tape is the only source of chance", out);
  }
  if (token.text == "time" &&
      (tokens.is(i + 2, "nullptr") || tokens.is(i + 2, "NULL") || tokens.is(i + 2, "0") || tokens.is(i + 2, "&"))) {
    report(unit, token, "wall-clock", "time is virtual: ask the scheduler", out);
  }
}

// A static that is made when a run first comes by: the run may lie in an arena, which forgets it (Stage::set_up_arena).
void check_static(const Unit& unit, std::size_t i, Findings& out) {
  const Tokens& tokens = unit.tokens;
  const bool of_a_run = unit.below("sim/") || unit.below("model/") || unit.below("faults/") || unit.below("scenarios/");
  if (!of_a_run || !tokens.is(i, "static") || tokens.is(i + 1, "constexpr")) return;
  for (std::size_t k = i + 1; k < tokens.code.size(); ++k) {
    if (tokens.is(k, "(") || tokens.is(k, ";")) return;  // a function, or a declaration
    if (!tokens.is(k, "=") && !tokens.is(k, "{")) continue;
    report(unit, tokens.code[i], "kept-static", "an arena would forget it: make it constexpr, or with the World", out);
    return;
  }
}

// std::map<T*, …>: its order is the allocator's.
void check_pointer_key(const Unit& unit, std::size_t i, Findings& out) {
  const Tokens& tokens = unit.tokens;
  const bool ordered = tokens.is_word(i) && tokens.is(i + 1, "<") && i >= 1 && tokens.is(i - 1, "::") &&
                       std::find(kOrdered.begin(), kOrdered.end(), tokens.code[i].text) != kOrdered.end();
  if (!ordered) return;
  int depth = 1;
  for (std::size_t k = i + 2; k < tokens.code.size() && depth > 0; ++k) {
    if (tokens.is(k, "<")) ++depth;
    if (tokens.is(k, ">")) --depth;
    if (tokens.is(k, ";") || tokens.is(k, "{") || (depth == 1 && tokens.is(k, ","))) return;
    const bool address = (tokens.is(k, "*") && depth >= 1) || tokens.is(k, "shared_ptr") ||
                         tokens.is(k, "unique_ptr") || tokens.is(k, "coroutine_handle");
    if (!address) continue;
    report(unit, tokens.code[i], "pointer-key", "ordered by addresses: key it by an id", out);
    return;
  }
}

}  // namespace

void check_determinism(const Unit& unit, Findings& out) {
  for (const Token& token : unit.tokens.directives) check_word(unit, token, out);
  for (std::size_t i = 0; i < unit.tokens.code.size(); ++i) {
    check_word(unit, unit.tokens.code[i], out);
    check_standard_name(unit, i, out);
    check_c_call(unit, i, out);
    check_pointer_key(unit, i, out);
    check_static(unit, i, out);
  }
}

}  // namespace drydock::tidy
