#include "sim/cloud/query/instance_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "sim/cloud/query/account.hpp"

namespace drydock::cloud::query {
namespace {

struct ReasonText {
  std::string_view code;
  std::string_view text;
};

/// What EC2 says after the code of a StateReason ([BC] StateReason).
constexpr std::array<ReasonText, 8> kReasonTexts{{
    {"Client.UserInitiatedShutdown", "User initiated shutdown"},
    {"Client.InstanceInitiatedShutdown", "Instance initiated shutdown"},
    {"Client.InternalError", "Client error on launch"},
    {"Client.InvalidSnapshot.NotFound", "The specified snapshot was not found"},
    {"Client.VolumeLimitExceeded", "Volume limit exceeded"},
    {"Server.InsufficientInstanceCapacity", "There was insufficient capacity available to satisfy the launch request"},
    {"Server.InternalError", "Internal error on launch"},
    {"Server.SpotInstanceTermination", "Spot instance termination"},
}};

std::string reason_message(std::string_view code) {
  const auto* found =
      std::find_if(kReasonTexts.begin(), kReasonTexts.end(), [&](const ReasonText& row) { return row.code == code; });
  return found == kReasonTexts.end() ? std::string{code} : fmt::format("{}: {}", code, found->text);
}

bool has_ended(const InstanceRow& row) { return row.state == InstanceState::terminated; }

/// Returns when what the reason speaks of began: the end of `running`, not the end of what followed.
sim::Instant reason_began(const InstanceRow& row) {
  const auto& history = row.instance->history;
  const sim::Instant last = history.since(row.exchange->scheduler.now());
  const InstanceView* before = history.at(last - sim::Duration{1});
  const bool same = before != nullptr && before->reason == row.state_reason;
  return same ? history.since(last - sim::Duration{1}) : last;
}

/// Returns the StateTransitionReason: `User initiated (2026-05-19 00:05:00 GMT)`.
std::string transition_reason(const InstanceRow& row) {
  if (row.state_reason.empty()) return {};
  const std::string at = row.exchange->time(reason_began(row));
  const std::string when = fmt::format("({} {} GMT)", at.substr(0, 10), at.substr(11, 8));
  if (row.state_reason == "Client.UserInitiatedShutdown") return "User initiated " + when;
  return fmt::format("{} {}", reason_message(row.state_reason), when);
}

std::string dashed(std::string_view address) {
  std::string text{address};
  std::replace(text.begin(), text.end(), '.', '-');
  return text;
}

std::string private_name(const InstanceRow& row) {
  const std::string& region = row.exchange->region;
  const std::string_view domain = region == "us-east-1" ? "ec2" : std::string_view{region};
  const std::string_view suffix = region == "us-east-1" ? "internal" : "compute.internal";
  return fmt::format("ip-{}.{}.{}", dashed(row.instance->private_ip), domain, suffix);
}

/// Returns a public address out of 198.18.0.0/15, which belongs to nobody (RFC 2544): a script that connects to it
/// reaches no stranger's host. Empty unless the instance runs.
std::string public_address(const InstanceRow& row) {
  if (row.state != InstanceState::running) return {};
  const std::uint64_t number = row.instance->number;
  return fmt::format("198.{}.{}.{}", 18 + number / 65536 % 2, number / 256 % 256, number % 256);
}

std::string public_name(const InstanceRow& row) {
  const std::string address = public_address(row);
  if (address.empty()) return {};
  const std::string& region = row.exchange->region;
  const std::string zone = region == "us-east-1" ? "compute-1" : region + ".compute";
  return fmt::format("ec2-{}.{}.amazonaws.com", dashed(address), zone);
}

std::string image_id(const Instance& instance) {
  const bool known = instance.details != nullptr && !instance.details->image_id.empty();
  return known ? instance.details->image_id : std::string{kDefaultImage};
}

const InstanceDetails& details_of(const Instance& instance) {
  static const InstanceDetails nothing_said;
  return instance.details == nullptr ? nothing_said : *instance.details;
}

std::vector<std::string> groups_of(const Instance& instance) {
  const std::vector<std::string>& named = details_of(instance).groups;
  return named.empty() ? std::vector{std::string{kGroup}} : named;
}

std::string_view architecture_of(const Instance& instance) { return image_of(image_id(instance)).architecture; }

/// Returns the id of what belongs to an instance alone, with the instance's own digits.
std::string id_beside(std::string_view prefix, const Instance& instance) {
  return std::string{prefix} + instance.id.substr(instance.id.find('-') + 1);
}

std::string reservation_of(const Instance& instance) {
  return instance.launch == nullptr ? id_beside("r-", instance) : instance.launch->reservation_id;
}

/// Returns an address out of those that anybody may give out (`02:`).
std::string hardware_address(const Instance& instance) {
  const std::uint64_t number = instance.number;
  return fmt::format("02:dd:{:02x}:{:02x}:{:02x}:{:02x}", number >> 24U & 0xFFU, number >> 16U & 0xFFU,
                     number >> 8U & 0xFFU, number & 0xFFU);
}

void write_interface(Element set, const InstanceRow& row) {
  const Instance& instance = *row.instance;
  Element item = set.child("item");
  item.text("networkInterfaceId", id_beside("eni-", instance));
  item.text("subnetId", subnet_in(zone_of(instance)));
  item.text("vpcId", kVpc);
  // Net::Amazon::EC2 dies of an interface without a description or a MAC address.
  item.text("description", "Primary network interface");
  item.text("ownerId", kAccount);
  item.text("status", "in-use");
  item.text("macAddress", hardware_address(instance));
  item.text("privateIpAddress", instance.private_ip);
  item.text("privateDnsName", private_name(row));
  item.flag("sourceDestCheck", details_of(instance).source_dest_check);
  write_groups(item, instance);
  Element attachment = item.child("attachment");
  attachment.text("attachmentId", id_beside("eni-attach-", instance));
  attachment.number("deviceIndex", 0);
  attachment.text("status", "attached");
  attachment.text("attachTime", row.exchange->time(instance.launched));
  attachment.flag("deleteOnTermination", true);
  Element address = item.child("privateIpAddressesSet").child("item");
  address.text("privateIpAddress", instance.private_ip);
  address.flag("primary", true);
}

/// Writes where the instance is. One that has terminated is nowhere.
void write_network(Element item, const InstanceRow& row) {
  const Instance& instance = *row.instance;
  const bool ended = has_ended(row);
  item.text("privateDnsName", ended ? std::string{} : private_name(row));
  item.text("dnsName", public_name(row));
  if (!ended) {
    item.text("subnetId", subnet_in(zone_of(instance)));
    item.text("vpcId", kVpc);
    item.text("privateIpAddress", instance.private_ip);
    item.text_unless_empty("ipAddress", public_address(row));
    item.flag("sourceDestCheck", details_of(instance).source_dest_check);
  }
  Element interfaces = item.child("networkInterfaceSet");
  if (ended) {
    item.child("groupSet");
    return;
  }
  write_interface(interfaces, row);
  write_groups(item, instance);
}

/// Writes the elements that are the same for every instance, or almost so.
void write_constants(Element item, const InstanceDetails& details) {
  item.text("virtualizationType", "hvm");
  item.text("hypervisor", "xen");
  item.text("rootDeviceType", "ebs");
  item.flag("enaSupport", true);
  item.child("productCodes");
  Element metadata = item.child("metadataOptions");
  metadata.text("state", "applied");
  metadata.text("httpTokens", details.http_tokens);
  metadata.number("httpPutResponseHopLimit", 1);
  metadata.text("httpEndpoint", "enabled");
}

void write_reasons(Element item, const InstanceRow& row) {
  item.text("reason", transition_reason(row));
  const bool launching = row.state == InstanceState::pending && row.state_reason.empty();
  if (row.state_reason.empty() && !launching) return;
  Element reason = item.child("stateReason");
  reason.text("code", launching ? "pending" : std::string_view{row.state_reason});
  reason.text("message", launching ? "pending" : reason_message(row.state_reason));
}

void write_instance(Element item, const InstanceRow& row) {
  const Instance& instance = *row.instance;
  const InstanceDetails& details = details_of(instance);
  item.text("instanceId", instance.id);
  item.text("imageId", image_id(instance));
  write_state(item.child("instanceState"), row.state);
  write_network(item, row);
  write_reasons(item, row);
  item.text_unless_empty("keyName", details.key_name);
  item.number("amiLaunchIndex", instance.launch_index);
  item.text("instanceType", type_of(instance));
  item.text("launchTime", row.exchange->time(instance.launched));
  Element placement = item.child("placement");
  placement.text("availabilityZone", row.exchange->zone(zone_of(instance)));
  placement.text("groupName", "");
  placement.text("tenancy", details.tenancy);
  item.child("monitoring").text("state", details.monitored ? "enabled" : "disabled");
  item.text("architecture", architecture_of(instance));
  item.text("rootDeviceName", root_device_of(instance));
  write_constants(item, details);
  write_block_devices(item, *row.exchange, instance);
  item.text("clientToken", instance.request.client_token);
  item.flag("ebsOptimized", details.ebs_optimized);
  if (!details.profile.empty()) item.child("iamInstanceProfile").text("arn", details.profile);
  write_tags(item, *row.exchange, instance.id);
}

template <auto Field>
void by_details(const InstanceRow& row, FilterMatch& match) {
  match.value(details_of(*row.instance).*Field);
}

void by_groups(const InstanceRow& row, FilterMatch& match) {
  for (const std::string& group : groups_of(*row.instance)) match.value(group);
}

void by_devices(const InstanceRow& row, FilterMatch& match) {
  for (const Volume* volume : attached_volumes(*row.instance)) match.value(device_of(*volume));
}

void by_volumes(const InstanceRow& row, FilterMatch& match) {
  for (const Volume* volume : attached_volumes(*row.instance)) match.value(volume->id);
}

void by_network(const InstanceRow& row, FilterMatch& match, std::string_view value) {
  if (!has_ended(row)) match.value(value);
}

using ByInstance = FilterRule<InstanceRow>;

/// EC2's filters of DescribeInstances for which an instance here has a value.
constexpr std::array<ByInstance, 35> kInstanceFilters{{
    {"architecture", [](const InstanceRow& row, FilterMatch& m) { m.value(architecture_of(*row.instance)); }},
    {"availability-zone",
     [](const InstanceRow& row, FilterMatch& m) { m.value(row.exchange->zone(zone_of(*row.instance))); }},
    {"block-device-mapping.device-name", by_devices},
    {"block-device-mapping.volume-id", by_volumes},
    {"client-token", [](const InstanceRow& row, FilterMatch& m) { m.value(row.instance->request.client_token); }},
    {"dns-name", [](const InstanceRow& row, FilterMatch& m) { m.value(public_name(row)); }},
    {"group-id", by_groups},
    {"group-name", [](const InstanceRow&, FilterMatch& m) { m.value(kGroupName); }},
    {"hypervisor", [](const InstanceRow&, FilterMatch& m) { m.value("xen"); }},
    {"iam-instance-profile.arn", by_details<&InstanceDetails::profile>},
    {"image-id", [](const InstanceRow& row, FilterMatch& m) { m.value(image_id(*row.instance)); }},
    {"instance-id", [](const InstanceRow& row, FilterMatch& m) { m.value(row.instance->id); }},
    {"instance-state-code",
     [](const InstanceRow& row, FilterMatch& m) { m.number(static_cast<std::uint64_t>(row.state)); }},
    {"instance-state-name", [](const InstanceRow& row, FilterMatch& m) { m.value(to_text(row.state)); }},
    {"instance-type", [](const InstanceRow& row, FilterMatch& m) { m.value(type_of(*row.instance)); }},
    {"instance.group-id", by_groups},
    {"instance.group-name", [](const InstanceRow&, FilterMatch& m) { m.value(kGroupName); }},
    {"ip-address", [](const InstanceRow& row, FilterMatch& m) { m.value(public_address(row)); }},
    {"key-name", by_details<&InstanceDetails::key_name>},
    {"launch-index", [](const InstanceRow& row, FilterMatch& m) { m.number(row.instance->launch_index); }},
    {"launch-time",
     [](const InstanceRow& row, FilterMatch& m) { m.value(row.exchange->time(row.instance->launched)); }},
    {"monitoring-state", [](const InstanceRow& row,
                            FilterMatch& m) { m.value(details_of(*row.instance).monitored ? "enabled" : "disabled"); }},
    {"network-interface.subnet-id",
     [](const InstanceRow& row, FilterMatch& m) { by_network(row, m, subnet_in(zone_of(*row.instance))); }},
    {"network-interface.vpc-id", [](const InstanceRow& row, FilterMatch& m) { by_network(row, m, kVpc); }},
    {"owner-id", [](const InstanceRow&, FilterMatch& m) { m.value(kAccount); }},
    {"private-dns-name", [](const InstanceRow& row, FilterMatch& m) { by_network(row, m, private_name(row)); }},
    {"private-ip-address",
     [](const InstanceRow& row, FilterMatch& m) { by_network(row, m, row.instance->private_ip); }},
    {"reason", [](const InstanceRow& row, FilterMatch& m) { m.value(transition_reason(row)); }},
    {"reservation-id", [](const InstanceRow& row, FilterMatch& m) { m.value(reservation_of(*row.instance)); }},
    {"root-device-name", [](const InstanceRow& row, FilterMatch& m) { m.value(root_device_of(*row.instance)); }},
    {"root-device-type", [](const InstanceRow&, FilterMatch& m) { m.value("ebs"); }},
    {"state-reason-code", [](const InstanceRow& row, FilterMatch& m) { m.value(row.state_reason); }},
    {"subnet-id",
     [](const InstanceRow& row, FilterMatch& m) { by_network(row, m, subnet_in(zone_of(*row.instance))); }},
    {"tenancy", by_details<&InstanceDetails::tenancy>},
    {"vpc-id", [](const InstanceRow& row, FilterMatch& m) { by_network(row, m, kVpc); }},
}};

}  // namespace

InstanceRow row_of(const Exchange& exchange, const InstanceDescription& seen) {
  InstanceRow row;
  row.exchange = &exchange;
  row.instance = exchange.ec2.find(seen.id);
  row.number = row.instance->number;
  row.state = seen.state;
  row.state_reason = seen.state_reason;
  return row;
}

InstanceRow row_of(const Exchange& exchange, const Instance& instance) {
  InstanceRow row;
  row.exchange = &exchange;
  row.instance = &instance;
  row.number = instance.number;
  row.state = instance.state;
  row.state_reason = instance.reason;
  return row;
}

std::span<const FilterRule<InstanceRow>> instance_filters() { return kInstanceFilters; }

std::string type_of(const Instance& instance) {
  const std::string& said = details_of(instance).instance_type;
  return said.empty() ? std::string{kDefaultType} : said;
}

std::string root_device_of(const Instance& instance) {
  const std::string& said = details_of(instance).root_device;
  return said.empty() ? std::string{image_of(image_id(instance)).root_device} : said;
}

std::vector<const Volume*> attached_volumes(const Instance& instance) {
  std::vector<const Volume*> volumes;
  const auto add = [&](const Volume* volume) {
    if (volume != nullptr && volume->attached_to == instance.name) volumes.push_back(volume);
  };
  add(instance.root_volume);
  add(instance.data_volume);
  for (const Volume* volume : instance.other_volumes) {
    if (volume != instance.root_volume) add(volume);
  }
  return volumes;
}

void write_state(Element element, InstanceState state) {
  element.number("code", static_cast<std::uint64_t>(state));
  element.text("name", to_text(state));
}

void write_block_devices(Element element, const Exchange& exchange, const Instance& instance) {
  Element set = element.child("blockDeviceMapping");
  for (const Volume* volume : attached_volumes(instance)) {
    Element item = set.child("item");
    item.text("deviceName", device_of(*volume));
    Element ebs = item.child("ebs");
    ebs.text("volumeId", volume->id);
    ebs.text("status", "attached");
    ebs.text("attachTime", exchange.time(volume->attached_at));
    ebs.flag("deleteOnTermination", volume->delete_on_termination);
  }
}

void write_groups(Element element, const Instance& instance) {
  Element set = element.child("groupSet");
  for (const std::string& group : groups_of(instance)) {
    Element item = set.child("item");
    item.text("groupId", group);
    item.text("groupName", kGroupName);
  }
}

void write_reservation(Element element, std::span<const InstanceRow> rows) {
  element.text("reservationId", reservation_of(*rows.front().instance));
  element.text("ownerId", kAccount);
  element.child("groupSet");
  Element set = element.child("instancesSet");
  for (const InstanceRow& row : rows) write_instance(set.child("item"), row);
}

void write_reservations(Element set, const std::vector<InstanceRow>& rows) {
  for (std::size_t begin = 0; begin < rows.size();) {
    const Launch* launch = rows[begin].instance->launch;
    std::size_t end = begin + 1;
    while (end < rows.size() && launch != nullptr && rows[end].instance->launch == launch) ++end;
    write_reservation(set.child("item"), std::span{rows}.subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace drydock::cloud::query
