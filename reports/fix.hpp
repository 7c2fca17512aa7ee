#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/json_parts.hpp"
#include "reports/style.hpp"
#include "scenarios/fix/fixes.hpp"

namespace drydock::reports {

/// What was to be changed: knobs, the world, or the changes of a policy.
enum class FixOver : std::uint8_t { knobs, world, policy };

/// A search for fixes as reports see it.
struct FixReport {
  scenarios::Fixes fixes;
  FixOver over = FixOver::knobs;
  std::string scenario;
  std::string case_name;
  std::string policy;
  std::string ablated;    // the policy whose changes were tried; empty: none was named
  std::string workspace;  // of the violation; may be empty
  std::string message;    // of the violation
  std::uint64_t budget = 0;
  std::vector<std::string> commands;  // of each fix: plays the failing run with it
  std::string reproduce;              // asks the same again
};

/// Says in one line what to change; where nothing was found, that.
[[nodiscard]] std::string fix_sentence(const FixReport& report);

/// Says what to change, what that was judged by, what it breaks and costs, and what else holds. Lines have at most
/// `kWidth` columns, except the commands to copy.
[[nodiscard]] std::string fix_text(const FixReport& report, TextStyle style);

/// Writes the same as `drydock.fix/1`.
[[nodiscard]] std::string fix_document(const FixReport& report);

}  // namespace drydock::reports
