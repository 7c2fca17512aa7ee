#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/types.hpp"
#include "sim/cloud/query/volume_parameters.hpp"

// The actions on volumes.

namespace drydock::cloud::query {
namespace {

/// A volume as one reader sees it.
struct VolumeRow {
  std::uint64_t number = 0;  // in the order of creation
  const Exchange* exchange = nullptr;
  const Volume* volume = nullptr;
  VolumeDescription seen;

  template <typename Visit>
  void each_tag(Visit visit) const {
    exchange->ec2.each_tag(volume->id, visit);
  }
};

VolumeRow volume_row(const Exchange& exchange, VolumeDescription seen) {
  VolumeRow row;
  row.exchange = &exchange;
  row.volume = exchange.ec2.find_volume(seen.id);
  row.number = row.volume->number;
  row.seen = std::move(seen);
  return row;
}

bool is_attached(const VolumeRow& row) { return !row.seen.instance_id.empty(); }

void by_attachment(const VolumeRow& row, FilterMatch& match, std::string_view value) {
  if (is_attached(row)) match.value(value);
}

constexpr std::array<FilterRule<VolumeRow>, 13> kVolumeFilters{{
    {"attachment.attach-time",
     [](const VolumeRow& row, FilterMatch& m) { by_attachment(row, m, row.exchange->time(row.volume->attached_at)); }},
    {"attachment.delete-on-termination",
     [](const VolumeRow& row, FilterMatch& m) {
       by_attachment(row, m, row.seen.delete_on_termination ? "true" : "false");
     }},
    {"attachment.device", [](const VolumeRow& row, FilterMatch& m) { by_attachment(row, m, device_of(*row.volume)); }},
    {"attachment.instance-id",
     [](const VolumeRow& row, FilterMatch& m) { by_attachment(row, m, row.seen.instance_id); }},
    {"attachment.status", [](const VolumeRow& row, FilterMatch& m) { by_attachment(row, m, "attached"); }},
    {"availability-zone",
     [](const VolumeRow& row, FilterMatch& m) { m.value(row.exchange->zone(row.volume->details.zone)); }},
    {"create-time", [](const VolumeRow& row, FilterMatch& m) { m.value(row.exchange->time(row.volume->created)); }},
    {"encrypted", [](const VolumeRow& row, FilterMatch& m) { m.flag(row.volume->details.encrypted); }},
    {"size", [](const VolumeRow& row, FilterMatch& m) { m.number(row.volume->details.size_gib); }},
    {"snapshot-id", [](const VolumeRow& row, FilterMatch& m) { m.value(row.seen.snapshot_id); }},
    {"status", [](const VolumeRow& row, FilterMatch& m) { m.value(to_text(row.seen.state)); }},
    {"volume-id", [](const VolumeRow& row, FilterMatch& m) { m.value(row.seen.id); }},
    {"volume-type", [](const VolumeRow& row, FilterMatch& m) { m.value(row.volume->details.type); }},
}};

/// Writes an attachment, which takes no time here: there is no `attaching` and no `detaching` but in the answer of the
/// call itself.
void write_attachment(Element element, const VolumeRow& row, std::string_view instance, std::string_view status) {
  element.text("volumeId", row.seen.id);
  element.text("instanceId", instance);
  element.text("device", device_of(*row.volume));
  element.text("status", status);
  element.text("attachTime", row.exchange->time(row.volume->attached_at));
  element.flag("deleteOnTermination", row.seen.delete_on_termination);
}

void write_volume(Element item, const VolumeRow& row) {
  const VolumeDetails& details = row.volume->details;
  item.text("volumeId", row.seen.id);
  item.number("size", details.size_gib);
  item.text("snapshotId", row.seen.snapshot_id);
  item.text("availabilityZone", row.exchange->zone(details.zone));
  item.text("status", to_text(row.seen.state));
  item.text("createTime", row.exchange->time(row.volume->created));
  Element attachments = item.child("attachmentSet");
  if (is_attached(row)) write_attachment(attachments.child("item"), row, row.seen.instance_id, "attached");
  write_tags(item, *row.exchange, row.seen.id);
  item.text("volumeType", details.type);
  if (const std::uint32_t iops = iops_of(details); iops > 0) item.number("iops", iops);
  if (details.type == "gp3") item.number("throughput", details.throughput == 0 ? 125 : details.throughput);
  item.flag("encrypted", details.encrypted);
  item.flag("multiAttachEnabled", false);
}

// --- DescribeVolumes ------------------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 6> kDescribeVolumesRules{
    {{"VolumeId.N"}, kFilterName, kFilterValue, kMaxResults, kNextToken, {"IncludeManagedResources"}}};

Served describe_volumes(Exchange* exchange) {
  const std::span<const FilterRule<VolumeRow>> rules = kVolumeFilters;
  Result<std::vector<NamedFilter>> filters = read_filters(exchange->parameters, rules);
  if (!filters) co_return filters.error();
  const Result<Page> page = read_page(exchange->parameters, "volumeSet", "VolumeId");
  if (!page) co_return page.error();
  StorageFilter wanted;
  wanted.ids = exchange->parameters.list("VolumeId");
  wanted.narrowed = !filters->empty() || page->limit > 0;
  Result<std::vector<VolumeDescription>> seen =
      co_await exchange->ec2.describe_all_volumes(exchange->context, std::move(wanted));
  if (!seen) co_return seen.error();
  std::vector<VolumeRow> rows;
  for (VolumeDescription& volume : *seen) rows.push_back(volume_row(*exchange, std::move(volume)));
  const std::string next = select(rows, std::span<const NamedFilter>{*filters}, rules, *page, "DescribeVolumes");
  Element set = exchange->answer.child("volumeSet");
  for (const VolumeRow& row : rows) write_volume(set.child("item"), row);
  write_token(exchange->answer, next);
  co_return std::nullopt;
}

// --- CreateVolume, DeleteVolume -------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 18> kCreateVolumeRules{{
    {"AvailabilityZone"},
    {"AvailabilityZoneId"},
    {"Size", RuleKind::number, false, 1, kVolumeAtMost},
    {"SnapshotId"},
    {"VolumeType"},
    {"Encrypted", RuleKind::flag},
    {"Iops", RuleKind::number},
    {"Throughput", RuleKind::number},
    {"KmsKeyId"},
    {"OutpostArn"},
    {"MultiAttachEnabled", RuleKind::flag},
    {"ClientToken"},
    {"VolumeInitializationRate", RuleKind::number},
    {"Operator.*"},
    kTagResource,
    kTagKey,
    kTagValue,
    {"Encoding"},
}};
constexpr std::array<std::string_view, 1> kVolumeTagTypes{"volume"};

Failure read_new_volume(const Exchange& exchange, CreateVolumeRequest& out) {
  const ParameterTree& parameters = exchange.parameters;
  const std::string& zone = parameters.text("AvailabilityZone");
  if (zone.empty()) return missing_parameter("AvailabilityZone");
  const std::optional<char> letter = exchange.zone_letter(zone);
  if (!letter) {
    return Error{"InvalidZone.NotFound", 400, fmt::format("The zone '{}' does not exist.", zone)};
  }
  out.details.zone = *letter;
  out.snapshot_id = parameters.text("SnapshotId");
  out.details.size_gib = parameters.number("Size").value_or(0);
  if (out.snapshot_id.empty() && out.details.size_gib == 0) {
    return Error{"MissingParameter", 400, "The request must contain the parameter size/snapshot"};
  }
  out.client_token = parameters.text("ClientToken");
  Result<std::vector<Tag>> tags = tags_for(parameters, "volume", kVolumeTagTypes);
  if (!tags) return tags.error();
  out.workspace = take_workspace(*tags);
  out.tags = std::move(*tags);
  return read_volume_details(parameters, out.details);
}

Served create_volume(Exchange* exchange) {
  CreateVolumeRequest request;
  Failure failure = read_new_volume(*exchange, request);
  if (failure) co_return failure;
  Result<VolumeDescription> made = co_await exchange->ec2.create_volume(exchange->context, std::move(request));
  if (!made) co_return made.error();
  write_volume(exchange->answer, volume_row(*exchange, std::move(*made)));
  co_return std::nullopt;
}

constexpr std::array<ParameterRule, 1> kDeleteVolumeRules{{{"VolumeId", RuleKind::text, true}}};

Served delete_volume(Exchange* exchange) {
  std::string id = exchange->parameters.text("VolumeId");
  Result<Done> done = co_await exchange->ec2.delete_volume(exchange->context, std::move(id));
  if (!done) co_return done.error();
  write_done(exchange->answer);
  co_return std::nullopt;
}

// --- AttachVolume, DetachVolume -------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 4> kAttachRules{{{"VolumeId", RuleKind::text, true},
                                                     {"InstanceId", RuleKind::text, true},
                                                     {"Device", RuleKind::text, true},
                                                     {"EbsCardIndex", RuleKind::number}}};
constexpr std::array<ParameterRule, 4> kDetachRules{
    {{"VolumeId", RuleKind::text, true}, {"InstanceId"}, {"Device"}, {"Force", RuleKind::flag}}};

Served attach_volume(Exchange* exchange) {
  AttachVolumeRequest request;
  request.volume_id = exchange->parameters.text("VolumeId");
  request.instance_id = exchange->parameters.text("InstanceId");
  request.device = exchange->parameters.text("Device");
  Result<VolumeDescription> attached = co_await exchange->ec2.attach_volume(exchange->context, std::move(request));
  if (!attached) co_return attached.error();
  const VolumeRow row = volume_row(*exchange, std::move(*attached));
  write_attachment(exchange->answer, row, row.seen.instance_id, "attaching");
  co_return std::nullopt;
}

/// Returns the id of the instance that the volume is attached to; empty where there is none.
std::string holder_of(const Exchange& exchange, std::string_view volume) {
  const Volume* found = exchange.ec2.find_volume(volume);
  if (found == nullptr || found->attached_to == sim::Name::none) return {};
  const auto& instances = exchange.ec2.instances();
  const auto holds = [&](const Instance& instance) { return instance.name == found->attached_to; };
  const auto holder = std::find_if(instances.begin(), instances.end(), holds);
  return holder == instances.end() ? std::string{} : holder->id;
}

Served detach_volume(Exchange* exchange) {
  DetachVolumeRequest request;
  request.volume_id = exchange->parameters.text("VolumeId");
  request.instance_id = exchange->parameters.text("InstanceId");
  request.force = exchange->parameters.flag("Force").value_or(false);
  const std::string holder = holder_of(*exchange, request.volume_id);
  const std::string& device = exchange->parameters.text("Device");
  const Volume* volume = exchange->ec2.find_volume(request.volume_id);
  if (volume != nullptr && !holder.empty() && !device.empty() && device != device_of(*volume)) {
    co_return Error{"InvalidAttachment.NotFound", 400,
                    fmt::format("The volume '{}' is not attached at {}.", request.volume_id, device)};
  }
  Result<VolumeDescription> detached = co_await exchange->ec2.detach_volume(exchange->context, std::move(request));
  if (!detached) co_return detached.error();
  write_attachment(exchange->answer, volume_row(*exchange, std::move(*detached)), holder, "detaching");
  co_return std::nullopt;
}

constexpr std::array<QueryAction, 5> kVolumeActions{{
    {"AttachVolume", kAttachRules, attach_volume},
    {"CreateVolume", kCreateVolumeRules, create_volume},
    {"DeleteVolume", kDeleteVolumeRules, delete_volume},
    {"DescribeVolumes", kDescribeVolumesRules, describe_volumes},
    {"DetachVolume", kDetachRules, detach_volume},
}};

}  // namespace

std::span<const QueryAction> volume_actions() { return kVolumeActions; }

Failure read_volume_details(const ParameterTree& node, VolumeDetails& details) {
  details.type = node.given("VolumeType").value_or("gp2");
  if (!is_volume_type(details.type)) {
    return Error{"UnknownVolumeType", 400, fmt::format("Unknown volume type '{}'.", details.type)};
  }
  details.encrypted = node.flag("Encrypted").value_or(false) || node.given("KmsKeyId");
  details.iops = node.number("Iops").value_or(0);
  details.throughput = node.number("Throughput").value_or(0);
  const bool provisioned = details.type == "io1" || details.type == "io2";
  if (provisioned && details.iops == 0) {
    return Error{"MissingParameter", 400, "The request must contain the parameter iops"};
  }
  if (details.iops > 0 && !provisioned && details.type != "gp3") {
    return Error{"InvalidParameterCombination", 400,
                 fmt::format("The parameter iops is not supported for {} volumes.", details.type)};
  }
  return std::nullopt;
}

/// Three per GiB for gp2, at least 100 and at most 16000; 3000 for gp3; none for magnetic volumes.
std::uint32_t iops_of(const VolumeDetails& details) {
  if (details.iops > 0) return details.iops;
  if (details.type == "gp2") return std::clamp(details.size_gib * 3, 100U, 16000U);
  return details.type == "gp3" ? 3000 : 0;
}

}  // namespace drydock::cloud::query
