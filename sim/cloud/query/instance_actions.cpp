#include <array>

#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/instance_rows.hpp"

// DescribeInstances, DescribeInstanceStatus, and the calls that change the state of instances.

namespace drydock::cloud::query {
namespace {

constexpr std::array<InstanceState, 6> kAllStates{InstanceState::pending,       InstanceState::running,
                                                  InstanceState::shutting_down, InstanceState::terminated,
                                                  InstanceState::stopping,      InstanceState::stopped};

// --- DescribeInstances ----------------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 6> kDescribeRules{
    {{"InstanceId.N"}, kFilterName, kFilterValue, kMaxResults, kNextToken, {"IncludeManagedResources"}}};

/// Says of a request what the region itself can tell apart: whether it asks for everything (docs/cloud.md §3), and the
/// workspace that it is about, so that faults for a workspace meet it.
InstanceFilter region_filter(const Exchange& exchange, std::span<const NamedFilter> filters, const Page& page) {
  InstanceFilter filter;
  filter.ids = exchange.parameters.list("InstanceId");
  if (!filters.empty() || page.limit > 0) filter.states.assign(kAllStates.begin(), kAllStates.end());
  for (const NamedFilter& named : filters) {
    const bool exact = named.name == "tag:workspace" && named.patterns.size() == 1 &&
                       named.patterns.front().find_first_of("*?\\") == std::string::npos;
    if (exact && !named.patterns.front().empty()) filter.workspace = named.patterns.front();
  }
  return filter;
}

Served describe_instances(Exchange* exchange) {
  Result<std::vector<NamedFilter>> filters = read_filters(exchange->parameters, instance_filters());
  if (!filters) co_return filters.error();
  const Result<Page> page = read_page(exchange->parameters, "instancesSet", "InstanceId");
  if (!page) co_return page.error();
  InstanceFilter wanted = region_filter(*exchange, *filters, *page);
  Result<std::vector<InstanceDescription>> seen =
      co_await exchange->ec2.describe_instances(exchange->context, std::move(wanted));
  if (!seen) co_return seen.error();
  std::vector<InstanceRow> rows;
  for (const InstanceDescription& instance : *seen) rows.push_back(row_of(*exchange, instance));
  const std::string next = select<InstanceRow>(rows, *filters, instance_filters(), *page, "DescribeInstances");
  write_reservations(exchange->answer.child("reservationSet"), rows);
  write_token(exchange->answer, next);
  co_return std::nullopt;
}

// --- DescribeInstanceStatus -----------------------------------------------------------------------------------------

/// A row of DescribeInstanceStatus.
struct StatusRow {
  std::uint64_t number = 0;
  InstanceRow instance;
  InstanceStatus status;

  template <typename Visit>
  void each_tag(Visit visit) const {
    instance.each_tag(visit);
  }
};

std::string_view summary_text(InstanceStatus::Summary summary) {
  switch (summary) {
    case InstanceStatus::Summary::ok:
      return "ok";
    case InstanceStatus::Summary::impaired:
      return "impaired";
    case InstanceStatus::Summary::initializing:
      return "initializing";
    case InstanceStatus::Summary::not_applicable:
      return "not-applicable";
  }
  return "insufficient-data";
}

std::string_view reachability_text(InstanceStatus::Summary summary) {
  switch (summary) {
    case InstanceStatus::Summary::ok:
      return "passed";
    case InstanceStatus::Summary::impaired:
      return "failed";
    case InstanceStatus::Summary::initializing:
      return "initializing";
    case InstanceStatus::Summary::not_applicable:
      return {};
  }
  return "insufficient-data";
}

constexpr std::array<FilterRule<StatusRow>, 8> kStatusFilters{{
    {"availability-zone",
     [](const StatusRow& row, FilterMatch& m) {
       m.value(row.instance.exchange->zone(zone_of(*row.instance.instance)));
     }},
    {"instance-id", [](const StatusRow& row, FilterMatch& m) { m.value(row.status.id); }},
    {"instance-state-code",
     [](const StatusRow& row, FilterMatch& m) { m.number(static_cast<std::uint64_t>(row.status.state)); }},
    {"instance-state-name", [](const StatusRow& row, FilterMatch& m) { m.value(to_text(row.status.state)); }},
    {"instance-status.reachability",
     [](const StatusRow& row, FilterMatch& m) { m.value(reachability_text(row.status.instance)); }},
    {"instance-status.status",
     [](const StatusRow& row, FilterMatch& m) { m.value(summary_text(row.status.instance)); }},
    {"system-status.reachability",
     [](const StatusRow& row, FilterMatch& m) { m.value(reachability_text(row.status.system)); }},
    {"system-status.status", [](const StatusRow& row, FilterMatch& m) { m.value(summary_text(row.status.system)); }},
}};

constexpr std::array<ParameterRule, 7> kStatusRules{{{"InstanceId.N"},
                                                     kFilterName,
                                                     kFilterValue,
                                                     kMaxResults,
                                                     kNextToken,
                                                     {"IncludeAllInstances", RuleKind::flag},
                                                     {"IncludeManagedResources"}}};

void write_summary(Element element, InstanceStatus::Summary summary) {
  element.text("status", summary_text(summary));
  const std::string_view reachability = reachability_text(summary);
  if (reachability.empty()) return;
  Element item = element.child("details").child("item");
  item.text("name", "reachability");
  item.text("status", reachability);
}

void write_status(Element item, const StatusRow& row) {
  item.text("instanceId", row.status.id);
  item.text("availabilityZone", row.instance.exchange->zone(zone_of(*row.instance.instance)));
  write_state(item.child("instanceState"), row.status.state);
  write_summary(item.child("systemStatus"), row.status.system);
  write_summary(item.child("instanceStatus"), row.status.instance);
}

Served describe_instance_status(Exchange* exchange) {
  const std::span<const FilterRule<StatusRow>> rules = kStatusFilters;
  Result<std::vector<NamedFilter>> filters = read_filters(exchange->parameters, rules);
  if (!filters) co_return filters.error();
  const Result<Page> page = read_page(exchange->parameters, "instancesSet", "InstanceId");
  if (!page) co_return page.error();
  StatusFilter wanted;
  wanted.ids = exchange->parameters.list("InstanceId");
  wanted.include_all = exchange->parameters.flag("IncludeAllInstances").value_or(false);
  Result<std::vector<InstanceStatus>> seen =
      co_await exchange->ec2.describe_instance_status(exchange->context, std::move(wanted));
  if (!seen) co_return seen.error();
  std::vector<StatusRow> rows;
  for (InstanceStatus& status : *seen) {
    StatusRow row;
    row.instance = row_of(*exchange, *exchange->ec2.find(status.id));
    row.number = row.instance.number;
    row.status = std::move(status);
    rows.push_back(std::move(row));
  }
  const std::string next = select(rows, std::span<const NamedFilter>{*filters}, rules, *page, "DescribeInstanceStatus");
  Element set = exchange->answer.child("instanceStatusSet");
  for (const StatusRow& row : rows) write_status(set.child("item"), row);
  write_token(exchange->answer, next);
  co_return std::nullopt;
}

// --- changes of state -----------------------------------------------------------------------------------------------

constexpr ParameterRule kInstances{"InstanceId.N", RuleKind::text, true};
constexpr std::array<ParameterRule, 2> kStartRules{{kInstances, {"AdditionalInfo"}}};
constexpr std::array<ParameterRule, 4> kStopRules{
    {kInstances, {"Force", RuleKind::flag}, {"Hibernate", RuleKind::flag}, {"SkipOsShutdown", RuleKind::flag}}};
constexpr std::array<ParameterRule, 1> kRebootRules{{kInstances}};
constexpr std::array<ParameterRule, 3> kTerminateRules{
    {kInstances, {"Force", RuleKind::flag}, {"SkipOsShutdown", RuleKind::flag}}};

void write_changes(Element answer, const std::vector<StateChange>& changes) {
  Element set = answer.child("instancesSet");
  for (const StateChange& change : changes) {
    Element item = set.child("item");
    item.text("instanceId", change.id);
    write_state(item.child("currentState"), change.current);
    write_state(item.child("previousState"), change.previous);
  }
}

Served start_instances(Exchange* exchange) {
  std::vector<std::string> ids = exchange->parameters.list("InstanceId");
  Result<std::vector<StateChange>> changes = co_await exchange->ec2.start_instances(exchange->context, std::move(ids));
  if (!changes) co_return changes.error();
  write_changes(exchange->answer, *changes);
  co_return std::nullopt;
}

Served stop_instances(Exchange* exchange) {
  StopInstancesRequest request;
  request.ids = exchange->parameters.list("InstanceId");
  request.force = exchange->parameters.flag("Force").value_or(false);
  if (exchange->parameters.flag("Hibernate").value_or(false)) {
    co_return Error{"UnsupportedHibernationConfiguration", 400,
                    "The instance is not configured for hibernation: stop it without Hibernate."};
  }
  Result<std::vector<StateChange>> changes =
      co_await exchange->ec2.stop_instances(exchange->context, std::move(request));
  if (!changes) co_return changes.error();
  write_changes(exchange->answer, *changes);
  co_return std::nullopt;
}

Served reboot_instances(Exchange* exchange) {
  std::vector<std::string> ids = exchange->parameters.list("InstanceId");
  Result<Done> done = co_await exchange->ec2.reboot_instances(exchange->context, std::move(ids));
  if (!done) co_return done.error();
  write_done(exchange->answer);
  co_return std::nullopt;
}

Served terminate_instances(Exchange* exchange) {
  std::vector<std::string> ids = exchange->parameters.list("InstanceId");
  Result<std::vector<StateChange>> changes =
      co_await exchange->ec2.terminate_instances(exchange->context, std::move(ids));
  if (!changes) co_return changes.error();
  write_changes(exchange->answer, *changes);
  co_return std::nullopt;
}

constexpr std::array<QueryAction, 6> kInstanceActions{{
    {"DescribeInstanceStatus", kStatusRules, describe_instance_status},
    {"DescribeInstances", kDescribeRules, describe_instances},
    {"RebootInstances", kRebootRules, reboot_instances},
    {"StartInstances", kStartRules, start_instances},
    {"StopInstances", kStopRules, stop_instances},
    {"TerminateInstances", kTerminateRules, terminate_instances},
}};

}  // namespace

std::span<const QueryAction> instance_actions() { return kInstanceActions; }

}  // namespace drydock::cloud::query
