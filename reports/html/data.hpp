#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "reports/case_report.hpp"
#include "reports/json_parts.hpp"
#include "reports/timeline.hpp"

namespace drydock::reports {

/// What the scripts of the report draw, small enough to hold a hundred thousand events. Runs share a table of texts,
/// one of details and one of *shapes*: all that an event says besides when and because of what. A run's events are then
/// three columns of numbers. docs/reports.md documents the keys.
class HtmlData {
 public:
  /// Every text goes through `printable` once; what a page shows cannot reorder the words around it.
  [[nodiscard]] Ordered of(std::span<const CaseReport> reports);

 private:
  /// Kind, actor, workspace, instance, detail, and of an answer its words: they name its request.
  using Shape = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t, std::size_t, std::size_t>;

  [[nodiscard]] std::size_t text(const std::string& raw);
  [[nodiscard]] std::size_t detail(const std::string& json);
  [[nodiscard]] std::size_t shape(const scenarios::ShownEvent& event, StepRequests& requests);
  [[nodiscard]] Ordered events(const scenarios::Outcome& outcome);
  [[nodiscard]] Ordered rows(const scenarios::Outcome& outcome);
  [[nodiscard]] Ordered volumes(const scenarios::Outcome& outcome);
  [[nodiscard]] Ordered violations(const scenarios::Outcome& outcome);
  [[nodiscard]] Ordered decisions(const scenarios::Outcome& outcome);
  [[nodiscard]] Ordered responses(const scenarios::Outcome& outcome);
  [[nodiscard]] Ordered run(const CaseReport& report);

  std::map<std::string, std::size_t> text_ids_;
  Ordered texts_ = Ordered::array();
  std::map<std::string, std::size_t> detail_ids_;
  Ordered details_ = Ordered::array();
  std::map<Shape, std::size_t> shape_ids_;
  Ordered shapes_ = Ordered::array();
};

/// Two runs of one scenario that a page shows side by side.
struct RunPair {
  std::size_t a = 0;
  std::size_t b = 0;
};

/// For each scenario with several runs: its first run that broke a promise or did not pass (else its first), with each
/// other one, the one after it first.
[[nodiscard]] std::vector<RunPair> pairs_of(std::span<const CaseReport> reports);

}  // namespace drydock::reports
