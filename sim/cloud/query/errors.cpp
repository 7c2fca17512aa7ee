#include "sim/cloud/query/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace drydock::cloud::query {
namespace {

struct MessageRule {
  std::string_view code;
  /// What the region's own message begins with; empty: anything.
  std::string_view own;
  /// `{0}` is what the region's message has between its first pair of apostrophes, `{1}` is what the action does.
  std::string_view message;
};

/// What EC2 says, from its documentation ([ERR], [BC]) and from errors that users quote in issues ([GH]); in the order
/// in which they are looked up.
constexpr std::array<MessageRule, 37> kMessages{{
    {"InvalidInstanceID.NotFound", "no instances", "The instance IDs '{0}' do not exist"},
    {"InvalidInstanceID.NotFound", "", "The instance ID '{0}' does not exist"},
    {"InvalidInstanceID.Malformed", "", "Invalid id: \"{0}\""},
    {"InvalidVolume.NotFound", "", "The volume '{0}' does not exist."},
    {"InvalidVolumeID.Malformed", "", "Invalid id: \"{0}\" (expecting \"vol-...\")"},
    {"InvalidSnapshot.NotFound", "", "The snapshot '{0}' does not exist."},
    {"InvalidSnapshotID.Malformed", "", "Invalid id: \"{0}\" (expecting \"snap-...\")"},
    {"InvalidID", "", "The ID '{0}' is not valid"},
    {"IncorrectInstanceState", "instance '", "The instance '{0}' is not in a state from which it can be {1}."},
    {"IncorrectInstanceState", "'",
     "Invalid value '{0}' for instanceId. Instance does not have a volume attached at root"},
    {"VolumeInUse", "", "The volume '{0}' is currently attached to an instance"},
    {"InvalidAttachment.NotFound", "'", "The volume '{0}' is not attached to the instance."},
    {"InvalidVolume.ZoneMismatch", "", "The volume '{0}' is not in the same availability zone as the instance"},
    {"OperationNotPermitted", "'i-",
     "The instance '{0}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again."},
    {"OperationNotPermitted", "'vol-", "Unable to detach root volume '{0}' from a running instance"},
    {"IdempotentParameterMismatch", "",
     "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."},
    {"IdempotentInstanceTerminated", "", "The instance that the client token stands for has been terminated."},
    {"InvalidClientToken", "", "The client token is not valid: it has up to 64 ASCII characters."},
    {"RequestLimitExceeded", "", "Request limit exceeded."},
    {"SnapshotCreationPerVolumeRateExceeded", "",
     "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep "
     "interval between requests."},
    {"ConcurrentSnapshotLimitExceeded", "", "Maximum allowed in-progress snapshots for a single volume exceeded."},
    {"PendingSnapshotLimitExceeded", "", "Maximum allowed in-progress snapshots exceeded."},
    {"SnapshotLimitExceeded", "", "Maximum number of snapshots exceeded."},
    {"VolumeLimitExceeded", "", "Maximum number of volumes exceeded."},
    {"InsufficientInstanceCapacity", "",
     "We currently do not have sufficient capacity in the Availability Zone you requested. Our system will be working "
     "on provisioning additional capacity."},
    {"InsufficientVolumeCapacity", "", "There is not enough capacity to fulfill your EBS volume provision request."},
    {"InsufficientAddressCapacity", "", "Not enough available addresses to satisfy your minimum request."},
    {"InstanceLimitExceeded", "",
     "You have requested more instances than your current instance limit allows for the specified instance type."},
    {"VcpuLimitExceeded", "",
     "You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the "
     "specified instance type belongs to."},
    {"InternalError", "", "An internal error has occurred"},
    {"InternalFailure", "", "The request processing has failed because of an unknown error, exception, or failure."},
    {"ServerInternal", "", "An internal error has occurred"},
    {"Unavailable", "", "The server is overloaded and can't handle the request."},
    {"ServiceUnavailable", "", "The request has failed due to a temporary failure of the server."},
    {"UnauthorizedOperation", "", "You are not authorized to perform this operation."},
    {"AuthFailure", "", "AWS was not able to validate the provided access credentials"},
    {"RequestExpired", "", "Request has expired."},
}};

std::string_view quoted(std::string_view message) {
  const std::size_t begin = message.find('\'');
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = message.substr(begin + 1);
  return rest.substr(0, std::min(rest.find('\''), rest.size()));
}

std::string_view participle(std::string_view action) {
  if (action == "StartInstances") return "started";
  return action == "StopInstances" ? "stopped" : "changed";
}

/// Tells whether the message is the region's or the adversary's: what this folder itself says is EC2's already.
bool is_own(const Error& error) {
  return error.message.empty() || !(error.message.front() >= 'A' && error.message.front() <= 'Z');
}

}  // namespace

std::string ec2_message(const Error& error, std::string_view action) {
  if (!is_own(error)) return error.message;
  const auto* rule = std::find_if(kMessages.begin(), kMessages.end(), [&](const MessageRule& row) {
    return row.code == error.code && error.message.starts_with(row.own);
  });
  if (rule != kMessages.end())
    return fmt::format(fmt::runtime(rule->message), quoted(error.message), participle(action));
  return error.message == "injected" ? fmt::format("{} failed.", action) : error.message;
}

}  // namespace drydock::cloud::query
