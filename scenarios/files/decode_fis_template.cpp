#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "scenarios/files/decode_fis.hpp"
#include "scenarios/files/decode_parts.hpp"

// An experiment template of the AWS Fault Injection Service: its actions, each on a target, begin when those that they
// name in `startAfter` have ended. Target selection is FIS's, but for chance: COUNT and PERCENT take the first
// workspaces of the file.

namespace drydock::scenarios {
namespace {

using faults::FaultSpec;
using faults::FisAction;

constexpr std::string_view kWait = "aws:fis:wait";
/// Five times as many as FIS permits; what starts after what is followed to this depth.
constexpr std::size_t kMostActions = 100;

/// The workspaces on which an action acts; empty: it acts on no instances, or on those of every workspace.
using Chosen = std::vector<std::string>;

/// `COUNT(2)` or `PERCENT(50)`, of so many.
struct FisSelection {
  std::string_view mode;
  std::size_t number = 0;
};

std::optional<FisSelection> parse_selection(std::string_view text) {
  if (text == "ALL") return FisSelection{"ALL"};
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return std::nullopt;
  FisSelection found{text.substr(0, open)};
  const std::string_view digits = text.substr(open + 1, text.size() - open - 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found.number);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size() && found.number > 0;
  const bool known = found.mode == "COUNT" || (found.mode == "PERCENT" && found.number <= 100);
  return whole && known ? std::optional{found} : std::nullopt;
}

/// What an action's target is, by the names of FIS.
std::span<const std::string_view> resources_of(const FisAction& action) {
  static constexpr std::array<std::string_view, 1> role{"aws:iam:role"};
  static constexpr std::array<std::string_view, 1> subnet{"aws:ec2:subnet"};
  static constexpr std::array<std::string_view, 1> instance{"aws:ec2:instance"};
  static constexpr std::array<std::string_view, 1> spot{"aws:ec2:spot-instance"};
  switch (action.target) {
    case FisAction::Target::network:
      return subnet;
    case FisAction::Target::instances:
      return action.error == "interrupted" ? std::span<const std::string_view>{spot} : instance;
    default:
      return role;
  }
}

class FisExperiment {
 public:
  FisExperiment(DecodeContext& context, const Node& node)
      : context_(context), report_(context.report), fields_(report_, node, shape::fis_template_fault) {}

  std::vector<FaultSpec> decode() {
    start_ = fields_.duration("at").value_or(Duration{});
    name_ = fields_.line("name").value_or("fis");
    const Node* given = fields_.find("fis_template");
    if (given == nullptr || !is_object(report_, *given)) return {};
    // As `aws fis get-experiment-template` prints it.
    if (const Node* inner = given->find("experimentTemplate")) given = inner;
    const Fields parts(report_, *given, shape::fis_template);
    targets_ = parts.find("targets");
    actions_ = parts.find("actions");
    if (targets_ != nullptr && !is_object(report_, *targets_)) return {};
    if (actions_ == nullptr || !is_object(report_, *actions_)) return {};
    if (actions_->children.size() > kMostActions) {
      report_.error(*actions_, fmt::format("an experiment has at most {} actions here", kMostActions));
      return {};
    }
    check_given_targets();
    warn_of_alarms(parts.find("stopConditions"));
    for (const Node& action : actions_->children) (void)end_of(action);
    return std::move(all_);
  }

 private:
  void warn_of_alarms(const Node* conditions) {
    if (conditions == nullptr || !is_list(report_, *conditions)) return;
    for (const Node& condition : conditions->children) {
      const Node* source = condition.find("source");
      if (source != nullptr && *source->json != "none")
        report_.warning(*source, "there are no alarms here: nothing stops the experiment");
    }
  }

  // ---- actions ----

  /// Tells when the action has ended, counted from time zero; its faults are then in the list. Each is read once.
  Duration end_of(const Node& action) {
    const auto known = ends_.find(*action.key);
    if (known != ends_.end()) return known->second;
    if (!under_way_.insert(*action.key).second) {
      report_.error_at_key(action, fmt::format("{} starts after itself", in_quotes(*action.key)));
      return start_;
    }
    if (!is_object(report_, action)) return ends_[*action.key] = start_;
    const Fields fields(report_, action, shape::fis_step);
    const Duration begins = begin_of(fields);
    const Duration ends = begins + play(fields, *action.key, begins);
    under_way_.erase(*action.key);
    return ends_[*action.key] = ends;
  }

  Duration begin_of(const Fields& fields) {
    Duration begins = start_;
    const Node* after = fields.find("startAfter");
    if (after == nullptr || !is_list(report_, *after)) return begins;
    for (const Node& each : after->children) {
      const auto name = read_line(report_, each);
      const Node* other = name ? actions_->find(*name) : nullptr;
      if (other != nullptr) {
        begins = std::max(begins, end_of(*other));
      } else if (name) {
        report_.unknown(each, "action", *name, keys_of(actions_));
      }
    }
    return begins;
  }

  /// Adds the action's faults. Returns how long it takes.
  Duration play(const Fields& fields, const std::string& name, Duration begins) {
    const auto id = fields.line("actionId");
    if (!id) return {};
    const Node* parameters = fields.find("parameters");
    if (*id == kWait) return wait_of(fields, parameters);
    const FisAction* action = read_fis_action(report_, *fields.find("actionId"), *id);
    if (action == nullptr) return {};
    const std::vector<FaultSpec> faults = fis_faults(report_, {*action, fields.node(), parameters}, begins);
    const Chosen chosen = chosen_by(fields, *action);
    for (const FaultSpec& fault : faults) {
      const std::string base = name_ + ":" + name + (faults.size() == 1 ? "" : ":" + fault.on);
      if (chosen.empty()) add(fault, base, std::nullopt);
      for (const std::string& workspace : chosen) add(fault, fmt::format("{}:{}", base, workspace), workspace);
    }
    return faults.empty() ? Duration{} : fis_length(faults.front());
  }

  void add(FaultSpec fault, std::string name, std::optional<std::string> workspace) {
    fault.name = std::move(name);
    fault.workspace = std::move(workspace);
    all_.push_back(std::move(fault));
  }

  Duration wait_of(const Fields& fields, const Node* parameters) {
    const Node* length = parameters == nullptr ? nullptr : parameters->find("duration");
    if (length != nullptr) return read_duration(report_, *length).value_or(Duration{});
    report_.error(fields.node(), "missing parameter \"duration\"", "for instance \"PT5M\"");
    return {};
  }

  // ---- targets ----

  static std::vector<std::string> keys_of(const Node* object) {
    std::vector<std::string> keys;
    if (object == nullptr) return keys;
    for (const Node& child : object->children) keys.push_back(*child.key);
    return keys;
  }

  /// Returns the workspaces of the action's target. An action has one target, whatever FIS calls its role in it.
  Chosen chosen_by(const Fields& fields, const FisAction& action) {
    const Node* used = fields.find("targets");
    if (used == nullptr || !is_object(report_, *used) || used->children.size() != 1) {
      report_.error(used == nullptr ? fields.node() : *used, "an action has one target");
      return {};
    }
    const auto name = read_line(report_, used->children.front());
    const Node* target = name && targets_ != nullptr ? targets_->find(*name) : nullptr;
    if (target == nullptr) {
      if (name) report_.unknown(used->children.front(), "target", *name, keys_of(targets_));
      return {};
    }
    return is_object(report_, *target) ? chosen_of(*target, action) : Chosen{};
  }

  Chosen chosen_of(const Node& target, const FisAction& action) {
    const Fields fields(report_, target, shape::fis_target);
    const auto type = fields.line("resourceType");
    const auto fitting = resources_of(action);
    if (type && std::find(fitting.begin(), fitting.end(), *type) == fitting.end()) {
      report_.error(*fields.find("resourceType"), fmt::format("{} does not act on {}", action.id, *type),
                    fmt::format("it acts on {}", fitting.front()));
      return {};
    }
    check_rest(fields);
    if (action.target != FisAction::Target::instances) return {};
    return selected(fields, workspaces_of(fields, *target.key));
  }

  void check_rest(const Fields& fields) {
    if (const Node* parameters = fields.find("parameters"); parameters != nullptr && !parameters->children.empty())
      report_.error(*parameters, fmt::format("{} cannot be played", in_quotes(*parameters->children.front().key)));
    const Node* filters = fields.find("filters");
    if (filters == nullptr || !is_list(report_, *filters)) return;
    for (const Node& filter : filters->children) {
      const Json running = Json::array({"running"});
      const Node* path = filter.find("path");
      const Node* values = filter.find("values");
      const bool meant =
          path != nullptr && *path->json == "State.Name" && values != nullptr && *values->json == running;
      if (!meant) report_.error(filter, "cannot be played", "State.Name running is meant anyway");
    }
  }

  /// Reports what is wrong with the targets beside the template: each is one of the template's, with its workspaces.
  void check_given_targets() {
    const Node* given = fields_.find("targets");
    if (given == nullptr || !is_object(report_, *given)) return;
    const std::vector<std::string> known = keys_of(targets_);
    for (const Node& each : given->children) {
      if (std::find(known.begin(), known.end(), *each.key) == known.end())
        report_.unknown(each, "target", *each.key, known);
      if (is_list(report_, each) && each.children.empty()) report_.error(each, "names no workspace");
    }
  }

  static void add_once(std::string workspace, Chosen& all) {
    if (std::find(all.begin(), all.end(), workspace) == all.end()) all.push_back(std::move(workspace));
  }

  /// Adds the workspaces that the values of tags name.
  void add_tagged(const Node& tags, Chosen& all) const {
    for (const Node& tag : tags.children) {
      if (!tag.json->is_string()) continue;
      const auto text = tag.json->get<std::string>();
      const auto by_uuid = context_.alias_by_uuid.find(text);
      if (by_uuid != context_.alias_by_uuid.end()) add_once(by_uuid->second, all);
      if (context_.alias_set.contains(text)) add_once(text, all);
    }
  }

  /// Returns the workspaces that the scenario gives to this target, or those that its tags name.
  Chosen workspaces_of(const Fields& fields, const std::string& target) {
    const Node* given = fields_.find("targets");
    const Node* named = given == nullptr ? nullptr : given->find(target);
    Chosen all;
    if (named != nullptr) {
      for (const Node& each : named->children) {
        if (auto workspace = read_workspace(context_, each)) add_once(*std::move(workspace), all);
      }
      return all;
    }
    if (const Node* tags = fields.find("resourceTags")) add_tagged(*tags, all);
    if (all.empty()) {
      report_.error(fields.node(), "names no workspace of this scenario, neither by a tag nor otherwise",
                    fmt::format(R"(say so beside "fis_template": "targets": {{"{}": ["{}"]}})", target,
                                context_.aliases.empty() ? "w" : context_.aliases.front()));
    }
    return all;
  }

  Chosen selected(const Fields& fields, Chosen all) {
    const std::string mode = fields.line("selectionMode").value_or("ALL");
    const auto selection = parse_selection(mode);
    if (!selection) {
      report_.error(*fields.find("selectionMode"), fmt::format("{} is no selection", in_quotes(mode)),
                    "ALL, COUNT(n) or PERCENT(n), n from 1");
      return {};
    }
    std::size_t count = all.size();
    if (selection->mode == "COUNT") count = std::min(count, selection->number);
    if (selection->mode == "PERCENT") count = count * selection->number / 100;
    if (count == 0 && !all.empty()) {
      report_.error(*fields.find("selectionMode"), fmt::format("{} of {} is none", mode, all.size()));
    }
    all.resize(count);
    return all;
  }

  DecodeContext& context_;
  DiagnosticSink& report_;
  Fields fields_;
  Duration start_{};
  std::string name_;
  const Node* targets_ = nullptr;
  const Node* actions_ = nullptr;
  std::map<std::string, Duration> ends_;
  std::set<std::string> under_way_;
  std::vector<FaultSpec> all_;
};

}  // namespace

std::vector<FaultSpec> decode_fis_template(DecodeContext& context, const Node& node) {
  return FisExperiment(context, node).decode();
}

}  // namespace drydock::scenarios
