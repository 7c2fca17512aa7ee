#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/storage_support.hpp"

namespace drydock::cloud {

using ChangesAnswer = TerminateAnswer;
using DoneAnswer = Answer<Done>;
using VolumeAnswer = Answer<VolumeDescription>;
using StatusAnswer = Answer<std::vector<InstanceStatus>>;
using TagsAnswer = Answer<std::vector<TagDescription>>;

/// A region in which everything can be called.
struct FullRegion : StorageRegion {
  using StorageRegion::StorageRegion;

  const ChangesAnswer& start_instances(std::vector<std::string> ids) {
    return start(terminates, ec2.start_instances({}, std::move(ids)));
  }
  const ChangesAnswer& stop(std::vector<std::string> ids, bool force = false) {
    StopInstancesRequest request{std::move(ids), force};
    return start(terminates, ec2.stop_instances({}, std::move(request)));
  }
  const DoneAnswer& reboot(std::vector<std::string> ids) {
    return start(dones, ec2.reboot_instances({}, std::move(ids)));
  }
  const StatusAnswer& status(std::vector<std::string> ids, bool include_all = false) {
    StatusFilter filter{std::move(ids), include_all};
    return start(statuses, ec2.describe_instance_status({}, std::move(filter)));
  }
  const VolumeAnswer& create_volume(std::string workspace, std::string snapshot = "", std::string token = "") {
    CreateVolumeRequest request{std::move(token), std::move(workspace), std::move(snapshot)};
    return start(volumes, ec2.create_volume({}, std::move(request)));
  }
  const DoneAnswer& delete_volume(std::string id) { return start(dones, ec2.delete_volume({}, std::move(id))); }
  const VolumeAnswer& attach(std::string volume, std::string instance) {
    AttachVolumeRequest request{std::move(volume), std::move(instance)};
    return start(volumes, ec2.attach_volume({}, std::move(request)));
  }
  const VolumeAnswer& detach(std::string volume, std::string instance = "", bool force = false) {
    DetachVolumeRequest request{std::move(volume), std::move(instance), force};
    return start(volumes, ec2.detach_volume({}, std::move(request)));
  }
  const DoneAnswer& delete_snapshot(std::string id) { return start(dones, ec2.delete_snapshot({}, std::move(id))); }
  const DoneAnswer& tag(std::vector<std::string> ids, std::vector<Tag> tags) {
    CreateTagsRequest request{std::move(ids), std::move(tags)};
    return start(dones, ec2.create_tags({}, std::move(request)));
  }
  const DoneAnswer& untag(std::vector<std::string> ids, std::vector<DeletedTag> tags) {
    DeleteTagsRequest request{std::move(ids), std::move(tags)};
    return start(dones, ec2.delete_tags({}, std::move(request)));
  }
  const TagsAnswer& tags(std::vector<std::string> ids) {
    return start(tag_lists, ec2.describe_tags({}, std::move(ids)));
  }

  std::deque<DoneAnswer> dones;
  std::deque<VolumeAnswer> volumes;
  std::deque<StatusAnswer> statuses;
  std::deque<TagsAnswer> tag_lists;
};

}  // namespace drydock::cloud
