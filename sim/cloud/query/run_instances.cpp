#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/cloud/ids.hpp"
#include "sim/cloud/query/account.hpp"
#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/base64.hpp"
#include "sim/cloud/query/instance_rows.hpp"
#include "sim/cloud/query/types.hpp"
#include "sim/cloud/query/volume_parameters.hpp"

// RunInstances: its parameters become a launch.

namespace drydock::cloud::query {
namespace {

constexpr std::uint32_t kLaunchAtMost = 1000;  // instances in one call
constexpr std::size_t kUserDataAtMost = 16384;
constexpr std::array<std::string_view, 5> kLaunchTagTypes{"instance", "volume", "network-interface",
                                                          "spot-instances-request", "elastic-gpu"};

/// Those that end in `*`, and those that no function below reads, have no effect here.
constexpr std::array<ParameterRule, 70> kRunRules{{
    {"ImageId"},
    {"MinCount", RuleKind::number, true, 1},
    {"MaxCount", RuleKind::number, true, 1},
    {"InstanceType"},
    {"KeyName"},
    {"ClientToken"},
    {"UserData"},
    {"SubnetId"},
    {"SecurityGroupId.N"},
    {"SecurityGroup.N"},
    {"PrivateIpAddress"},
    {"Placement.AvailabilityZone"},
    {"Placement.AvailabilityZoneId"},
    {"Placement.Tenancy"},
    {"Placement.GroupName"},
    {"Placement.GroupId"},
    {"Placement.Affinity"},
    {"Placement.HostId"},
    {"Placement.HostResourceGroupArn"},
    {"Placement.PartitionNumber"},
    {"Placement.SpreadDomain"},
    {"Monitoring.Enabled", RuleKind::flag},
    {"EbsOptimized", RuleKind::flag},
    {"DisableApiTermination", RuleKind::flag},
    {"DisableApiStop", RuleKind::flag},
    {"InstanceInitiatedShutdownBehavior"},
    {"IamInstanceProfile.Arn"},
    {"IamInstanceProfile.Name"},
    kTagResource,
    kTagKey,
    kTagValue,
    {"BlockDeviceMapping.N.DeviceName"},
    {"BlockDeviceMapping.N.VirtualName"},
    {"BlockDeviceMapping.N.NoDevice"},
    {"BlockDeviceMapping.N.Ebs.SnapshotId"},
    {"BlockDeviceMapping.N.Ebs.VolumeSize", RuleKind::number, false, 1, kVolumeAtMost},
    {"BlockDeviceMapping.N.Ebs.VolumeType"},
    {"BlockDeviceMapping.N.Ebs.DeleteOnTermination", RuleKind::flag},
    {"BlockDeviceMapping.N.Ebs.Encrypted", RuleKind::flag},
    {"BlockDeviceMapping.N.Ebs.Iops", RuleKind::number},
    {"BlockDeviceMapping.N.Ebs.Throughput", RuleKind::number},
    {"BlockDeviceMapping.N.Ebs.KmsKeyId"},
    {"BlockDeviceMapping.N.Ebs.OutpostArn"},
    {"BlockDeviceMapping.N.Ebs.NoDevice"},
    {"BlockDeviceMapping.N.Ebs.VolumeInitializationRate", RuleKind::number},
    {"NetworkInterface.N.SubnetId"},
    {"NetworkInterface.N.SecurityGroupId.N"},
    {"NetworkInterface.*"},
    {"LaunchTemplate.*"},
    {"KernelId"},
    {"RamdiskId"},
    {"AdditionalInfo"},
    {"AddressingType"},
    {"Encoding"},
    {"Ipv6AddressCount", RuleKind::number},
    {"Ipv6Address.*"},
    {"EnablePrimaryIpv6", RuleKind::flag},
    {"InstanceMarketOptions.*"},
    {"CreditSpecification.*"},
    {"CpuOptions.*"},
    {"CapacityReservationSpecification.*"},
    {"HibernationOptions.*"},
    {"LicenseSpecification.*"},
    {"MetadataOptions.*"},
    {"EnclaveOptions.*"},
    {"PrivateDnsNameOptions.*"},
    {"MaintenanceOptions.*"},
    {"NetworkPerformanceOptions.*"},
    {"ElasticGpuSpecification.*"},
    {"ElasticInferenceAccelerator.*"},
}};

/// Tells whether an address lies in the subnet of the zone with that letter (`address_in` of the region).
bool is_address_in(std::string_view address, char zone) {
  constexpr std::string_view network = "10.16.";
  if (!address.starts_with(network)) return false;
  address.remove_prefix(network.size());
  const std::size_t dot = address.find('.');
  if (dot == std::string_view::npos) return false;
  const std::optional<std::uint32_t> third = read_number(address.substr(0, dot));
  const std::optional<std::uint32_t> fourth = read_number(address.substr(dot + 1));
  const auto quarter = static_cast<std::uint32_t>(zone - 'a');
  return third && fourth && *third / 64 == quarter && *fourth < 256;
}

/// Reads a launch out of its parameters, one aspect after another; each function returns the error of its aspect.
class LaunchReader {
 public:
  LaunchReader(const Exchange& exchange, LaunchRequest& out)
      : exchange_(exchange), parameters_(exchange.parameters), out_(out) {}

  Failure read() {
    for (const auto aspect : {&LaunchReader::read_image, &LaunchReader::read_counts, &LaunchReader::read_type,
                              &LaunchReader::read_zone, &LaunchReader::read_subnet, &LaunchReader::read_groups,
                              &LaunchReader::read_address, &LaunchReader::read_behaviour, &LaunchReader::read_user_data,
                              &LaunchReader::read_tags, &LaunchReader::read_volumes}) {
      Failure failure = (this->*aspect)();
      if (failure) return failure;
    }
    return std::nullopt;
  }

 private:
  Failure read_image() {
    if (!parameters_.at("LaunchTemplate").empty()) {
      return Error{"InvalidLaunchTemplateId.NotFound", 400, "The specified launch template does not exist."};
    }
    const std::string& image = parameters_.text("ImageId");
    if (image.empty()) return missing_parameter("ImageId");
    if (!well_formed_id("ami-", image)) {
      return Error{"InvalidAMIID.Malformed", 400, fmt::format("Invalid id: \"{}\" (expecting \"ami-...\")", image)};
    }
    out_.details.image_id = image;
    out_.details.root_device = image_of(image).root_device;
    return std::nullopt;
  }

  Failure read_counts() {
    out_.min_count = *parameters_.number("MinCount");
    out_.max_count = *parameters_.number("MaxCount");
    if (out_.min_count > out_.max_count) {
      return invalid_value(parameters_.text("MinCount"), "minCount", "It must not be greater than maxCount.");
    }
    if (out_.min_count > kLaunchAtMost) {
      return Error{"InstanceLimitExceeded", 400,
                   fmt::format("You have requested more instances ({}) than a request may ask for ({}).",
                               out_.min_count, kLaunchAtMost)};
    }
    out_.max_count = std::min(out_.max_count, kLaunchAtMost);
    return std::nullopt;
  }

  Failure read_type() {
    out_.details.instance_type = parameters_.given("InstanceType").value_or("m1.small");
    if (is_instance_type(out_.details.instance_type)) return std::nullopt;
    return Error{"InvalidParameterValue", 400,
                 fmt::format("Invalid value '{}' for InstanceType.", out_.details.instance_type)};
  }

  Failure read_zone() {
    const std::string& zone = parameters_.text("Placement.AvailabilityZone");
    if (zone.empty()) return std::nullopt;
    const std::optional<char> letter = exchange_.zone_letter(zone);
    if (!letter) return Error{"InvalidParameterValue", 400, fmt::format("Invalid availability zone: [{}]", zone)};
    out_.details.zone = *letter;
    return std::nullopt;
  }

  /// A subnet says the zone; one that is named beside another zone is an error.
  Failure read_subnet() {
    const std::string& subnet = network("SubnetId");
    if (subnet.empty()) return std::nullopt;
    const auto is_named = [&](char zone) { return subnet_in(zone) == subnet; };
    const auto* zone = std::find_if(kZones.begin(), kZones.end(), is_named);
    if (zone == kZones.end()) {
      return Error{"InvalidSubnetID.NotFound", 400, fmt::format("The subnet ID '{}' does not exist", subnet)};
    }
    if (parameters_.given("Placement.AvailabilityZone") && *zone != out_.details.zone) {
      return Error{"InvalidParameterValue", 400,
                   fmt::format("The availability zone of subnet '{}' is another one.", subnet)};
    }
    out_.details.zone = *zone;
    return std::nullopt;
  }

  Failure read_groups() {
    std::vector<std::string> ids = parameters_.list("SecurityGroupId");
    for (const ParameterTree* interface : parameters_.items("NetworkInterface")) {
      const std::vector<std::string> more = interface->list("SecurityGroupId");
      ids.insert(ids.end(), more.begin(), more.end());
    }
    for (const std::string& id : ids) {
      if (id == kGroup) continue;
      return Error{"InvalidGroup.NotFound", 400,
                   fmt::format("The security group '{}' does not exist in VPC '{}'", id, kVpc)};
    }
    for (const std::string& name : parameters_.list("SecurityGroup")) {
      if (name == kGroupName || name == kGroup) continue;
      return Error{"InvalidGroup.NotFound", 400,
                   fmt::format("The security group '{}' does not exist in default VPC '{}'", name, kVpc)};
    }
    out_.details.groups = {std::string{kGroup}};
    return std::nullopt;
  }

  Failure read_address() {
    const std::string& address = network("PrivateIpAddress");
    if (address.empty()) return std::nullopt;
    if (out_.max_count > 1) {
      return Error{"InvalidParameterCombination", 400, "A private address can be that of one instance only."};
    }
    if (!is_address_in(address, out_.details.zone)) {
      return Error{"InvalidParameterValue", 400,
                   fmt::format("Address {} does not fall within the subnet's address range", address)};
    }
    out_.private_ip = address;
    return std::nullopt;
  }

  Failure read_behaviour() {
    InstanceDetails& details = out_.details;
    details.http_tokens = parameters_.given("MetadataOptions.HttpTokens").value_or("optional");
    details.key_name = parameters_.text("KeyName");
    details.monitored = parameters_.flag("Monitoring.Enabled").value_or(false);
    details.ebs_optimized = parameters_.flag("EbsOptimized").value_or(false);
    details.termination_protected = parameters_.flag("DisableApiTermination").value_or(false);
    details.tenancy = parameters_.given("Placement.Tenancy").value_or("default");
    details.profile = parameters_.text("IamInstanceProfile.Arn");
    const std::string& profile = parameters_.text("IamInstanceProfile.Name");
    if (!profile.empty()) details.profile = fmt::format("arn:aws:iam::{}:instance-profile/{}", kAccount, profile);
    details.shutdown_behavior = parameters_.given("InstanceInitiatedShutdownBehavior").value_or("stop");
    if (details.shutdown_behavior == "stop" || details.shutdown_behavior == "terminate") return std::nullopt;
    return invalid_value(details.shutdown_behavior, "InstanceInitiatedShutdownBehavior",
                         "It must be stop or terminate.");
  }

  Failure read_user_data() {
    out_.client_token = parameters_.text("ClientToken");
    std::optional<std::string> decoded = from_base64(parameters_.text("UserData"));
    if (!decoded) return Error{"InvalidUserData.Malformed", 400, "Invalid BASE64 encoding of user data."};
    if (decoded->size() > kUserDataAtMost) {
      return Error{"InvalidParameterValue", 400, fmt::format("User data is limited to {} bytes", kUserDataAtMost)};
    }
    out_.user_data = std::move(*decoded);
    return std::nullopt;
  }

  Failure read_tags() {
    Result<std::vector<Tag>> tags = tags_for(parameters_, "instance", kLaunchTagTypes);
    if (!tags) return tags.error();
    out_.workspace = take_workspace(*tags);
    out_.tags = std::move(*tags);
    Result<std::vector<Tag>> of_volumes = tags_for(parameters_, "volume", kLaunchTagTypes);
    if (!of_volumes) return of_volumes.error();
    out_.volume_tags = std::move(*of_volumes);
    return std::nullopt;
  }

  /// The root volume is there without being named. Both of its usual names stand for it, because nobody knows which of
  /// the two an image has that is not listed.
  Failure read_volumes() {
    MappedVolume root;
    root.delete_on_termination = true;
    root.details.zone = out_.details.zone;
    std::vector<MappedVolume> others;
    for (const ParameterTree* item : parameters_.items("BlockDeviceMapping")) {
      const std::string& device = item->text("DeviceName");
      if (device.empty()) return missing_parameter("DeviceName");
      if (is_no_volume(*item)) continue;
      const bool is_root = device == "/dev/xvda" || device == "/dev/sda1";
      if (is_root && !root.device.empty()) return named_twice(device);
      MappedVolume other;
      other.details.zone = out_.details.zone;
      MappedVolume& volume = is_root ? root : other;
      volume.device = device;
      Failure failure = read_volume(*item, volume);
      if (failure) return failure;
      if (is_root) continue;
      const auto same = [&](const MappedVolume& one) { return one.device == device; };
      if (std::any_of(others.begin(), others.end(), same)) return named_twice(device);
      others.push_back(std::move(other));
    }
    if (root.device.empty()) root.device = out_.details.root_device;
    out_.details.root_device = root.device;
    out_.volumes.push_back(std::move(root));
    out_.volumes.insert(out_.volumes.end(), others.begin(), others.end());
    return std::nullopt;
  }

  static bool is_no_volume(const ParameterTree& item) {
    return !item.at("NoDevice").empty() || !item.at("Ebs.NoDevice").empty() || !item.text("VirtualName").empty();
  }

  static Error named_twice(const std::string& device) {
    return {"InvalidBlockDeviceMapping", 400,
            fmt::format("The device '{}' is used in more than one block-device mapping", device)};
  }

  static Failure read_volume(const ParameterTree& item, MappedVolume& volume) {
    const ParameterTree& ebs = item.at("Ebs");
    volume.snapshot_id = ebs.text("SnapshotId");
    volume.delete_on_termination = ebs.flag("DeleteOnTermination").value_or(volume.delete_on_termination);
    volume.details.size_gib = ebs.number("VolumeSize").value_or(0);
    return read_volume_details(ebs, volume.details);
  }

  /// Returns a parameter that an instance has itself or by its first network interface.
  const std::string& network(std::string_view name) const {
    const std::string& own = parameters_.text(name);
    const std::vector<const ParameterTree*> interfaces = parameters_.items("NetworkInterface");
    return own.empty() && !interfaces.empty() ? interfaces.front()->text(name) : own;
  }

  const Exchange& exchange_;
  const ParameterTree& parameters_;
  LaunchRequest& out_;
};

Served run_instances(Exchange* exchange) {
  LaunchRequest request;
  Failure failure = LaunchReader(*exchange, request).read();
  if (failure) co_return failure;
  Result<const Launch*> launch = co_await exchange->ec2.launch_instances(exchange->context, std::move(request));
  if (!launch) co_return launch.error();
  std::vector<InstanceRow> rows;
  for (const Instance* instance : (*launch)->instances) rows.push_back(row_of(*exchange, *instance));
  write_reservation(exchange->answer, rows);
  co_return std::nullopt;
}

constexpr std::array<QueryAction, 1> kLaunchActions{{{"RunInstances", kRunRules, run_instances}}};

}  // namespace

std::span<const QueryAction> launch_actions() { return kLaunchActions; }

}  // namespace drydock::cloud::query
