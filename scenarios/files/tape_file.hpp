#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/decoded.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

/// A run on file (`drydock.tape/1`): scenario inline, policy, settings and the non-zero decisions. Its one case is the
/// run that the tape records.
struct TapeFile {
  Scenario scenario;
  CaseSpec played;
  sim::Tape tape;
  std::optional<std::uint64_t> trace_hash;  // what the run hashed to when it was recorded
  Json finding;                             // null, or {invariant, signature, message}
};

[[nodiscard]] Decoded<TapeFile> decode_tape(const std::string& file, std::string_view text);

/// Writes the tape file of an outcome: pretty-printed JSON with a final newline.
[[nodiscard]] std::string encode_tape(const Scenario& scenario, const CaseSpec& played, const Outcome& outcome);

/// A decision as `--deviate` writes it, `site#n=value`; or why the text is none.
struct Deviation {
  std::optional<sim::Decision> decision;
  std::string error;
  std::string hint;
};
[[nodiscard]] Deviation parse_deviation(std::string_view text);

}  // namespace drydock::scenarios
