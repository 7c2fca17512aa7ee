#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/query/account.hpp"
#include "sim/cloud/query/actions.hpp"
#include "sim/hash.hpp"

// What tools ask about the account before they launch: regions, zones, networks, keys, quotas. Nothing here changes,
// and all of it fits together (docs/cloud.md §7.6).

namespace drydock::cloud::query {
namespace {

/// A thing of the account, with what it can be filtered by. `write` writes its element.
struct FixedRow {
  std::uint64_t number = 0;
  std::string id;
  std::vector<std::pair<std::string_view, std::string>> fields;  // filter name, value
  void (*write)(Element, const FixedRow&) = nullptr;

  [[nodiscard]] std::string_view field(std::string_view name) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return one.first == name; });
    return found == fields.end() ? std::string_view{} : std::string_view{found->second};
  }
};

bool row_passes(const FixedRow& row, const NamedFilter& filter) {
  FilterMatch match(filter);
  for (const auto& [name, value] : row.fields) {
    if (name == filter.name) match.value(value);
  }
  return match.found();
}

/// What EC2 calls the ids of a kind of thing, and how it says that one of them is unknown.
struct FixedKind {
  const char* set = nullptr;
  std::string_view ids;  // the parameter that names some of them
  std::string_view list;
  std::string_view unknown;  // an error code
  std::string_view unknown_text;
};

/// Keeps the rows that are named; a name that none of them has is an error.
Failure keep_named(std::vector<FixedRow>& rows, const std::vector<std::string>& ids, const FixedKind& kind) {
  for (const std::string& id : ids) {
    if (std::none_of(rows.begin(), rows.end(), [&](const FixedRow& row) { return row.id == id; }))
      return Error{std::string{kind.unknown}, 400, fmt::format(fmt::runtime(kind.unknown_text), id)};
  }
  if (ids.empty()) return std::nullopt;
  std::erase_if(rows, [&](const FixedRow& row) { return std::find(ids.begin(), ids.end(), row.id) == ids.end(); });
  return std::nullopt;
}

/// Answers a Describe of such things: those that are named, pass the filters, and are on the page. A filter by a name
/// that none of the things has is an error, and one by tags finds nothing.
Failure tell_fixed(Exchange& exchange, std::vector<FixedRow> rows, const FixedKind& kind) {
  Result<std::vector<NamedFilter>> filters = read_filters(exchange.parameters);
  if (!filters) return filters.error();
  const Result<Page> page = read_page(exchange.parameters, kind.list, kind.ids);
  if (!page) return page.error();
  for (const NamedFilter& filter : *filters) {
    if (is_tag_filter(filter.name)) continue;
    const bool known = std::any_of(rows.begin(), rows.end(), [&](const FixedRow& row) {
      return std::any_of(row.fields.begin(), row.fields.end(),
                         [&](const auto& one) { return one.first == filter.name; });
    });
    if (!known) return invalid_filter(filter.name);
  }
  Failure unknown = keep_named(rows, exchange.parameters.list(kind.ids), kind);
  if (unknown) return unknown;
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].number = i + 1;
  for (const NamedFilter& filter : *filters) {
    std::erase_if(rows, [&](const FixedRow& row) { return !row_passes(row, filter); });
  }
  const std::string next = cut_to_page(rows, *page, exchange.parameters.text("Action"));
  Element set = exchange.answer.child(kind.set);
  for (const FixedRow& row : rows) row.write(set.child("item"), row);
  write_token(exchange.answer, next);
  return std::nullopt;
}

// --- DescribeRegions, DescribeAvailabilityZones ---------------------------------------------------------------------

constexpr std::array<std::string_view, 17> kRegions{
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1",   "eu-central-1",   "eu-north-1",     "eu-west-1",  "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",      "us-east-2",      "us-west-1",  "us-west-2"};

void write_region(Element item, const FixedRow& row) {
  item.text("regionName", row.id);
  item.text("regionEndpoint", row.field("endpoint"));
  item.text("optInStatus", row.field("opt-in-status"));
}

Failure describe_regions(Exchange& exchange) {
  std::vector<FixedRow> rows;
  const auto add = [&](std::string_view name) {
    FixedRow row;
    row.id = name;
    row.fields = {{"region-name", row.id},
                  {"endpoint", fmt::format("ec2.{}.amazonaws.com", name)},
                  {"opt-in-status", "opt-in-not-required"}};
    row.write = write_region;
    rows.push_back(std::move(row));
  };
  for (const std::string_view name : kRegions) add(name);
  if (std::find(kRegions.begin(), kRegions.end(), exchange.region) == kRegions.end()) add(exchange.region);
  return tell_fixed(exchange, std::move(rows),
                    {"regionInfo", "RegionName", "regions", "InvalidParameterValue", "Invalid region provided: [{}]"});
}

void write_zone(Element item, const FixedRow& row) {
  item.text("zoneName", row.id);
  item.text("zoneState", row.field("state"));
  item.text("regionName", row.field("region-name"));
  item.text("optInStatus", row.field("opt-in-status"));
  item.child("messageSet");
  item.text("zoneId", row.field("zone-id"));
  item.text("groupName", row.field("group-name"));
  item.text("networkBorderGroup", row.field("region-name"));
  item.text("zoneType", row.field("zone-type"));
}

/// Returns a zone's id as EC2 makes it from the region: `use1-az1` for us-east-1a.
std::string zone_id(std::string_view region, char letter) {
  std::string id;
  for (std::string_view rest = region; !rest.empty();) {
    const std::size_t end = std::min(rest.find('-'), rest.size());
    const std::string_view part = rest.substr(0, end);
    id += id.empty() ? part.substr(0, 2) : part.substr(0, 1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fmt::format("{}-az{}", id, letter - 'a' + 1);
}

Failure describe_availability_zones(Exchange& exchange) {
  std::vector<FixedRow> rows;
  for (const char letter : kZones) {
    FixedRow row;
    row.id = exchange.zone(letter);
    row.fields = {{"zone-name", row.id},
                  {"zone-id", zone_id(exchange.region, letter)},
                  {"region-name", exchange.region},
                  {"state", "available"},
                  {"zone-type", "availability-zone"},
                  {"group-name", exchange.region},
                  {"opt-in-status", "opt-in-not-required"},
                  {"message", ""}};
    row.write = write_zone;
    rows.push_back(std::move(row));
  }
  return tell_fixed(
      exchange, std::move(rows),
      {"availabilityZoneInfo", "ZoneName", "zones", "InvalidParameterValue", "Invalid availability zone: [{}]"});
}

// --- DescribeVpcs, DescribeSubnets, DescribeSecurityGroups ----------------------------------------------------------

constexpr std::string_view kDhcpOptions = "dopt-0dd0c5ea000000001";

void write_vpc(Element item, const FixedRow& row) {
  item.text("vpcId", row.id);
  item.text("ownerId", kAccount);
  item.text("state", "available");
  item.text("cidrBlock", kVpcBlock);
  item.text("dhcpOptionsId", kDhcpOptions);
  item.text("instanceTenancy", "default");
  item.flag("isDefault", true);
  Element association = item.child("cidrBlockAssociationSet").child("item");
  association.text("associationId", "vpc-cidr-assoc-0dd0c5ea000000001");
  association.text("cidrBlock", kVpcBlock);
  association.child("cidrBlockState").text("state", "associated");
  item.child("tagSet");
}

Failure describe_vpcs(Exchange& exchange) {
  FixedRow row;
  row.id = kVpc;
  row.fields = {{"vpc-id", row.id},
                {"cidr", std::string{kVpcBlock}},
                {"cidr-block-association.cidr-block", std::string{kVpcBlock}},
                {"dhcp-options-id", std::string{kDhcpOptions}},
                {"is-default", "true"},
                {"isDefault", "true"},
                {"owner-id", std::string{kAccount}},
                {"state", "available"}};
  row.write = write_vpc;
  return tell_fixed(exchange, {std::move(row)},
                    {"vpcSet", "VpcId", "vpcSet", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"});
}

void write_subnet(Element item, const FixedRow& row) {
  item.text("subnetId", row.id);
  std::string_view region = row.field("availability-zone");
  region.remove_suffix(1);
  item.text("subnetArn", fmt::format("arn:aws:ec2:{}:{}:subnet/{}", region, kAccount, row.id));
  item.text("state", "available");
  item.text("ownerId", kAccount);
  item.text("vpcId", kVpc);
  item.text("cidrBlock", row.field("cidr-block"));
  item.text("availableIpAddressCount", row.field("available-ip-address-count"));
  item.text("availabilityZone", row.field("availability-zone"));
  item.text("availabilityZoneId", row.field("availability-zone-id"));
  item.flag("defaultForAz", true);
  item.flag("mapPublicIpOnLaunch", true);
  item.flag("assignIpv6AddressOnCreation", false);
  item.child("ipv6CidrBlockAssociationSet");
  item.child("tagSet");
}

Failure describe_subnets(Exchange& exchange) {
  std::vector<FixedRow> rows;
  for (const char letter : kZones) {
    const std::string zone = exchange.zone(letter);
    const std::string block = fmt::format("10.16.{}.0/18", (letter - 'a') * 64);
    FixedRow row;
    row.id = subnet_in(letter);
    row.fields = {{"subnet-id", row.id},
                  {"availability-zone", zone},
                  {"availabilityZone", zone},
                  {"availability-zone-id", zone_id(exchange.region, letter)},
                  {"available-ip-address-count", "16379"},
                  {"cidr-block", block},
                  {"cidr", block},
                  {"cidrBlock", block},
                  {"default-for-az", "true"},
                  {"defaultForAz", "true"},
                  {"map-public-ip-on-launch", "true"},
                  {"owner-id", std::string{kAccount}},
                  {"state", "available"},
                  {"vpc-id", std::string{kVpc}}};
    row.write = write_subnet;
    rows.push_back(std::move(row));
  }
  return tell_fixed(
      exchange, std::move(rows),
      {"subnetSet", "SubnetId", "subnetSet", "InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"});
}

void write_group(Element item, const FixedRow& row) {
  item.text("ownerId", kAccount);
  item.text("groupId", kGroup);
  item.text("groupName", kGroupName);
  item.text("groupDescription", row.field("description"));
  item.text("vpcId", kVpc);
  Element inward = item.child("ipPermissions").child("item");
  inward.text("ipProtocol", "-1");
  Element pair = inward.child("groups").child("item");
  pair.text("userId", kAccount);
  pair.text("groupId", kGroup);
  inward.child("ipRanges");
  inward.child("ipv6Ranges");
  inward.child("prefixListIds");
  Element outward = item.child("ipPermissionsEgress").child("item");
  outward.text("ipProtocol", "-1");
  outward.child("groups");
  outward.child("ipRanges").child("item").text("cidrIp", "0.0.0.0/0");
  outward.child("ipv6Ranges");
  outward.child("prefixListIds");
  item.child("tagSet");
}

/// The default group is asked for by its id or by its name.
Failure describe_security_groups(Exchange& exchange) {
  FixedRow row;
  row.id = kGroup;
  row.fields = {{"group-id", row.id},
                {"group-name", std::string{kGroupName}},
                {"description", "default VPC security group"},
                {"owner-id", std::string{kAccount}},
                {"vpc-id", std::string{kVpc}}};
  row.write = write_group;
  for (const std::string& name : exchange.parameters.list("GroupName")) {
    if (name == kGroupName || name == kGroup) continue;
    return Error{"InvalidGroup.NotFound", 400,
                 fmt::format("The security group '{}' does not exist in default VPC '{}'", name, kVpc)};
  }
  return tell_fixed(exchange, {std::move(row)},
                    {"securityGroupInfo", "GroupId", "securityGroupSet", "InvalidGroup.NotFound",
                     "The security group '{}' does not exist"});
}

// --- DescribeKeyPairs, DescribeAddresses, DescribeAccountAttributes -------------------------------------------------

/// A launch takes any name of a key, and so every name is that of one. Only those of launches are listed.
std::vector<std::string> key_names(const Exchange& exchange) {
  std::vector<std::string> names = exchange.parameters.list("KeyName");
  if (!names.empty()) return names;
  for (const Instance& instance : exchange.ec2.instances()) {
    if (instance.details != nullptr && !instance.details->key_name.empty()) names.push_back(instance.details->key_name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// Returns the eight bytes of a number as fingerprints are written: `1f:51:…`.
std::string fingerprint_of(std::uint64_t digits) {
  std::string text = fmt::format("{:016x}", digits);
  for (std::size_t at = 14; at > 0; at -= 2) text.insert(at, ":");
  return text;
}

void write_key(Element item, const FixedRow& row) {
  item.text("keyPairId", row.field("key-pair-id"));
  item.text("keyName", row.id);
  item.text("keyType", "rsa");
  item.text("keyFingerprint", row.field("fingerprint"));
  item.child("tagSet");
}

Failure describe_key_pairs(Exchange& exchange) {
  std::vector<FixedRow> rows;
  for (const std::string& name : key_names(exchange)) {
    const std::uint64_t digits = sim::hash_text(name);
    FixedRow row;
    row.id = name;
    row.fields = {{"key-name", name},
                  {"key-pair-id", fmt::format("key-{:016x}0", digits)},
                  {"fingerprint", fingerprint_of(digits)}};
    row.write = write_key;
    rows.push_back(std::move(row));
  }
  if (rows.empty()) {
    exchange.answer.child("keySet");
    return std::nullopt;
  }
  return tell_fixed(exchange, std::move(rows),
                    {"keySet", "KeyName", "keySet", "InvalidKeyPair.NotFound", "The key pair '{}' does not exist"});
}

/// The account has no elastic addresses.
Failure describe_addresses(Exchange& exchange) {
  for (const std::string& id : exchange.parameters.list("AllocationId")) {
    return Error{"InvalidAllocationID.NotFound", 400, fmt::format("The allocation ID '{}' does not exist", id)};
  }
  for (const std::string& address : exchange.parameters.list("PublicIp")) {
    return Error{"InvalidAddress.NotFound", 400, fmt::format("Address '{}' not found.", address)};
  }
  exchange.answer.child("addressesSet");
  return std::nullopt;
}

void write_attribute(Element item, const FixedRow& row) {
  item.text("attributeName", row.id);
  item.child("attributeValueSet").child("item").text("attributeValue", row.field("value"));
}

Failure describe_account_attributes(Exchange& exchange) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> attributes{
      {{"supported-platforms", "VPC"},
       {"default-vpc", kVpc},
       {"max-instances", "1000"},
       {"vpc-max-security-groups-per-interface", "5"},
       {"max-elastic-ips", "5"},
       {"vpc-max-elastic-ips", "5"}}};
  std::vector<FixedRow> rows;
  for (const auto& [name, value] : attributes) {
    FixedRow row;
    row.id = name;
    row.fields = {{"value", std::string{value}}};
    row.write = write_attribute;
    rows.push_back(std::move(row));
  }
  return tell_fixed(exchange, std::move(rows),
                    {"accountAttributeSet", "AttributeName", "", "InvalidParameterValue",
                     "Value ({}) for parameter attributeName is invalid. Unknown attribute."});
}

// --- the actions ----------------------------------------------------------------------------------------------------

constexpr std::array<ParameterRule, 4> kRegionRules{
    {{"RegionName.N"}, {"AllRegions", RuleKind::flag}, kFilterName, kFilterValue}};
constexpr std::array<ParameterRule, 5> kZoneRules{
    {{"ZoneName.N"}, {"ZoneId.N"}, {"AllAvailabilityZones", RuleKind::flag}, kFilterName, kFilterValue}};
constexpr std::array<ParameterRule, 5> kVpcRules{{{"VpcId.N"}, kFilterName, kFilterValue, kMaxResults, kNextToken}};
constexpr std::array<ParameterRule, 5> kSubnetRules{
    {{"SubnetId.N"}, kFilterName, kFilterValue, kMaxResults, kNextToken}};
constexpr std::array<ParameterRule, 6> kGroupRules{
    {{"GroupId.N"}, {"GroupName.N"}, kFilterName, kFilterValue, kMaxResults, kNextToken}};
constexpr std::array<ParameterRule, 5> kKeyRules{
    {{"KeyName.N"}, {"KeyPairId.N"}, {"IncludePublicKey", RuleKind::flag}, kFilterName, kFilterValue}};
constexpr std::array<ParameterRule, 4> kAddressRules{{{"PublicIp.N"}, {"AllocationId.N"}, kFilterName, kFilterValue}};
constexpr std::array<ParameterRule, 1> kAccountRules{{{"AttributeName.N"}}};

constexpr std::array<QueryAction, 8> kAccountActions{{
    {"DescribeAccountAttributes", kAccountRules, nullptr, describe_account_attributes},
    {"DescribeAddresses", kAddressRules, nullptr, describe_addresses},
    {"DescribeAvailabilityZones", kZoneRules, nullptr, describe_availability_zones},
    {"DescribeKeyPairs", kKeyRules, nullptr, describe_key_pairs},
    {"DescribeRegions", kRegionRules, nullptr, describe_regions},
    {"DescribeSecurityGroups", kGroupRules, nullptr, describe_security_groups},
    {"DescribeSubnets", kSubnetRules, nullptr, describe_subnets},
    {"DescribeVpcs", kVpcRules, nullptr, describe_vpcs},
}};

}  // namespace

std::span<const QueryAction> account_actions() { return kAccountActions; }

}  // namespace drydock::cloud::query
