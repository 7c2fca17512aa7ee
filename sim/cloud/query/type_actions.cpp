#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/types.hpp"

// DescribeInstanceTypes and DescribeInstanceTypeOfferings. A type is a family and a size; what it has follows from the
// two. To the region all of them are one (docs/cloud.md §5.1).

namespace drydock::cloud::query {
namespace {

struct TypeFamily {
  std::string_view name;
  std::uint32_t mib_per_vcpu = 0;
  bool arm = false;
  bool burstable = false;
  bool current = true;
};

constexpr std::array<TypeFamily, 32> kFamilies{{
    {"a1", 2048, true},
    {"c3", 1920, false, false, false},
    {"c4", 1920, false, false, false},
    {"c5", 2048},
    {"c5a", 2048},
    {"c5n", 2688},
    {"c6a", 2048},
    {"c6g", 2048, true},
    {"c6i", 2048},
    {"c7g", 2048, true},
    {"c7i", 2048},
    {"i3", 7808},
    {"m1", 1741, false, false, false},
    {"m3", 3840, false, false, false},
    {"m4", 4096, false, false, false},
    {"m5", 4096},
    {"m5a", 4096},
    {"m5d", 4096},
    {"m6a", 4096},
    {"m6g", 4096, true},
    {"m6i", 4096},
    {"m7g", 4096, true},
    {"m7i", 4096},
    {"r4", 7808, false, false, false},
    {"r5", 8192},
    {"r6g", 8192, true},
    {"r6i", 8192},
    {"r7i", 8192},
    {"t2", 4096, false, true, false},
    {"t3", 4096, false, true},
    {"t3a", 4096, false, true},
    {"t4g", 4096, true, true},
}};

struct TypeSize {
  std::string_view name;
  std::uint32_t vcpus = 0;
  std::uint32_t burstable_mib = 0;  // the memory of a burstable type; 0: by its vCPUs
};

constexpr std::array<TypeSize, 11> kSizes{{{"nano", 2, 512},
                                           {"micro", 2, 1024},
                                           {"small", 2, 2048},
                                           {"medium", 2, 4096},
                                           {"large", 2, 0},
                                           {"xlarge", 4, 0},
                                           {"2xlarge", 8, 0},
                                           {"4xlarge", 16, 0},
                                           {"8xlarge", 32, 0},
                                           {"12xlarge", 48, 0},
                                           {"16xlarge", 64, 0}}};

constexpr std::array<std::string_view, 7> kVolumeTypes{"gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"};

struct TypeRow {
  std::uint64_t number = 0;
  std::string name;
  const TypeFamily* family = nullptr;
  std::uint32_t vcpus = 0;
  std::uint32_t mib = 0;
};

/// Burstable families have sizes up to 2xlarge, and the old `m` families `small` and `medium`; others begin at `large`.
bool has_size(const TypeFamily& family, const TypeSize& size) {
  const bool tiny = size.burstable_mib > 0;
  if (family.burstable) return size.vcpus <= 8;
  if (!tiny) return true;
  const bool middling = size.name == "medium";
  if (family.arm) return middling;
  const bool old = family.name == "m1" || family.name == "m3";
  return old && (middling || (size.name == "small" && family.name == "m1"));
}

TypeRow type_row(const TypeFamily& family, const TypeSize& size) {
  TypeRow row;
  row.name = fmt::format("{}.{}", family.name, size.name);
  row.family = &family;
  const bool single = size.burstable_mib > 0 && (!family.burstable || (family.name == "t2" && size.name != "medium"));
  row.vcpus = single ? 1 : size.vcpus;
  row.mib = family.burstable && size.burstable_mib > 0 ? size.burstable_mib : row.vcpus * family.mib_per_vcpu;
  return row;
}

std::vector<TypeRow> all_types() {
  std::vector<TypeRow> rows;
  for (const TypeFamily& family : kFamilies) {
    for (const TypeSize& size : kSizes) {
      if (!has_size(family, size)) continue;
      rows.push_back(type_row(family, size));
      rows.back().number = rows.size();
    }
  }
  return rows;
}

std::string_view architecture_of(const TypeRow& row) { return row.family->arm ? "arm64" : "x86_64"; }

constexpr std::array<FilterRule<TypeRow>, 14> kTypeFilters{{
    {"bare-metal", [](const TypeRow&, FilterMatch& m) { m.flag(false); }},
    {"burstable-performance-supported", [](const TypeRow& row, FilterMatch& m) { m.flag(row.family->burstable); }},
    {"current-generation", [](const TypeRow& row, FilterMatch& m) { m.flag(row.family->current); }},
    {"free-tier-eligible",
     [](const TypeRow& row, FilterMatch& m) { m.flag(row.name == "t2.micro" || row.name == "t3.micro"); }},
    {"hypervisor", [](const TypeRow& row, FilterMatch& m) { m.value(row.family->current ? "nitro" : "xen"); }},
    {"instance-storage-supported", [](const TypeRow&, FilterMatch& m) { m.flag(false); }},
    {"instance-type", [](const TypeRow& row, FilterMatch& m) { m.value(row.name); }},
    {"memory-info.size-in-mib", [](const TypeRow& row, FilterMatch& m) { m.number(row.mib); }},
    {"processor-info.supported-architecture",
     [](const TypeRow& row, FilterMatch& m) { m.value(architecture_of(row)); }},
    {"supported-root-device-type", [](const TypeRow&, FilterMatch& m) { m.value("ebs"); }},
    {"supported-usage-class", [](const TypeRow&, FilterMatch& m) { m.value("on-demand"); }},
    {"supported-virtualization-type", [](const TypeRow&, FilterMatch& m) { m.value("hvm"); }},
    {"vcpu-info.default-cores", [](const TypeRow& row, FilterMatch& m) { m.number((row.vcpus + 1) / 2); }},
    {"vcpu-info.default-vcpus", [](const TypeRow& row, FilterMatch& m) { m.number(row.vcpus); }},
}};

constexpr std::array<ParameterRule, 6> kTypeRules{{{"InstanceType.N"},
                                                   kFilterName,
                                                   kFilterValue,
                                                   {"MaxResults", RuleKind::number, false, 5, 100},
                                                   kNextToken,
                                                   {"IncludeUnsupportedInRegion", RuleKind::flag}}};

void write_list(Element parent, const char* name, std::string_view value) { parent.child(name).text("item", value); }

void write_type(Element item, const TypeRow& row) {
  item.text("instanceType", row.name);
  item.flag("currentGeneration", row.family->current);
  item.flag("freeTierEligible", row.name == "t2.micro" || row.name == "t3.micro");
  write_list(item, "supportedUsageClasses", "on-demand");
  write_list(item, "supportedRootDeviceTypes", "ebs");
  write_list(item, "supportedVirtualizationTypes", "hvm");
  item.flag("bareMetal", false);
  item.text("hypervisor", row.family->current ? "nitro" : "xen");
  write_list(item.child("processorInfo"), "supportedArchitectures", architecture_of(row));
  Element vcpus = item.child("vCpuInfo");
  vcpus.number("defaultVCpus", row.vcpus);
  vcpus.number("defaultCores", (row.vcpus + 1) / 2);
  vcpus.number("defaultThreadsPerCore", row.vcpus > 1 ? 2 : 1);
  item.child("memoryInfo").number("sizeInMiB", row.mib);
  item.flag("instanceStorageSupported", false);
  item.flag("hibernationSupported", false);
  item.flag("burstablePerformanceSupported", row.family->burstable);
  item.flag("dedicatedHostsSupported", false);
  item.flag("autoRecoverySupported", true);
}

Failure keep_named_types(std::vector<TypeRow>& rows, const std::vector<std::string>& names) {
  if (names.empty()) return std::nullopt;
  for (const std::string& name : names) {
    if (is_instance_type(name)) continue;
    return Error{"InvalidInstanceType", 400,
                 fmt::format("The following supplied instance types do not exist: [{}]", name)};
  }
  std::erase_if(rows,
                [&](const TypeRow& row) { return std::find(names.begin(), names.end(), row.name) == names.end(); });
  return std::nullopt;
}

Failure describe_types(Exchange& exchange) {
  const std::span<const FilterRule<TypeRow>> rules = kTypeFilters;
  Result<std::vector<NamedFilter>> filters = read_filters(exchange.parameters, rules);
  if (!filters) return filters.error();
  const Result<Page> page = read_page(exchange.parameters, "instanceTypes", "InstanceType");
  if (!page) return page.error();
  std::vector<TypeRow> rows = all_types();
  Failure unknown = keep_named_types(rows, exchange.parameters.list("InstanceType"));
  if (unknown) return unknown;
  const std::string next = select(rows, std::span<const NamedFilter>{*filters}, rules, *page, "DescribeInstanceTypes");
  Element set = exchange.answer.child("instanceTypeSet");
  for (const TypeRow& row : rows) write_type(set.child("item"), row);
  write_token(exchange.answer, next);
  return std::nullopt;
}

// --- DescribeInstanceTypeOfferings ----------------------------------------------------------------------------------

/// A type in a place: every type is offered everywhere.
struct OfferingRow {
  std::uint64_t number = 0;
  std::string type;
  std::string location;
};

constexpr std::array<FilterRule<OfferingRow>, 2> kOfferingFilters{{
    {"instance-type", [](const OfferingRow& row, FilterMatch& m) { m.value(row.type); }},
    {"location", [](const OfferingRow& row, FilterMatch& m) { m.value(row.location); }},
}};

constexpr std::array<ParameterRule, 5> kOfferingRules{
    {{"LocationType"}, kFilterName, kFilterValue, kMaxResults, kNextToken}};

std::vector<std::string> locations(const Exchange& exchange, std::string_view kind) {
  if (kind == "region") return {exchange.region};
  std::vector<std::string> zones;
  for (const char letter : kZones) zones.push_back(exchange.zone(letter));
  return zones;
}

Failure describe_offerings(Exchange& exchange) {
  const std::span<const FilterRule<OfferingRow>> rules = kOfferingFilters;
  Result<std::vector<NamedFilter>> filters = read_filters(exchange.parameters, rules);
  if (!filters) return filters.error();
  const Result<Page> page = read_page(exchange.parameters, "", "");
  if (!page) return page.error();
  const std::string kind = exchange.parameters.given("LocationType").value_or("region");
  if (kind != "region" && kind != "availability-zone")
    return invalid_value(kind, "locationType", "It must be region or availability-zone.");
  std::vector<OfferingRow> rows;
  for (const std::string& location : locations(exchange, kind)) {
    for (const TypeRow& type : all_types()) rows.push_back({rows.size() + 1, type.name, location});
  }
  const std::string next =
      select(rows, std::span<const NamedFilter>{*filters}, rules, *page, "DescribeInstanceTypeOfferings");
  Element set = exchange.answer.child("instanceTypeOfferingSet");
  for (const OfferingRow& row : rows) {
    Element item = set.child("item");
    item.text("instanceType", row.type);
    item.text("locationType", kind);
    item.text("location", row.location);
  }
  write_token(exchange.answer, next);
  return std::nullopt;
}

constexpr std::array<QueryAction, 2> kTypeActions{{
    {"DescribeInstanceTypeOfferings", kOfferingRules, nullptr, describe_offerings},
    {"DescribeInstanceTypes", kTypeRules, nullptr, describe_types},
}};

}  // namespace

std::span<const QueryAction> type_actions() { return kTypeActions; }

bool is_instance_type(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  const auto* family = std::find_if(kFamilies.begin(), kFamilies.end(),
                                    [&](const TypeFamily& one) { return one.name == name.substr(0, dot); });
  const auto* size =
      std::find_if(kSizes.begin(), kSizes.end(), [&](const TypeSize& one) { return one.name == name.substr(dot + 1); });
  return family != kFamilies.end() && size != kSizes.end() && has_size(*family, *size);
}

bool is_volume_type(std::string_view name) {
  return std::find(kVolumeTypes.begin(), kVolumeTypes.end(), name) != kVolumeTypes.end();
}

}  // namespace drydock::cloud::query
