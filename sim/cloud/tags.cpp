#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/serve.hpp"
#include "sim/cloud/sim_ec2.hpp"

// Tags. Two of them mean something here and are fields of what carries them: `workspace`, the
// lineage, which is given when a thing is made and stays, and a snapshot's `divergent`. Others are
// kept as they are.

namespace drydock::cloud {
namespace {

constexpr std::string_view kWorkspace = "workspace";
constexpr std::string_view kDivergent = "divergent";

Error fixed() { return {"InvalidParameterValue", 400, "the workspace tag is fixed"}; }

/// Tells whether a request deletes a tag that a resource has.
bool is_deleted(const DeleteTagsRequest& request, std::string_view key, std::string_view value) {
  return request.tags.empty() || std::any_of(request.tags.begin(), request.tags.end(), [&](const DeletedTag& tag) {
           return tag.key == key && (!tag.value || *tag.value == value);
         });
}

}  // namespace

// --- CreateTags -------------------------------------------------------------------------------

sim::Task<Result<Done>> SimEc2::create_tags(sim::Context context, CreateTagsRequest request) {
  const sim::Subject subject = subject_of_any(request.ids);
  return call(context, &actions::kCreateTags, subject, std::move(request), &SimEc2::tag);
}

/// Tags all of the resources or none. A resource may be tagged in every state in which it is visible (docs/cloud.md
/// §1.2).
Result<Done> SimEc2::tag(const CreateTagsRequest& request, sim::Subject& subject) {
  if (request.ids.empty() || request.tags.empty())
    return tl::unexpected(Error{"MissingParameter", 400, "no resource or no tag was given"});
  std::optional<Error> refused = why_not_taggable(request.ids, heard(actions::kCreateTags, subject));
  if (refused) return tl::unexpected(std::move(*refused));
  for (const Tag& tag : request.tags) {
    if (tag.key == kWorkspace) return tl::unexpected(fixed());
  }
  record_.emit(sim::Kind::ec2_call, actor_, subject,
               {{"action", actions::kCreateTags.name}, {"resource", request.ids.front()}});
  for (const std::string& id : request.ids) {
    for (const Tag& tag : request.tags) set_tag(id, tag);
  }
  return Done{};
}

void SimEc2::set_tag(const std::string& id, const Tag& tag) {
  const auto snapshot = snapshots_by_id_.find(id);
  if (snapshot != snapshots_by_id_.end() && tag.key == kDivergent) {
    snapshot->second->divergent = tag.value == "true";
  } else {
    tags_[id][tag.key] = tag.value;
  }
}

// --- DeleteTags -------------------------------------------------------------------------------

sim::Task<Result<Done>> SimEc2::delete_tags(sim::Context context, DeleteTagsRequest request) {
  const sim::Subject subject = subject_of_any(request.ids);
  return call(context, &actions::kDeleteTags, subject, std::move(request), &SimEc2::untag);
}

/// Deletes tags of all of the resources or of none (docs/cloud.md §1.4).
Result<Done> SimEc2::untag(const DeleteTagsRequest& request, sim::Subject& subject) {
  if (request.ids.empty()) return tl::unexpected(Error{"MissingParameter", 400, "no resource was given"});
  std::optional<Error> refused = why_not_taggable(request.ids, heard(actions::kDeleteTags, subject));
  if (refused) return tl::unexpected(std::move(*refused));
  for (const DeletedTag& tag : request.tags) {
    if (tag.key == kWorkspace) return tl::unexpected(fixed());
  }
  record_.emit(sim::Kind::ec2_call, actor_, subject,
               {{"action", actions::kDeleteTags.name}, {"resource", request.ids.front()}});
  for (const std::string& id : request.ids) {
    const auto snapshot = snapshots_by_id_.find(id);
    if (snapshot != snapshots_by_id_.end() && is_deleted(request, kDivergent, "true"))
      snapshot->second->divergent = false;
    std::erase_if(tags_[id], [&](const auto& tag) { return is_deleted(request, tag.first, tag.second); });
  }
  return Done{};
}

/// Says why one of the resources cannot be tagged; empty where all can.
std::optional<Error> SimEc2::why_not_taggable(const std::vector<std::string>& ids, sim::Instant heard) {
  for (const std::string& id : ids) {
    if (auto refused = taggable(id, heard)) return refused;
  }
  return std::nullopt;
}

std::optional<Error> SimEc2::taggable(const std::string& id, sim::Instant heard) {
  if (id.starts_with("i-")) {
    const Result<std::vector<Instance*>> found = resolve({id}, heard);
    return found ? std::nullopt : std::optional{found.error()};
  }
  if (id.starts_with("snap-")) {
    const Result<Snapshot*> found = resolve_snapshot(id);
    return found ? std::nullopt : std::optional{found.error()};
  }
  if (!id.starts_with("vol-")) return Error{"InvalidID", 400, fmt::format("'{}' is no id", id)};
  const auto known = volumes_by_id_.find(id);
  if (known != volumes_by_id_.end() && known->second->state != VolumeState::deleted) return std::nullopt;
  return resolve_volume(id).error();
}

sim::Subject SimEc2::subject_of_any(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  const auto snapshot = snapshots_by_id_.find(ids.front());
  if (snapshot != snapshots_by_id_.end()) return {snapshot->second->workspace};
  if (volumes_by_id_.contains(ids.front())) return subject_of_volume(ids.front());
  return find(ids.front()) != nullptr ? subject_of(ids) : sim::Subject{};
}

// --- DescribeTags -----------------------------------------------------------------------------

sim::Task<Result<std::vector<TagDescription>>> SimEc2::describe_tags(sim::Context context,
                                                                     std::vector<std::string> ids) {
  const sim::Subject subject = subject_of_any(ids);
  return call(context, &actions::kDescribeTags, subject, std::move(ids), &SimEc2::list_tags);
}

/// Lists tags. The ids are a filter: an unknown id finds nothing. A terminated instance keeps its tags for as long as
/// it is visible (docs/cloud.md §1.4). A replica may not know a resource yet, but the tags of a resource that it knows
/// are never stale.
Result<std::vector<TagDescription>> SimEc2::list_tags(const std::vector<std::string>& ids, sim::Subject& subject) {
  const sim::Instant seen = heard(actions::kDescribeTags, subject);
  std::vector<TagDescription> answer;
  const auto add = [&](const std::string& id, sim::Name workspace, bool divergent) {
    if (!ids.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) return;
    if (workspace != sim::Name::none) answer.push_back({id, {std::string{kWorkspace}, record_.text(workspace)}});
    if (divergent) answer.push_back({id, {std::string{kDivergent}, "true"}});
    const auto others = tags_.find(id);
    if (others == tags_.end()) return;
    for (const auto& [key, value] : others->second) answer.push_back({id, {key, value}});
  };
  for (const Instance& instance : instances_) {
    if (visible(instance, seen)) add(instance.id, instance.workspace, false);
  }
  for (const Volume& volume : volumes_) {
    const VolumeView* view = volume.history.at(seen);
    if (view != nullptr && view->state != VolumeState::deleted) add(volume.id, volume.workspace, false);
  }
  for (const Snapshot& snapshot : snapshots_) {
    const bool there = snapshot.started <= seen && !(snapshot.deleted && seen >= *snapshot.deleted);
    if (there) add(snapshot.id, snapshot.workspace, snapshot.divergent);
  }
  return answer;
}

void SimEc2::each_tag(std::string_view id, const std::function<void(std::string_view, std::string_view)>& visit) const {
  sim::Name workspace = sim::Name::none;
  const Snapshot* snapshot = find_snapshot(id);
  if (const Instance* instance = find(id)) {
    workspace = instance->workspace;
  } else if (const Volume* volume = find_volume(id)) {
    workspace = volume->workspace;
  } else if (snapshot != nullptr) {
    workspace = snapshot->workspace;
  }
  if (workspace != sim::Name::none) visit(kWorkspace, record_.text(workspace));
  if (snapshot != nullptr && snapshot->divergent) visit(kDivergent, "true");
  const auto others = tags_.find(id);
  if (others == tags_.end()) return;
  for (const auto& [key, value] : others->second) visit(key, value);
}

}  // namespace drydock::cloud
