#include "scenarios/metrics.hpp"

#include <algorithm>
#include <array>

#include "model/invariants/catalogue.hpp"
#include "model/kinds.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::string_view kViolationsOf = "violations:";

double count_of(const Outcome& outcome, std::string_view kind) {
  const auto found = outcome.counts.find(std::string{kind});
  return found == outcome.counts.end() ? 0 : static_cast<double>(found->second);
}

double measured(const Outcome& outcome, std::string_view name) {
  const auto found = outcome.metrics.find(std::string{name});
  return found == outcome.metrics.end() ? 0 : found->second;
}

struct MetricRow {
  MetricInfo info;
  /// Null: the run's meters have it (`Outcome::metrics`).
  double (*read)(const Outcome& outcome);
};

constexpr auto kMetrics = std::to_array<MetricRow>({
    {{"starts", "instances", "launches that the control plane accepted (provision.ec2_started)"},
     [](const Outcome& outcome) { return count_of(outcome, "provision.ec2_started"); }},
    {{"stops", "instances", "Stops that returned success (provision.ec2_stopped)"},
     [](const Outcome& outcome) { return count_of(outcome, "provision.ec2_stopped"); }},
    {{"violations", "promises", "promises broken, all invariants together"},
     [](const Outcome& outcome) { return static_cast<double>(outcome.violations.size()); }},
    {{"unlisted_violations", "promises", "promises broken that the case does not list"},
     [](const Outcome& outcome) { return static_cast<double>(outcome.unlisted.size()); }},
    {{"orphan_instance_hours", "h",
      "live instances that no row names which is to have one, times how long they were so"},
     nullptr},
    {{"instance_hours", "h", "live (pending or running) instances, times how long they were so"}, nullptr},
    {{"unavailable_s", "s",
      "workspaces wished to run, times how long they were not online or degraded on a running instance"},
     nullptr},
    {{"lost_writes", "writes", "guest writes that went with their volume and are in no snapshot"}, nullptr},
    {{"ec2_calls", "calls", "EC2 API calls, answered with success or with an error"},
     [](const Outcome& outcome) { return count_of(outcome, "ec2.call") + count_of(outcome, "ec2.error"); }},
    {{"ec2_errors", "calls", "EC2 API calls answered with an error"},
     [](const Outcome& outcome) { return count_of(outcome, "ec2.error"); }},
});

constexpr auto kInfos = [] {
  std::array<MetricInfo, kMetrics.size()> infos{};
  for (std::size_t i = 0; i < kMetrics.size(); ++i) infos[i] = kMetrics[i].info;
  return infos;
}();

double violations_of(const Outcome& outcome, std::string_view invariant) {
  return static_cast<double>(std::count_if(outcome.violations.begin(), outcome.violations.end(),
                                           [&](const ShownViolation& one) { return one.invariant == invariant; }));
}

}  // namespace

std::span<const MetricInfo> metric_table() { return kInfos; }

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  names.reserve(kInfos.size());
  for (const MetricInfo& info : kInfos) names.emplace_back(info.name);
  for (const auto& info : model::invariant_catalogue())
    names.push_back(std::string{kViolationsOf} + std::string{info.name});
  for (const sim::KindInfo& kind : model::kind_table()) names.emplace_back(kind.name);
  return names;
}

bool counts_on_at_rest(std::string_view name) {
  const auto kinds = model::idle_kinds();
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](sim::Kind kind) { return model::kind_table()[static_cast<std::size_t>(kind)].name == name; });
}

std::optional<double> metric_of(const Outcome& outcome, std::string_view name) {
  const auto* row =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const MetricRow& one) { return one.info.name == name; });
  if (row != kMetrics.end()) return row->read ? row->read(outcome) : measured(outcome, name);
  // A user's own invariants are in no catalogue: whoever asks for one knows which there are.
  if (name.starts_with(kViolationsOf)) return violations_of(outcome, name.substr(kViolationsOf.size()));
  const auto kinds = model::kind_table();
  const bool is_kind =
      std::any_of(kinds.begin(), kinds.end(), [&](const sim::KindInfo& kind) { return kind.name == name; });
  return is_kind ? std::optional{count_of(outcome, name)} : std::nullopt;
}

}  // namespace drydock::scenarios
