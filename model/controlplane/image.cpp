#include "model/controlplane/control_plane.hpp"
#include "sim/carry_out.hpp"
#include "sim/cloud/errors.hpp"

// The image that every launch needs (docs/platform.md §17.8). It is pulled once, by whoever needs it first; the pull
// goes on when the tenant no longer waits for it.

namespace drydock::model {

using sim::Task;

bool ControlPlane::has_image() const { return image_pulled_ || profile_.image_pull.hi == sim::Duration{}; }

Task<CpAnswer> ControlPlane::handle_ensure_image(WorkspaceKey workspace, bool names_provider) {
  if (!names_provider) {
    CpAnswer nothing = CpAnswer::of(200);
    nothing.state = kImageNotApplicable;
    co_return nothing;
  }
  co_return co_await pull_image(workspace);
}

/// Pulls the image, or waits for a pull that is under way. Whoever waited for one that failed makes another.
Task<CpAnswer> ControlPlane::pull_image(WorkspaceKey workspace) {
  while (!has_image() && image_pulling_) {
    [[maybe_unused]] const bool settled = co_await clock_.wait(image_settled_, sim::kNever);
  }
  CpAnswer ready = CpAnswer::of(200);
  ready.state = kImageReady;
  if (has_image()) co_return ready;
  image_pulling_ = true;
  const sim::Call pull{"image.pull", directory_.name(workspace), sim::Name::none};
  sim::Verdict verdict = adversary_.decide(pull, sim::FaultPoint::before_effect);
  std::optional<sim::CallFailure> failed;
  const sim::Context patient;
  if (verdict.adverse()) failed = co_await sim::carry_out(clock_, patient, std::move(verdict));
  if (!failed) {
    const sim::Duration takes = choices_.draw(actor_of(workspace), "image.pull", profile_.image_pull);
    co_await clock_.pause_drawn(takes, profile_.image_pull.typical());
    image_pulled_ = true;
  }
  image_pulling_ = false;
  image_settled_.notify_all();
  if (!failed) co_return ready;
  const int http = cloud::error_status(failed->error);
  co_return CpAnswer::of(http, std::move(failed->error));
}

}  // namespace drydock::model
