#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/observation.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

/// The abstract state of a workspace in words. A state that holds before anything happened is none: its text is empty.
struct AbstractState {
  std::string status;                   // of the row; `none` where there is no row
  bool has_url = false;                 // of the row
  std::string instance;                 // the state of the instance that the row names; `none` where it names none
  std::uint32_t live = 0;               // how many of its instances live; 3: that many, or more
  std::string wished;                   // by its client: `run`, `rest`, or `nothing` where it wished nothing
  std::vector<std::string> operations;  // under way, sorted; one that is under way twice stands there twice

  /// Writes the state as one line, which `parse` reads: `online url | running | live 1 | run | restart, provision`.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static AbstractState parse(std::string_view text);
  friend bool operator==(const AbstractState&, const AbstractState&) = default;
};

/// Counts what a run has reached, for the coverage of a search. The abstract state of a workspace is made of: the
/// status of its row, whether the row has a url, the state of the instance that the row names, how many of its
/// instances live (up to 3), whether its client wishes it to run, and which operations are under way. A transition is a
/// step from one such state to another, together with what caused the step. Each is kept as a hash. It judges nothing.
class AbstractStates final : public model::Observer {
 public:
  void row_written(model::Observation& seen, const model::RowChange& change) override;
  void instance_entered(model::Observation& seen, const model::InstanceChange& change) override;
  void stop_returned(model::Observation& seen, const model::StopOutcome& stop) override;
  void operation_ended(model::Observation& seen, const model::Operation& operation) override;
  void answered(model::Observation& seen, const model::RequestFacts& request, const model::Response& response,
                std::uint32_t event) override;
  [[nodiscard]] bool rests(const model::Observation& /*seen*/) const override { return true; }

  /// Return hashes in ascending order, each once.
  [[nodiscard]] std::vector<std::uint64_t> states() const;
  [[nodiscard]] std::vector<std::uint64_t> transitions() const;
  /// Returns the names (`AbstractState::text`) of `states`, in their order.
  [[nodiscard]] std::vector<std::string> state_names() const;
  /// Returns what `transitions` are, in their order.
  [[nodiscard]] std::vector<sim::search::StateStep> steps() const;

 private:
  /// A step that was taken; `because` lives as long as the program.
  struct Taken {
    std::uint64_t transition = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string_view because;
  };

  void look(const model::Observation& seen, model::WorkspaceKey key, std::uint64_t because, std::string_view words);
  [[nodiscard]] std::vector<Taken> taken_once() const;

  std::vector<std::uint64_t> current_;             // state, by workspace key
  std::map<std::uint64_t, AbstractState> states_;  // that were reached
  std::vector<Taken> taken_;
};

}  // namespace drydock::scenarios
