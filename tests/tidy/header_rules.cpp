// A header includes the standard headers whose names it uses. What another header happens to include is that header's
// affair: it may stop doing so, and another standard library may not do so at all.

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

struct StandardNames {
  std::string_view header;
  std::string_view names;  // between spaces, without std::
};

// `std::less` is missing on purpose: it comes with the containers that it orders.
constexpr std::array<StandardNames, 33> kStandardNames = {{
    {"algorithm", " any_of all_of none_of clamp count_if find find_if max min sort stable_sort transform "},
    {"array", " array to_array "},
    {"atomic", " atomic atomic_bool atomic_flag "},
    {"bitset", " bitset "},
    {"chrono", " chrono chrono_literals "},
    {"compare", " strong_ordering weak_ordering partial_ordering "},
    {"concepts", " same_as convertible_to invocable integral "},
    {"condition_variable", " condition_variable "},
    {"coroutine", " coroutine_handle suspend_always suspend_never noop_coroutine "},
    {"cstddef", " size_t ptrdiff_t nullptr_t byte "},
    {"cstdint", " int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t "},
    {"deque", " deque "},
    {"exception", " exception exception_ptr current_exception rethrow_exception "},
    {"filesystem", " filesystem "},
    {"functional", " function invoke ref cref reference_wrapper "},
    {"initializer_list", " initializer_list "},
    {"limits", " numeric_limits "},
    {"list", " list "},
    {"map", " map multimap "},
    {"memory", " unique_ptr shared_ptr weak_ptr make_unique make_shared addressof "},
    {"mutex", " mutex lock_guard scoped_lock unique_lock once_flag call_once "},
    {"optional", " optional nullopt nullopt_t make_optional "},
    {"queue", " queue priority_queue "},
    {"set", " set multiset "},
    {"span", " span dynamic_extent "},
    {"stdexcept", " runtime_error logic_error invalid_argument out_of_range "},
    {"string", " string to_string stoi stoul stoull "},
    {"string_view", " string_view "},
    {"thread", " thread jthread "},
    {"tuple", " tuple tie make_tuple apply "},
    {"type_traits", " is_same_v is_void_v is_base_of_v decay_t remove_cvref_t conditional_t invoke_result_t "},
    {"utility", " pair make_pair move forward exchange swap as_const in_place index_sequence "},
    {"variant", " variant monostate visit get_if holds_alternative "},
}};

// Streams have a header that only declares them, and others that define more than one.
constexpr std::string_view kStreams = " istream ostream iostream ";
constexpr std::array<std::string_view, 6> kStreamHeaders = {"iosfwd",   "istream", "ostream",
                                                            "iostream", "sstream", "fstream"};

class HeaderCheck {
 public:
  HeaderCheck(const Unit& unit, Findings& out) : unit_(unit), out_(out) {}

  void run() {
    const Tokens& tokens = unit_.tokens;
    for (std::size_t i = 0; i < tokens.code.size(); ++i) {
      if (tokens.is(i, "<=>")) need("compare", tokens.code[i], "<=>");
      const bool standard = tokens.is_word(i) && i >= 2 && tokens.is(i - 1, "::") && tokens.is(i - 2, "std");
      if (standard) check(tokens.code[i]);
    }
  }

 private:
  void check(const Token& token) {
    const std::string name = "std::" + token.text;
    if (kStreams.find(" " + token.text + " ") != std::string_view::npos) {
      const bool included = std::any_of(kStreamHeaders.begin(), kStreamHeaders.end(),
                                        [&](std::string_view header) { return includes(header); });
      if (!included) need("iosfwd", token, name);
    }
    for (const StandardNames& row : kStandardNames) {
      if (row.names.find(" " + token.text + " ") != std::string_view::npos) need(row.header, token, name);
    }
  }

  bool includes(std::string_view header) const {
    const auto& all = unit_.tokens.includes;
    return std::any_of(all.begin(), all.end(), [&](const Include& include) { return include.path == header; });
  }

  /// Each header is missed once, at the first name that needs it.
  void need(std::string_view header, const Token& token, const std::string& name) {
    if (includes(header) || !missed_.insert(header).second) return;
    unit_.report(out_, token.line, "self-contained",
                 name + ": this header uses it and does not include <" + std::string(header) + ">");
  }

  const Unit& unit_;
  Findings& out_;
  std::set<std::string_view> missed_;
};

}  // namespace

void check_standard_headers(const Unit& unit, Findings& out) {
  if (unit.file.path.ends_with(".hpp")) HeaderCheck(unit, out).run();
}

}  // namespace drydock::tidy
