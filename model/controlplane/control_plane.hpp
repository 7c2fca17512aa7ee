#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/directory.hpp"
#include "model/service.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/hooks.hpp"

namespace drydock::model {

/// An answer of the control plane's HTTP API (docs/platform.md §4.1); `http` 0: there was none.
struct CpAnswer {
  int http = 0;
  std::string error;        // up to 512 bytes of the body, or the transport's error
  std::string instance_id;  // provision
  std::string state;        // provision, status
  [[nodiscard]] bool ok() const { return http >= 200 && http < 300; }
};

struct StartRequest {
  WorkspaceKey workspace = WorkspaceKey::none;
  std::string user_data;
};

struct InstanceRequest {
  WorkspaceKey workspace = WorkspaceKey::none;
  std::string instance_id;
};

/// The control plane: the one that talks to AWS. The first half of each pair is the tenant's HTTP call, with its way,
/// its latency and its faults; the second is what the control plane does when the call arrives.
class ControlPlane {
 public:
  ControlPlane(sim::Scheduler& clock, sim::Choices& choices, sim::Adversary& adversary,
               cloud::Ec2& ec2, const cloud::Profile& profile, const Directory& directory);

  /// POST /cp/workspaces/provision.
  sim::Task<CpAnswer> start(sim::Context context, StartRequest request);
  /// DELETE /cp/workspaces/{id}?instance_id=….
  sim::Task<CpAnswer> stop(sim::Context context, InstanceRequest request);
  /// GET /cp/workspaces/{id}/status?instance_id=….
  sim::Task<CpAnswer> status(sim::Context context, InstanceRequest request);

  [[nodiscard]] Service& service() { return service_; }

 private:
  struct Api {
    std::string_view fault_point;  // `cp.stop`
    std::string_view latency;      // `cp.stop.latency`
    std::string_view label;
  };
  static const Api kStart;
  static const Api kStop;
  static const Api kStatus;

  /// One HTTP call of the tenant: out, served there, and back.
  sim::Task<CpAnswer> call(sim::Context context, const Api* api, WorkspaceKey workspace,
                           sim::Task<CpAnswer> handler);
  sim::Task<std::optional<CpAnswer>> obey(sim::Context context, sim::Verdict verdict);

  sim::Task<CpAnswer> handle_start(StartRequest request);
  sim::Task<CpAnswer> handle_stop(InstanceRequest request);
  sim::Task<CpAnswer> handle_status(InstanceRequest request);

  sim::Scheduler& clock_;
  sim::Choices& choices_;
  sim::Adversary& adversary_;
  cloud::Ec2& ec2_;
  const cloud::Profile& profile_;
  const Directory& directory_;
  Service service_;
  std::uint64_t launches_ = 0;
};

}  // namespace drydock::model
