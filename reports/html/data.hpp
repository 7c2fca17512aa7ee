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

/// Makes the data that the scripts of the report draw, small enough to hold a hundred thousand events. Runs share a
/// table of texts, one of details and one of *shapes*: a shape is all that an event says except its time and its cause.
/// The events of a run are then three columns of numbers. docs/reports.md documents the keys.
class HtmlData {
 public:
  /// Makes the data of these runs. Every text goes through `printable` once, so what a page shows cannot reorder the
  /// words around it.
  [[nodiscard]] Ordered of(std::span<const CaseReport> reports);

 private:
  /// A shape is kind, actor, workspace, instance, detail, and of an answer also its words, because they name the
  /// request.
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

/// A `RunPair` is two runs of one scenario that a page shows side by side.
struct RunPair {
  std::size_t a = 0;
  std::size_t b = 0;
};

/// Pairs the runs of each scenario that has several. Its first run that broke a promise or did not pass (else its first
/// run) is paired with each other run, beginning with the one after it.
[[nodiscard]] std::vector<RunPair> pairs_of(std::span<const CaseReport> reports);

}  // namespace drydock::reports
