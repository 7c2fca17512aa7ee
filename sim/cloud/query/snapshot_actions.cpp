#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/query/actions.hpp"

// The actions on snapshots.

namespace drydock::cloud::query {
namespace {

/// A snapshot as one reader sees it.
struct SnapshotRow {
  std::uint64_t number = 0;  // in the order of creation
  const Exchange* exchange = nullptr;
  const Snapshot* snapshot = nullptr;
  SnapshotState state = SnapshotState::pending;

  template <typename Visit>
  void each_tag(Visit visit) const {
    exchange->ec2.each_tag(snapshot->id, visit);
  }
};

SnapshotRow snapshot_row(const Exchange& exchange, const SnapshotDescription& seen) {
  SnapshotRow row;
  row.exchange = &exchange;
  row.snapshot = exchange.ec2.find_snapshot(seen.id);
  row.number = row.snapshot->number;
  row.state = seen.state;
  return row;
}

/// Returns what is saved so far: by time, and 100 only when the snapshot is complete.
std::string progress_of(const SnapshotRow& row) {
  if (row.state == SnapshotState::completed) return "100%";
  const Snapshot& snapshot = *row.snapshot;
  const sim::Duration whole = snapshot.expected - snapshot.started;
  if (whole <= sim::Duration{}) return "0%";
  const sim::Duration part = row.exchange->scheduler.now() - snapshot.started;
  return fmt::format("{}%", std::clamp<std::int64_t>(part.count() * 100 / whole.count(), 0, 99));
}

/// A copy does not say what it was made of: EC2 names a volume that cannot be.
std::string_view volume_of(const Snapshot& snapshot) {
  return snapshot.copied ? std::string_view{"vol-ffffffff"} : std::string_view{snapshot.volume->id};
}

constexpr std::array<FilterRule<SnapshotRow>, 11> kSnapshotFilters{{
    {"description", [](const SnapshotRow& row, FilterMatch& m) { m.value(row.snapshot->description); }},
    {"encrypted", [](const SnapshotRow& row, FilterMatch& m) { m.flag(row.snapshot->encrypted); }},
    {"owner-alias", [](const SnapshotRow&, FilterMatch&) {}},
    {"owner-id", [](const SnapshotRow&, FilterMatch& m) { m.value(kAccount); }},
    {"progress", [](const SnapshotRow& row, FilterMatch& m) { m.value(progress_of(row)); }},
    {"snapshot-id", [](const SnapshotRow& row, FilterMatch& m) { m.value(row.snapshot->id); }},
    {"start-time", [](const SnapshotRow& row, FilterMatch& m) { m.value(row.exchange->time(row.snapshot->started)); }},
    {"status", [](const SnapshotRow& row, FilterMatch& m) { m.value(to_text(row.state)); }},
    {"storage-tier", [](const SnapshotRow&, FilterMatch& m) { m.value("standard"); }},
    {"volume-id", [](const SnapshotRow& row, FilterMatch& m) { m.value(volume_of(*row.snapshot)); }},
    {"volume-size", [](const SnapshotRow& row, FilterMatch& m) { m.number(row.snapshot->size_gib); }},
}};

/// Writes the fields that the answers of CreateSnapshot and DescribeSnapshots share. `tagSet` is there even when it is
/// empty: Ansible's ec2_snapshot fails without it, after the snapshot was made.
void write_snapshot(Element item, const SnapshotRow& row) {
  const Snapshot& snapshot = *row.snapshot;
  item.text("snapshotId", snapshot.id);
  item.text("volumeId", volume_of(snapshot));
  item.text("status", to_text(row.state));
  if (row.state == SnapshotState::error) item.text("statusMessage", "The snapshot could not be completed");
  item.text("startTime", row.exchange->time(snapshot.started));
  item.text("progress", progress_of(row));
  item.text("ownerId", kAccount);
  item.number("volumeSize", snapshot.size_gib);
  item.text("description", snapshot.description);
  item.flag("encrypted", snapshot.encrypted);
  item.text("storageTier", "standard");
  write_tags(item, *row.exchange, snapshot.id);
}

constexpr std::array<std::string_view, 1> kSnapshotTagTypes{"snapshot"};

/// Takes the tag `divergent` out of the tags of a new snapshot: true when it says so.
bool take_divergent(std::vector<Tag>& tags) {
  const auto found = std::find_if(tags.begin(), tags.end(), [](const Tag& tag) { return tag.key == "divergent"; });
  if (found == tags.end()) return false;
  const bool divergent = found->value == "true";
  tags.erase(found);
  return divergent;
}

// --- CreateSnapshot, CopySnapshot -----------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 7> kCreateSnapshotRules{{{"VolumeId", RuleKind::text, true},
                                                             {"Description"},
                                                             {"OutpostArn"},
                                                             {"Location"},
                                                             kTagResource,
                                                             kTagKey,
                                                             kTagValue}};

Served create_snapshot(Exchange* exchange) {
  const ParameterTree& parameters = exchange->parameters;
  Result<std::vector<Tag>> tags = tags_for(parameters, "snapshot", kSnapshotTagTypes);
  if (!tags) co_return tags.error();
  CreateSnapshotRequest request;
  request.volume_id = parameters.text("VolumeId");
  request.description = parameters.text("Description");
  request.divergent = take_divergent(*tags);
  request.tags = std::move(*tags);
  Result<SnapshotDescription> taken = co_await exchange->ec2.create_snapshot(exchange->context, std::move(request));
  if (!taken) co_return taken.error();
  write_snapshot(exchange->answer, snapshot_row(*exchange, *taken));
  co_return std::nullopt;
}

constexpr std::array<ParameterRule, 13> kCopySnapshotRules{{{"SourceSnapshotId", RuleKind::text, true},
                                                            {"SourceRegion", RuleKind::text, true},
                                                            {"Description"},
                                                            {"DestinationRegion"},
                                                            {"DestinationOutpostArn"},
                                                            {"DestinationAvailabilityZone"},
                                                            {"CompletionDurationMinutes", RuleKind::number},
                                                            {"Encrypted", RuleKind::flag},
                                                            {"KmsKeyId"},
                                                            {"PresignedUrl"},
                                                            kTagResource,
                                                            kTagKey,
                                                            kTagValue}};

Served copy_snapshot(Exchange* exchange) {
  const ParameterTree& parameters = exchange->parameters;
  Result<std::vector<Tag>> tags = tags_for(parameters, "snapshot", kSnapshotTagTypes);
  if (!tags) co_return tags.error();
  CopySnapshotRequest request;
  request.snapshot_id = parameters.text("SourceSnapshotId");
  request.description = parameters.text("Description");
  request.encrypted = parameters.flag("Encrypted").value_or(false);
  request.tags = std::move(*tags);
  Result<SnapshotDescription> copied = co_await exchange->ec2.copy_snapshot(exchange->context, std::move(request));
  if (!copied) co_return copied.error();
  exchange->answer.text("snapshotId", copied->id);
  write_tags(exchange->answer, *exchange, copied->id);
  co_return std::nullopt;
}

// --- DescribeSnapshots ----------------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 7> kDescribeSnapshotsRules{
    {{"SnapshotId.N"}, {"Owner.N"}, {"RestorableBy.N"}, kFilterName, kFilterValue, kMaxResults, kNextToken}};

/// Tells whether a list of accounts (`Owner`, `RestorableBy`) has the one account that owns snapshots here. An empty
/// list has every account.
bool names_us(const std::vector<std::string>& accounts) {
  return accounts.empty() || std::any_of(accounts.begin(), accounts.end(), [](const std::string& account) {
           return account == "self" || account == kAccount;
         });
}

Served describe_snapshots(Exchange* exchange) {
  const ParameterTree& parameters = exchange->parameters;
  const std::span<const FilterRule<SnapshotRow>> rules = kSnapshotFilters;
  Result<std::vector<NamedFilter>> filters = read_filters(parameters, rules);
  if (!filters) co_return filters.error();
  const Result<Page> page = read_page(parameters, "snapshotSet", "SnapshotId");
  if (!page) co_return page.error();
  const bool ours = names_us(parameters.list("Owner")) && names_us(parameters.list("RestorableBy"));
  StorageFilter wanted;
  wanted.ids = parameters.list("SnapshotId");
  wanted.narrowed = !filters->empty() || page->limit > 0 || !parameters.at("Owner").empty();
  Result<std::vector<SnapshotDescription>> seen =
      co_await exchange->ec2.describe_all_snapshots(exchange->context, std::move(wanted));
  if (!seen) co_return seen.error();
  std::vector<SnapshotRow> rows;
  for (const SnapshotDescription& snapshot : *seen) {
    if (ours) rows.push_back(snapshot_row(*exchange, snapshot));
  }
  const std::string next = select(rows, std::span<const NamedFilter>{*filters}, rules, *page, "DescribeSnapshots");
  Element set = exchange->answer.child("snapshotSet");
  for (const SnapshotRow& row : rows) write_snapshot(set.child("item"), row);
  write_token(exchange->answer, next);
  co_return std::nullopt;
}

// --- DeleteSnapshot, DescribeSnapshotAttribute ----------------------------------------------------------------------

constexpr std::array<ParameterRule, 1> kDeleteSnapshotRules{{{"SnapshotId", RuleKind::text, true}}};

Served delete_snapshot(Exchange* exchange) {
  std::string id = exchange->parameters.text("SnapshotId");
  Result<Done> done = co_await exchange->ec2.delete_snapshot(exchange->context, std::move(id));
  if (!done) co_return done.error();
  write_done(exchange->answer);
  co_return std::nullopt;
}

constexpr std::array<ParameterRule, 2> kSnapshotAttributeRules{
    {{"SnapshotId", RuleKind::text, true}, {"Attribute", RuleKind::text, true}}};

/// No snapshot here is shared or a product.
Served describe_snapshot_attribute(Exchange* exchange) {
  const std::string attribute = exchange->parameters.text("Attribute");
  const bool permissions = attribute == "createVolumePermission";
  if (!permissions && attribute != "productCodes")
    co_return invalid_value(attribute, "attribute", "Unknown snapshot attribute.");
  StorageFilter wanted;
  wanted.ids = {exchange->parameters.text("SnapshotId")};
  Result<std::vector<SnapshotDescription>> seen =
      co_await exchange->ec2.describe_all_snapshots(exchange->context, std::move(wanted));
  if (!seen) co_return seen.error();
  exchange->answer.text("snapshotId", seen->front().id);
  exchange->answer.child(permissions ? "createVolumePermission" : "productCodes");
  co_return std::nullopt;
}

constexpr std::array<QueryAction, 5> kSnapshotActions{{
    {"CopySnapshot", kCopySnapshotRules, copy_snapshot},
    {"CreateSnapshot", kCreateSnapshotRules, create_snapshot},
    {"DeleteSnapshot", kDeleteSnapshotRules, delete_snapshot},
    {"DescribeSnapshotAttribute", kSnapshotAttributeRules, describe_snapshot_attribute},
    {"DescribeSnapshots", kDescribeSnapshotsRules, describe_snapshots},
}};

}  // namespace

std::span<const QueryAction> snapshot_actions() { return kSnapshotActions; }

}  // namespace drydock::cloud::query
