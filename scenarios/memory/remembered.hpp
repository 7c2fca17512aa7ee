#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenarios {

/// Says how a finding stands that a memory of findings has.
enum class FindingState : std::uint8_t {
  is_new,           // nobody has accepted it
  known,            // accepted, and there
  fixed,            // its tape still fits, and breaks the promise no more
  reopened,         // it was fixed, or retired, and is there again
  does_not_replay,  // its tape says neither: its decisions fit no longer
};
[[nodiscard]] std::string_view to_text(FindingState state);
[[nodiscard]] std::optional<FindingState> parse_finding_state(std::string_view text);
[[nodiscard]] std::vector<std::string> finding_state_names();

/// Tells whether a pipeline is red for a finding that stands so.
[[nodiscard]] bool is_red(FindingState state);

/// Says what a night shows of a finding.
enum class Shown : std::uint8_t {
  breaks,        // a run breaks the promise in this way
  kept,          // its tape was played, and the promise was kept
  does_not_fit,  // its tape was played, and fits no longer
};

/// Names a finding: the way in which a promise is broken, under a policy. The scenario is no part of it: the same chain
/// of causes is the same hazard in any world.
struct FindingKey {
  std::string policy;  // with the knobs that were set: `latest,restart.debounce_window=60s`
  std::string promise;
  std::string signature;
  friend auto operator<=>(const FindingKey&, const FindingKey&) = default;
};

/// Says when and by what a finding was seen.
struct Occasion {
  std::string date;      // as `--date` gave it; empty: never
  std::string campaign;  // the directory of --campaign, else the command and what it played
  std::string model;     // the version of Drydock, and a hash of how its platform behaves
  friend bool operator==(const Occasion&, const Occasion&) = default;
};

/// A finding as a memory of findings has it.
struct RememberedFinding {
  FindingKey key;
  FindingState state = FindingState::is_new;
  std::string why{};       // why it stands so, where that needs a word
  std::string accepted{};  // the date; empty: it is not accepted
  std::string retired{};   // the date; empty: it is not retired
  std::string note{};
  std::string link{};
  std::string scenario{};  // in which its tape was found
  std::string message{};
  std::uint64_t size = 0;  // decisions of the tape
  std::string tape{};      // a tape file's text; empty where there can be none
  Occasion first{};
  Occasion last{};

  /// Returns the name that its tape file has: `no-orphan-1f9b2c07`.
  [[nodiscard]] std::string name() const;
  /// Returns the name with the policy before it: `latest/no-orphan-1f9b2c07`.
  [[nodiscard]] std::string full_name() const;
};

/// Lets a finding stand as a night shows it.
void take(RememberedFinding& finding, Shown shown, const std::string& why);

/// Accepts a finding: what is new or reopened is known from now on. One that is fixed stays so.
void accept(RememberedFinding& finding, const std::string& date);

}  // namespace drydock::scenarios
