#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/observation.hpp"
#include "sim/time.hpp"

namespace drydock::model {

[[nodiscard]] std::unique_ptr<Invariant> make_no_state_loss();
[[nodiscard]] std::unique_ptr<Invariant> make_terminate_failure_recorded();
[[nodiscard]] std::unique_ptr<Invariant> make_removed_stays_removed();
[[nodiscard]] std::unique_ptr<Invariant> make_dormant_stays_dormant();
[[nodiscard]] std::unique_ptr<Invariant> make_no_orphan();
[[nodiscard]] std::unique_ptr<Invariant> make_bounded_work();
[[nodiscard]] std::unique_ptr<Invariant> make_no_healthy_kill();
[[nodiscard]] std::unique_ptr<Invariant> make_one_start_per_cause();
[[nodiscard]] std::unique_ptr<Invariant> make_single_live_instance();
[[nodiscard]] std::unique_ptr<Invariant> make_latest_secrets_run();
[[nodiscard]] std::unique_ptr<Invariant> make_settles();
[[nodiscard]] std::unique_ptr<Invariant> make_comes_back();
[[nodiscard]] std::unique_ptr<Invariant> make_online_is_real();
[[nodiscard]] std::unique_ptr<Invariant> make_blast_radius();
[[nodiscard]] std::unique_ptr<Invariant> make_answers_are_true();
[[nodiscard]] std::unique_ptr<Invariant> make_delivered_to_named();
[[nodiscard]] std::unique_ptr<Invariant> make_finished_work_ends();
[[nodiscard]] std::unique_ptr<Invariant> make_live_instances_serve();
[[nodiscard]] std::unique_ptr<Invariant> make_called_comes_back();
[[nodiscard]] std::unique_ptr<Invariant> make_made_is_known();
[[nodiscard]] std::unique_ptr<Invariant> make_snapshot_paid_once();

}  // namespace drydock::model
