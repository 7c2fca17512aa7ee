#pragma once

#include <boost/program_options.hpp>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::cli {

namespace po = boost::program_options;

/// The command line is wrong: exit code 2. The hint says what was probably meant; it is empty where that cannot be
/// guessed.
class UsageError : public std::runtime_error {
 public:
  UsageError(const std::string& message, const std::string& nearest_name)
      : std::runtime_error(message), hint_(nearest_name.empty() ? "" : "did you mean " + nearest_name + "?") {}

  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  std::string hint_;
};

/// Holds the texts of a command's help, which begins with the examples. Texts are laid out by hand for 80 columns.
struct Usage {
  std::string_view synopsis;  // `drydock run FILE… [options]`
  std::string_view examples;
  std::string_view notes;
};

/// Says how help calls the words of a command that have no dashes, and how many there may be.
struct Operands {
  std::string_view name;
  std::size_t least = 0;
  std::size_t most = 0;
  std::vector<std::string> words = {};  // the first is one of these; none: anything
};

/// Holds everything that a command says of itself. Help, completion and the manual page are made of it.
struct Description {
  Usage usage;
  po::options_description options;  // with --help
  Operands operands;
};

}  // namespace drydock::cli
