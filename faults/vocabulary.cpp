#include "faults/vocabulary.hpp"

#include <algorithm>
#include <array>

namespace drydock::faults {
namespace {

constexpr std::array<FaultPlace, 17> kPoints{{
    {"cp.start", "the platform asks the control plane to launch an instance"},
    {"cp.stop", "the platform asks the control plane to stop an instance"},
    {"cp.backup", "the platform asks the control plane for a snapshot before a stop"},
    {"cp.ensure_image", "the platform asks the control plane to pull an image before it restarts"},
    {"cp.is_running", "the platform asks the control plane whether an instance runs"},
    {"db.write", "the platform writes to its database"},
    {"agent.heartbeat", "an agent's heartbeat to the platform"},
    {"agent.register", "an agent's registration after its boot"},
    {"agent", "a workspace's agent, when its instance is stopped or terminated"},
    {"image.pull", "the control plane pulls an image"},
    {"turn", "what an agent does between two heartbeats, and on a call"},
    {"a2a.send", "the proxy sends a call on to an agent"},
    {"process.platform", "the platform's process", false},
    {"process.controlplane", "the control plane's process", false},
    {"instance", "a workspace's instance", false},
    {"network.platform-controlplane", "the way between platform and control plane", false},
    {"network.agent-platform", "the way between agents and platform", false},
}};

constexpr std::array<std::string_view, 18> kActions{
    "RunInstances",  "TerminateInstances", "DescribeInstances", "DescribeInstanceStatus", "StartInstances",
    "StopInstances", "RebootInstances",    "CreateSnapshot",    "DescribeSnapshots",      "DeleteSnapshot",
    "CreateVolume",  "DeleteVolume",       "DescribeVolumes",   "AttachVolume",           "DetachVolume",
    "CreateTags",    "DeleteTags",         "DescribeTags"};

/// Says which points a failure can meet. `where` is the name of a point, a prefix that ends in `.`, `ec2.Describe`
/// (every EC2 action that only reads), or `ec2.*` (every EC2 action).
struct Failure {
  std::string_view where;
  std::string_view error;
  enum class Effect : std::uint8_t { never, unless_read } effect;
  std::string_view meaning;
};

constexpr auto kNever = Failure::Effect::never;
constexpr auto kUnlessRead = Failure::Effect::unless_read;

constexpr std::string_view kReadsThePast = "it sees the region as it was `slow_by` ago (eventual consistency)";

constexpr std::array kFailures{
    Failure{"cp.", "timeout", kUnlessRead, "no answer: the caller waits until its own deadline"},
    Failure{"cp.", "reset", kUnlessRead, "the connection breaks at once"},
    Failure{"cp.", "http-NNN", kUnlessRead, "the control plane answers with that status"},
    Failure{"cp.", "slow", kNever, "the call takes longer, by `slow_by`"},
    Failure{"cp.backup", "SnapshotCreationPerVolumeRateExceeded", kNever,
            "the provider's limit on snapshots of one volume"},
    Failure{"cp.backup", "ConcurrentSnapshotLimitExceeded", kNever, "too many pending snapshots of one volume"},
    Failure{"cp.backup", "InvalidVolume.NotFound", kNever, "the data volume is not found"},
    Failure{"cp.backup", "UnauthorizedOperation", kNever, "permission denied"},

    Failure{"ec2.*", "timeout", kUnlessRead, "no answer: the caller waits until its own deadline"},
    Failure{"ec2.*", "reset", kUnlessRead, "the connection breaks at once"},
    Failure{"ec2.*", "closed", kUnlessRead, "the connection is closed without a byte of an answer"},
    Failure{"ec2.*", "cut", kUnlessRead, "the connection is closed amid the answer"},
    Failure{"ec2.*", "http-NNN", kUnlessRead, "an answer with that status and no error code"},
    Failure{"ec2.*", "slow", kNever, "the call takes longer, by `slow_by`"},
    Failure{"ec2.*", "RequestLimitExceeded", kNever, "throttled, 503"},
    Failure{"ec2.*", "InternalError", kUnlessRead, "the provider's own fault, 500"},
    Failure{"ec2.*", "InternalFailure", kUnlessRead, "the provider's own fault, 500"},
    Failure{"ec2.*", "ServerInternal", kUnlessRead, "the provider's own fault, 500"},
    Failure{"ec2.*", "ServiceUnavailable", kUnlessRead, "overload, 503"},
    Failure{"ec2.*", "Unavailable", kUnlessRead, "overload, 503"},
    Failure{"ec2.*", "RequestExpired", kNever, "the caller's clock is more than 15 minutes off"},
    Failure{"ec2.*", "AuthFailure", kNever, "the credentials are not accepted"},
    Failure{"ec2.*", "UnauthorizedOperation", kNever, "the credentials do not allow this, 403"},
    Failure{"ec2.*", "SignatureDoesNotMatch", kNever, "the request's signature is wrong"},
    Failure{"ec2.*", "RetryableError", kNever, "try again"},
    Failure{"ec2.*", "ResourceCountExceeded", kNever, "too many resources in one request"},

    Failure{"ec2.RunInstances", "InsufficientInstanceCapacity", kNever, "no capacity in the zone"},
    Failure{"ec2.RunInstances", "InsufficientVolumeCapacity", kNever, "no capacity for a volume"},
    Failure{"ec2.RunInstances", "InsufficientAddressCapacity", kNever, "no addresses left"},
    Failure{"ec2.RunInstances", "InsufficientHostCapacity", kNever, "no capacity on the hosts"},
    Failure{"ec2.RunInstances", "InsufficientFreeAddressesInSubnet", kNever, "the subnet has no address left"},
    Failure{"ec2.RunInstances", "InstanceLimitExceeded", kNever, "the account's instance quota"},
    Failure{"ec2.RunInstances", "VcpuLimitExceeded", kNever, "the account's vCPU quota"},
    Failure{"ec2.RunInstances", "VolumeLimitExceeded", kNever, "the account's storage quota"},
    Failure{"ec2.RunInstances", "Unsupported", kNever, "the type is not offered in the zone"},
    Failure{"ec2.RunInstances", "MaxSpotInstanceCountExceeded", kNever, "the spot quota"},
    Failure{"ec2.RunInstances", "SpotMaxPriceTooLow", kNever, "the spot price is above the limit"},
    Failure{"ec2.RunInstances", "UnfulfillableCapacity", kNever, "no spot capacity"},
    Failure{"ec2.RunInstances", "IncorrectSpotRequestState", kNever, "the spot request is gone"},
    Failure{"ec2.RunInstances", "InvalidSnapshot.NotFound", kNever, "the snapshot of the block mapping is not found"},
    Failure{"ec2.RunInstances", "Server.InsufficientInstanceCapacity", kNever,
            "accepted; no capacity: from pending to terminated, with this reason"},
    Failure{"ec2.RunInstances", "Server.InternalError", kNever,
            "accepted; it dies during the launch, with this reason"},
    Failure{"ec2.RunInstances", "Client.InternalError", kNever,
            "accepted; it ends during the launch, with this reason"},
    Failure{"ec2.RunInstances", "Client.VolumeLimitExceeded", kNever,
            "accepted; no room for its volume: it ends during the launch, with this reason"},
    Failure{"ec2.RunInstances", "lag", kNever, "accepted; no call knows the new instance for `slow_by`"},
    Failure{"ec2.StartInstances", "InsufficientInstanceCapacity", kNever, "no capacity"},
    Failure{"ec2.StartInstances", "InstanceLimitExceeded", kNever, "the account's instance quota"},
    Failure{"ec2.StartInstances", "VcpuLimitExceeded", kNever, "the account's vCPU quota"},
    Failure{"ec2.StartInstances", "IncorrectInstanceState", kNever, "the state forbids it"},
    Failure{"ec2.StopInstances", "IncorrectInstanceState", kNever, "the state forbids it"},
    Failure{"ec2.TerminateInstances", "OperationNotPermitted", kNever, "termination protection"},
    Failure{"ec2.TerminateInstances", "InvalidInstanceID.NotFound", kNever,
            "not found, although it exists: the API is eventually consistent"},
    Failure{"ec2.StartInstances", "InvalidInstanceID.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.StopInstances", "InvalidInstanceID.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.RebootInstances", "InvalidInstanceID.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.DescribeInstances", "InvalidInstanceID.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.DescribeInstanceStatus", "InvalidInstanceID.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.CreateTags", "InvalidInstanceID.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.CreateTags", "ConcurrentTagAccess", kNever, "another call changes these tags"},
    Failure{"ec2.DeleteTags", "ConcurrentTagAccess", kNever, "another call changes these tags"},
    Failure{"ec2.CreateSnapshot", "SnapshotCreationPerVolumeRateExceeded", kNever,
            "the limit on snapshots of one volume"},
    Failure{"ec2.CreateSnapshot", "ConcurrentSnapshotLimitExceeded", kNever,
            "too many pending snapshots of one volume"},
    Failure{"ec2.CreateSnapshot", "PendingSnapshotLimitExceeded", kNever, "too many pending snapshots in the account"},
    Failure{"ec2.CreateSnapshot", "SnapshotLimitExceeded", kNever, "the account's snapshot quota"},
    Failure{"ec2.CreateSnapshot", "InvalidVolume.NotFound", kNever, "the volume is not found"},
    Failure{"ec2.CreateSnapshot", "ends-in-error", kNever,
            "accepted; the snapshot's state becomes error instead of completed"},
    Failure{"ec2.CreateSnapshot", "IncorrectState", kNever, "the volume's state forbids it"},
    Failure{"ec2.DescribeSnapshots", "InvalidSnapshot.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.DeleteSnapshot", "InvalidSnapshot.NotFound", kNever, "not found though it exists"},
    Failure{"ec2.DeleteSnapshot", "InvalidSnapshot.InUse", kNever, "an image uses it"},
    Failure{"ec2.CreateVolume", "InsufficientVolumeCapacity", kNever, "no capacity for a volume"},
    Failure{"ec2.CreateVolume", "VolumeLimitExceeded", kNever, "the account's storage quota"},
    Failure{"ec2.CreateVolume", "InvalidSnapshot.NotFound", kNever, "its snapshot is not found"},
    Failure{"ec2.AttachVolume", "VolumeInUse", kNever, "another instance holds it"},
    Failure{"ec2.AttachVolume", "IncorrectState", kNever, "the volume's state forbids it"},
    Failure{"ec2.AttachVolume", "InvalidVolume.NotFound", kNever, "the volume is not found"},
    Failure{"ec2.AttachVolume", "InvalidVolume.ZoneMismatch", kNever, "it is in another zone"},
    Failure{"ec2.AttachVolume", "AttachmentLimitExceeded", kNever, "too many volumes attached"},
    Failure{"ec2.DetachVolume", "IncorrectState", kNever, "the volume's state forbids it"},
    Failure{"ec2.DetachVolume", "InvalidVolume.NotFound", kNever, "the volume is not found"},
    Failure{"ec2.DetachVolume", "InvalidAttachment.NotFound", kNever, "it is not attached there"},
    Failure{"ec2.DeleteVolume", "VolumeInUse", kNever, "an instance holds it"},
    Failure{"ec2.DeleteVolume", "InvalidVolume.NotFound", kNever, "the volume is not found"},
    Failure{"ec2.DescribeVolumes", "InvalidVolume.NotFound", kNever, "not found though it exists"},

    Failure{"ec2.Describe", "lag", kNever, kReadsThePast},
    Failure{"ec2.TerminateInstances", "lag", kNever, kReadsThePast},
    Failure{"ec2.StartInstances", "lag", kNever, kReadsThePast},
    Failure{"ec2.StopInstances", "lag", kNever, kReadsThePast},
    Failure{"ec2.RebootInstances", "lag", kNever, kReadsThePast},
    Failure{"ec2.AttachVolume", "lag", kNever, kReadsThePast},
    Failure{"ec2.DetachVolume", "lag", kNever, kReadsThePast},
    Failure{"ec2.CreateTags", "lag", kNever, kReadsThePast},

    Failure{"db.write", "timeout", kUnlessRead, "no answer until the statement's deadline"},
    Failure{"db.write", "reset", kUnlessRead, "the connection to the database breaks"},
    Failure{"db.write", "slow", kNever, "the statement takes longer, by `slow_by`"},

    Failure{"agent.", "lost", kUnlessRead, "the message is lost on its way"},
    Failure{"agent.", "timeout", kUnlessRead, "no answer: the agent waits until its own deadline"},
    Failure{"agent.", "reset", kUnlessRead, "the connection breaks at once"},
    Failure{"agent.", "http-NNN", kUnlessRead, "the agent is answered with that status"},
    Failure{"agent.", "slow", kNever, "the call takes longer, by `slow_by`"},
    Failure{"agent", "lingers", kNever, "it goes on for `slow_by` (default 1m): beats, registers, answers calls"},
    Failure{"image.pull", "http-NNN", kNever, "the pull fails, and the control plane answers with that status"},
    Failure{"image.pull", "slow", kNever, "the pull takes longer, by `slow_by`"},
    Failure{"turn", "wedged", kNever, "it does nothing: it beats, and answers no call"},
    Failure{"turn", "quiet", kNever, "it works, and tells nothing of it but its heartbeats; calls wait for it"},
    Failure{"a2a.send", "lost", kUnlessRead, "the call is lost on its way"},
    Failure{"a2a.send", "timeout", kUnlessRead, "no answer: the proxy waits until its own deadline"},
    Failure{"a2a.send", "reset", kUnlessRead, "the connection breaks at once"},
    Failure{"a2a.send", "http-NNN", kUnlessRead, "the agent's address answers with that status"},
    Failure{"a2a.send", "slow", kNever, "the call takes longer, by `slow_by`"},

    Failure{"process.", "crash", kNever, "memory is gone, committed rows stay; it is started again after `down`"},
    Failure{"process.platform", "clock-ahead", kNever,
            "its clock is ahead by `slow_by` (default 15m), until the window ends: rows look old"},
    Failure{"process.platform", "clock-behind", kNever,
            "its clock is behind by `slow_by` (default 15m), until the window ends: rows look young"},
    Failure{"instance", "dies", kNever, "it ends by itself, without an API call"},
    Failure{"instance", "terminated", kNever, "somebody calls TerminateInstances: shutting-down, then terminated"},
    Failure{"instance", "stopped", kNever, "somebody calls StopInstances, and StartInstances after `down`, if given"},
    Failure{"instance", "rebooted", kNever, "somebody calls RebootInstances: it stays running, its agent boots anew"},
    Failure{"instance", "interrupted", kNever,
            "EC2 takes its Spot capacity back, `notice` (default 2m) after it said so"},
    Failure{"network.", "lost", kUnlessRead, "what is sent does not arrive, and nobody says so"},
    Failure{"network.", "timeout", kUnlessRead, "calls wait until their own deadline"},
    Failure{"network.", "reset", kUnlessRead, "connections break at once"},
    Failure{"network.", "slow", kNever, "every call takes longer, by `slow_by`"},
};

constexpr std::array<std::string_view, 4> kApiParameters{"duration", "service", "percentage", "operations"};
constexpr std::array<std::string_view, 3> kCapacityParameters{"duration", "availabilityZoneIdentifiers", "percentage"};
constexpr std::array<std::string_view, 2> kStopParameters{"startInstancesAfterDuration",
                                                          "completeIfInstancesTerminated"};
constexpr std::array<std::string_view, 1> kSpotParameters{"durationBeforeInterruption"};
constexpr std::array<std::string_view, 3> kNetworkParameters{"duration", "scope", "prefixListIdentifier"};

const std::array<FisAction, 9> kFis{{
    {"aws:fis:inject-api-internal-error", FisAction::Target::api, "InternalError", kApiParameters},
    {"aws:fis:inject-api-throttle-error", FisAction::Target::api, "RequestLimitExceeded", kApiParameters},
    {"aws:fis:inject-api-unavailable-error", FisAction::Target::api, "Unavailable", kApiParameters},
    {"aws:ec2:api-insufficient-instance-capacity-error", FisAction::Target::launches, "InsufficientInstanceCapacity",
     kCapacityParameters},
    {"aws:ec2:terminate-instances", FisAction::Target::instances, "terminated", {}},
    {"aws:ec2:stop-instances", FisAction::Target::instances, "stopped", kStopParameters},
    {"aws:ec2:reboot-instances", FisAction::Target::instances, "rebooted", {}},
    {"aws:ec2:send-spot-instance-interruptions", FisAction::Target::instances, "interrupted", kSpotParameters},
    {"aws:network:disrupt-connectivity", FisAction::Target::network, "lost", kNetworkParameters},
}};

constexpr std::array<std::string_view, 5> kFisNotSimulated{
    "aws:ec2:asg-insufficient-instance-capacity-error", "aws:ebs:pause-volume-io", "aws:ebs:volume-io-latency",
    "aws:network:disrupt-vpc-endpoint", "aws:network:route-table-disrupt-cross-region-connectivity"};

bool is_action(std::string_view on) {
  if (!on.starts_with("ec2.")) return false;
  return std::find(kActions.begin(), kActions.end(), on.substr(4)) != kActions.end();
}

bool meets(const Failure& failure, std::string_view on) {
  if (failure.where == "ec2.*") return is_action(on);
  if (failure.where == "ec2.Describe") return is_action(on) && on.starts_with(failure.where);
  return failure.where.ends_with('.') ? on.starts_with(failure.where) : on == failure.where;
}

/// Tells whether calls of this name change nothing. Such a call has no effect that could be applied while its answer is
/// lost.
bool only_reads(std::string_view on) { return on == "cp.is_running" || on.starts_with("ec2.Describe"); }

bool is_http_status(std::string_view error) {
  if (!error.starts_with("http-") || error.size() != 8) return false;
  const auto digits = error.substr(5);
  const bool numeric = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return numeric && (digits[0] == '4' || digits[0] == '5');
}

FaultInfo info(const Failure& failure, std::string_view on) {
  const bool applied = failure.effect == kUnlessRead && !only_reads(on);
  return {std::string{on}, std::string{failure.error}, applied, failure.meaning};
}

}  // namespace

std::vector<FaultPlace> fault_points() {
  static constexpr auto action_names = [] {
    std::array<std::array<char, 32>, kActions.size()> names{};
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      const std::string_view prefix = "ec2.";
      std::copy(prefix.begin(), prefix.end(), names[i].begin());
      std::copy(kActions[i].begin(), kActions[i].end(), names[i].begin() + prefix.size());
    }
    return names;
  }();
  std::vector<FaultPlace> points;
  for (const FaultPlace& point : kPoints) {
    points.push_back(point);
    if (point.on != "cp.is_running") continue;
    for (const auto& name : action_names) {
      points.push_back({name.data(), "that call of the provider's API"});
    }
  }
  return points;
}

std::vector<FaultInfo> vocabulary() {
  std::vector<FaultInfo> rows;
  for (const FaultPlace& point : fault_points()) {
    for (const Failure& failure : kFailures) {
      if (meets(failure, point.on)) rows.push_back(info(failure, point.on));
    }
  }
  return rows;
}

std::span<const std::string_view> ec2_actions() { return kActions; }

std::optional<FaultPlace> find_point(std::string_view on) {
  for (const FaultPlace& point : fault_points()) {
    if (point.on == on) return point;
  }
  return std::nullopt;
}

std::optional<FaultInfo> find_fault(std::string_view on, std::string_view error) {
  const std::string_view row = is_http_status(error) ? "http-NNN" : error;
  // The pattern itself is not an error that anything can answer with.
  if (error == "http-NNN") return std::nullopt;
  for (const Failure& failure : kFailures) {
    if (failure.error == row && meets(failure, on)) return info(failure, on);
  }
  return std::nullopt;
}

std::vector<std::string> errors_at(std::string_view on) {
  std::vector<std::string> errors;
  for (const Failure& failure : kFailures) {
    if (meets(failure, on)) errors.emplace_back(failure.error);
  }
  return errors;
}

std::optional<FaultPhrase> parse_phrase(std::string_view text) {
  const auto first = text.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  FaultPhrase phrase;
  phrase.on = text.substr(0, first);
  const auto rest = text.substr(first + 1);
  const auto second = rest.find(':');
  phrase.error = rest.substr(0, second);
  if (second != std::string_view::npos) {
    if (rest.substr(second + 1) != "applied") return std::nullopt;
    phrase.applied = true;
  }
  return phrase;
}

std::span<const FisAction> fis_actions() { return kFis; }

const FisAction* find_fis_action(std::string_view id) {
  const auto found = std::find_if(kFis.begin(), kFis.end(), [&](const FisAction& action) { return action.id == id; });
  return found == kFis.end() ? nullptr : &*found;
}

std::span<const std::string_view> fis_not_simulated() { return kFisNotSimulated; }

}  // namespace drydock::faults
