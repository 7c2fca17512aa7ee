#include "scenarios/sites.hpp"

#include <algorithm>
#include <array>

namespace drydock::scenarios {
namespace {

// Of a range, 0 is the midpoint, and 1..8 go in equal steps from its low end to its high end.
constexpr auto kSites = std::to_array<SiteInfo>({
    {"world/order", "which of the tasks that are ready at one instant goes first; 0 is the first in line"},
    {"{workspace}/ec2.run.pending",
     "how long a launch stays pending, within cloud.pending; 0 is the midpoint, 1..8 from low to "
     "high"},
    {"{workspace}/ec2.start.pending", "how long a start after a stop stays pending, within cloud.pending"},
    {"{workspace}/ec2.stop.duration", "how long an instance stays stopping, between 10s and 60s"},
    {"{workspace}/ec2.run.visibility",
     "how long a new instance's id is unknown to the API, within cloud.visibility_lag"},
    {"{workspace}/ec2.read.replica",
     "how far behind the replica is that a call reads, within cloud.visibility_lag: 0 by the least, "
     "1 by the midpoint, 2 by the most"},
    {"{workspace}/ec2.terminate.duration",
     "how long a terminate takes, within cloud.terminate; 0 is the midpoint, 1..8 from low to "
     "high"},
    {"{workspace}/ec2.volume.creation",
     "how long a volume stays creating, between 500ms and 3s, from a snapshot between 1s and 8s"},
    {"{workspace}/ec2.volume.deletion", "how long a volume stays deleting, between 2s and 30s"},
    {"{workspace}/ec2.snapshot.duration",
     "how long a snapshot stays pending, within cloud.snapshot; 0 is the midpoint, 1..8 from low to "
     "high"},
    {"{workspace}/agent.boot",
     "from running to registered, within cloud.boot; 0 is the midpoint, 1..8 from low to high"},
    {"{workspace}/cp.start.latency", "how long the control plane takes to act on a launch, within cloud.cp_latency"},
    {"{workspace}/cp.stop.latency", "how long the control plane takes to act on a stop, within cloud.cp_latency"},
    {"{workspace}/cp.is_running.latency",
     "how long the control plane takes to look an instance up, within cloud.cp_latency"},
    {"{workspace}/cp.backup.latency", "how long the control plane takes to act on a backup, within cloud.cp_latency"},
    {"{workspace}/cp.find.latency",
     "how long the control plane takes to look a launch up by its token, within cloud.cp_latency"},
    {"cp/cp.list.latency", "how long the control plane takes to list all instances, within cloud.cp_latency"},
    {"{workspace}/cp.ensure_image.latency",
     "how long the control plane takes to act on a call for an image, within cloud.cp_latency"},
    {"{workspace}/image.pull", "how long the image's pull takes, within cloud.image_pull"},
    {"{workspace}/sdk.backoff", "how long the control plane's client of EC2 waits before it sends a call again"},
    {"{workspace}/sdk.waiter",
     "how long a waiter of that client waits before its next look at a snapshot, where that is random"},
    {"{workspace}/ec2.RunInstances.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.TerminateInstances.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DescribeInstances.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DescribeVolumes.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.CreateSnapshot.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DescribeSnapshots.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.StartInstances.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.StopInstances.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.RebootInstances.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DescribeInstanceStatus.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.CreateVolume.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DeleteVolume.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.AttachVolume.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DetachVolume.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DeleteSnapshot.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.CreateTags.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DeleteTags.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/ec2.DescribeTags.latency", "how long the call takes, within cloud.api_latency"},
    {"{workspace}/request",
     "which request of `explore` is sent to the workspace at this tick; 0: none. world/request: those that name none"},
    {"{workspace}/request.hang_up",
     "whether the client of that request hangs up; world/request.hang_up: of one for no workspace, or after an effect"},
    {"{workspace}/request.patience",
     "after how long it does: 2.5ms, 150ms, 2s or 20s; world/request.patience likewise"},
    {"world/arrival", "which of all requests of `explore` comes right after an effect of the platform; 0: none"},
    {"{actor}/{on}.reply.fault",
     "which fault of `explore` strikes a call that took effect, before its reply; .visibility and .completion "
     "likewise"},
    {"{workspace}/instance.fault", "whether the workspace's instance dies at this tick"},
    {"platform/process.fault",
     "whether the platform crashes after this effect of its own, and for how long; cp/process.fault likewise"},
    {"{actor}/{on}.fault",
     "whether a scripted fault with a probability strikes, or which fault of `explore`; 0: none. {actor} is the "
     "workspace or the process, {on} the fault's point"},
});

}  // namespace

std::span<const SiteInfo> site_catalogue() { return kSites; }

std::vector<std::string> site_points() {
  std::vector<std::string> points;
  for (const SiteInfo& site : kSites) {
    const std::string_view point = site.pattern.substr(site.pattern.find('/') + 1);
    if (point.find('{') == std::string_view::npos) points.emplace_back(point);
  }
  return points;
}

bool is_site_point(std::string_view point) {
  const auto is_it = [&](const SiteInfo& site) { return site.pattern.ends_with("/" + std::string{point}); };
  return point.ends_with(".fault") || std::any_of(kSites.begin(), kSites.end(), is_it);
}

}  // namespace drydock::scenarios
