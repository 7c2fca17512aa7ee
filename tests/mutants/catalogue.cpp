#include "tests/mutants/catalogue.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace drydock::mutants {
namespace {

bool is_kebab(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
  });
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void append(std::string& text, const std::string& line) {
  if (!text.empty()) text += ' ';
  text += line;
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  void line(const std::string& text) {
    ++number_;
    const std::string bare = trimmed(text);
    if (bare.empty() || bare.starts_with('#')) return;
    const auto space = bare.find(' ');
    const std::string word = bare.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : trimmed(bare.substr(space));
    if (word == "file") {
      finish();
      file_ = rest;
    } else if (word == "mutant") {
      begin(rest);
    } else {
      field(word, rest);
    }
  }

  std::vector<Mutant> end() {
    finish();
    return std::move(read_);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw std::invalid_argument(name_ + ":" + std::to_string(number_) + ": " + message);
  }

  void begin(const std::string& mutant) {
    finish();
    if (file_.empty()) fail("a mutant needs a file line before it");
    if (!is_kebab(mutant)) fail("a mutant's name is in kebab case");
    open_ = true;
    now_ = {};
    now_.name = mutant;
    now_.file = file_;
    in_.clear();
    replaced_ = false;
  }

  void field(const std::string& word, const std::string& rest) {
    if (!open_) fail("'" + word + "' belongs to no mutant");
    if (word == "kind") {
      now_.kind = rest;
    } else if (word == "what") {
      append(now_.what, rest);
    } else if (word == "in") {
      in_ = rest;
    } else if (word == "-") {
      if (replaced_ || now_.changes.empty()) now_.changes.push_back({in_, "", ""});
      replaced_ = false;
      append(now_.changes.back().find, rest);
    } else if (word == "+") {
      if (now_.changes.empty()) fail("'+' has no '-' before it");
      replaced_ = true;
      append(now_.changes.back().replace, rest);
    } else if (word == "equivalent") {
      append(now_.equivalent, rest);
    } else {
      fail("no line begins with '" + word + "'");
    }
  }

  void finish() {
    if (!open_) return;
    open_ = false;
    const auto& known = kinds();
    if (std::find(known.begin(), known.end(), now_.kind) == known.end())
      fail(now_.name + " has no kind, or one that is not known");
    if (now_.what.empty() || now_.changes.empty()) fail(now_.name + " needs 'what' and a '-' line");
    read_.push_back(std::move(now_));
  }

  std::string name_;
  int number_ = 0;
  std::string file_;
  bool open_ = false;
  bool replaced_ = false;  // a `+` line was the last of its change
  std::string in_;
  Mutant now_;
  std::vector<Mutant> read_;
};

}  // namespace

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> all{"skip-write",   "drop-guard",   "swap-effects", "retry-less",
                                            "ignore-error", "widen-window", "wrong-status", "wrong-value"};
  return all;
}

std::vector<Mutant> read_catalogue(const std::string& name, std::string_view text) {
  Reader reader(name);
  std::istringstream lines{std::string{text}};
  for (std::string line; std::getline(lines, line);) reader.line(line);
  return reader.end();
}

int number_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return static_cast<int>(hash % 0x7FFFFFFEU) + 1;
}

std::vector<Mutant> join(std::vector<std::vector<Mutant>> files) {
  std::vector<Mutant> all;
  std::map<int, std::string> numbers;
  for (std::vector<Mutant>& file : files) {
    for (const Mutant& mutant : file) {
      const auto [taken, fresh] = numbers.emplace(number_of(mutant.name), mutant.name);
      if (fresh) continue;
      throw std::invalid_argument(taken->second == mutant.name
                                      ? "two mutants are called " + mutant.name
                                      : "rename one of " + taken->second + " and " + mutant.name);
    }
    all.insert(all.end(), std::make_move_iterator(file.begin()), std::make_move_iterator(file.end()));
  }
  return all;
}

}  // namespace drydock::mutants
