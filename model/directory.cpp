#include "model/directory.hpp"

namespace drydock::model {

WorkspaceKey Directory::add(std::string alias, std::string uuid) {
  const auto key = static_cast<WorkspaceKey>(entries_.size());
  DRYDOCK_CHECK(find(alias) == WorkspaceKey::none && find(uuid) == WorkspaceKey::none,
                "workspace {} ({}) is named twice", alias, uuid);
  by_text_[alias] = key;
  by_text_[uuid] = key;
  const sim::Name name = record_.name(alias);
  entries_.push_back({std::move(alias), std::move(uuid), name});
  return key;
}

WorkspaceKey Directory::find(std::string_view alias_or_uuid) const {
  const auto found = by_text_.find(alias_or_uuid);
  return found == by_text_.end() ? WorkspaceKey::none : found->second;
}

}  // namespace drydock::model
