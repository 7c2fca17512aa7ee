#include "sim/cloud/query/actions.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace drydock::cloud::query {
namespace {

constexpr std::array kSubjects{launch_actions, instance_actions, attribute_actions, volume_actions, snapshot_actions,
                               tag_actions,    account_actions,  image_actions,     type_actions};

}  // namespace

const QueryAction* find_action(std::string_view name) {
  for (const auto subject : kSubjects) {
    for (const QueryAction& action : subject()) {
      if (action.name == name) return &action;
    }
  }
  return nullptr;
}

std::vector<const QueryAction*> all_actions() {
  std::vector<const QueryAction*> actions;
  for (const auto subject : kSubjects) {
    for (const QueryAction& action : subject()) actions.push_back(&action);
  }
  std::sort(actions.begin(), actions.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  return actions;
}

}  // namespace drydock::cloud::query
