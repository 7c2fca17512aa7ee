#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/scheduler.hpp"
#include "sim/task.hpp"

namespace drydock::cloud {

/// An instance's state; the values are EC2's own codes (docs/cloud.md §1.1).
///
///     pending ──► running ──► shutting-down ──► terminated
///        │                        ▲   ▲
///        ├────────────────────────┘   │
///        └──► terminated (launch failure)     running ──► stopping ──► stopped ──► pending
enum class InstanceState : std::uint8_t {
  pending = 0,
  running = 16,
  shutting_down = 32,
  terminated = 48,
  stopping = 64,
  stopped = 80,
};

[[nodiscard]] std::string_view to_text(InstanceState state);
/// Pending or running: it costs money and may hold state.
[[nodiscard]] constexpr bool is_live(InstanceState state) {
  return state == InstanceState::pending || state == InstanceState::running;
}

/// An error answer in EC2's terms: its code, HTTP status and message (docs/cloud.md §1.3, §5.1).
struct Error {
  std::string code;
  int http = 400;
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

struct RunInstancesRequest {
  /// At most 64 ASCII characters; the same token with the same parameters launches nothing new.
  std::string client_token;
  /// The `workspace` tag: opaque here, and the actor of the launch's decisions.
  std::string workspace;
  /// Opaque to the cloud; handed to whoever boots on the instance.
  std::string user_data;
  friend bool operator==(const RunInstancesRequest&, const RunInstancesRequest&) = default;
};

struct InstanceDescription {
  std::string id;
  InstanceState state = InstanceState::pending;
  std::string workspace;
  std::string client_token;
  std::string private_ip;
};

struct StateChange {
  std::string id;
  InstanceState previous = InstanceState::pending;
  InstanceState current = InstanceState::pending;
};

/// The EC2 API as the control plane calls it. Every call ends at the latest with its context: error `RequestTimeout`.
class Ec2 {
 public:
  Ec2() = default;
  Ec2(const Ec2&) = delete;
  Ec2& operator=(const Ec2&) = delete;
  virtual ~Ec2() = default;

  virtual sim::Task<Result<InstanceDescription>> run_instances(sim::Context context,
                                                               RunInstancesRequest request) = 0;
  /// All or nothing: one bad id fails the request and no instance is terminated.
  virtual sim::Task<Result<std::vector<StateChange>>> terminate_instances(
      sim::Context context, std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<InstanceDescription>>> describe_instances(
      sim::Context context, std::vector<std::string> ids) = 0;
};

}  // namespace drydock::cloud
