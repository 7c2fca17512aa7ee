#include <algorithm>
#include <utility>

#include "model/platform/platform.hpp"

// The image is pulled before anything is stopped for it (docs/platform.md §17.8).

namespace drydock::model {

using sim::Context;
using sim::Task;
using namespace std::chrono_literals;

namespace {

/// Of a create's time so much is left for its launch.
constexpr sim::Duration kLeftForLaunch = 5min;

/// Tells whether the control plane does not know the route. (It says so also where only this image is unknown.)
bool is_unknown_route(const CpAnswer& answer) { return answer.http == 404; }

/// Tells whether no other try can change the answer.
bool is_permanent(const CpAnswer& answer) { return !answer.ok() && !answer.may_pass() && !is_unknown_route(answer); }

}  // namespace

/// Asks for the image, with the attempts of a stop, and tells whether a restart may go on to stop the old instance. A
/// restart that may not has been declined.
Task<bool> Platform::image_is_ready(WorkspaceKey key) {
  if (policy_.restart_ensures_image == EnsureImage::off) co_return true;
  const bool names_provider = policy_.restart_ensures_image == EnsureImage::on;
  const Context context = background(policy_.time_ensure_image);
  sim::Duration backoff = policy_.stop_backoff;
  CpAnswer answer;
  for (std::uint32_t attempt = 1; attempt <= policy_.stop_attempts; ++attempt) {
    answer = co_await deps_.control_plane.ensure_image(context, key, names_provider);
    if (answer.ok()) co_return true;
    if (is_unknown_route(answer)) {
      const bool is_older = co_await has_older_route();
      if (is_older) co_return true;
    }
    if (is_permanent(answer) || attempt == policy_.stop_attempts) break;
    const bool slept = co_await deps_.clock.sleep(context, backoff);
    if (!slept) break;
    backoff *= 2;
  }
  co_await decline_restart(key, std::move(answer.error));
  co_return false;
}

/// Tells whether a route that every control plane has answers: then a 404 is that of an older one.
Task<bool> Platform::has_older_route() {
  CpAnswer listed = co_await deps_.control_plane.list(background(policy_.time_cp_client_timeout));
  co_return listed.ok();
}

/// Leaves instance, url and keys as they are, and tells why nothing happened. The row of a first boot has nobody who
/// would beat it back to online: with `restart.declined_boot_fails` it fails (#5136).
Task<void> Platform::decline_restart(WorkspaceKey key, std::string why) {
  Body payload;
  payload.add("error", why);
  co_await record_and_broadcast(background(), key, "WORKSPACE_RESTART_DECLINED", payload.text());
  co_await deps_.store.set_sample_error(background(), key, why);
  if (!policy_.restart_declined_boot_fails) co_return;
  DbResult<bool> first = co_await deps_.store.is_first_boot(background(), key);
  if (first && *first) co_await mark_failed(background(), key, std::move(why));
}

/// A create's provision with `provision.ensures_image`: the pull has time of its own, and only what cannot be pulled at
/// all keeps it from being tried.
Task<void> Platform::provision_created(WorkspaceKey key) {
  const sim::Duration most = std::max(policy_.time_provision_context - kLeftForLaunch, sim::Duration{});
  const Context context = background(std::min(policy_.time_ensure_image, most));
  CpAnswer answer = co_await deps_.control_plane.ensure_image(context, key, true);
  if (is_permanent(answer)) {
    deps_.observation.start_failed(key);
    co_return co_await mark_failed(background(), key, "image unavailable");
  }
  co_await provision_workspace(key, false);
}

}  // namespace drydock::model
