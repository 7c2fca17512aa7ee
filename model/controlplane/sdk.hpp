#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/policy.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/time.hpp"

// What clients of EC2 do about a call that failed, as a table: a row for each client and mode, with what was measured
// of it (docs/platform.md §18). Nothing here waits, asks the tape or calls anybody; `ControlPlane::sdk` does.

namespace drydock::model {

/// The calls that ended without an answer: the connection was closed without a byte of one, was reset, or was closed
/// amid its body; or nothing came within the client's time-out.
struct SdkLosses {
  bool closed = false;
  bool reset = false;
  bool cut = false;
  bool silence = false;
};

/// HTTP statuses, both ends included.
struct SdkStatuses {
  int lo = 0;
  int hi = 0;
};

/// A set of failures: those with one of the codes, whatever the status; those with one of the statuses, whatever the
/// code, unless it is among `but`; and the losses. The code of an answer with an empty body is `http-NNN`.
struct SdkFailures {
  std::span<const std::string_view> codes{};
  std::span<const SdkStatuses> statuses{};
  std::span<const std::string_view> but{};
  SdkLosses losses{};

  [[nodiscard]] bool contains(const cloud::Error& error) const;
};

/// The law of the pauses between attempts. After the n-th failed one the pause is anywhere in `first`, doubled n - 1
/// times and at most `most`, and a further part anywhere in `besides`, which is not doubled.
struct SdkBackoff {
  sim::DurationRange first{};
  sim::Duration most = sim::kLongestDuration;
  sim::DurationRange besides{};

  /// Returns the range of the pause after the `failed`-th failed attempt, from 1.
  [[nodiscard]] sim::DurationRange after(int failed) const;
};

/// One loop that sends a call again. Loops may stand around each other: the outer one hears what the inner one gave up.
struct SdkLoop {
  /// Attempts in all, with the first; 1: the loop does nothing.
  int attempts = 1;
  SdkFailures again{};
  SdkBackoff backoff{};
  /// Those of `again` after which the pauses follow a law of their own.
  SdkFailures throttled{};
  SdkBackoff throttled_backoff{};
  /// The loop is for actions whose name begins so; empty: for all.
  std::span<const std::string_view> only{};
  /// It is for a launch as well whose caller gives a ClientToken.
  bool or_with_token = false;
  /// The client pauses once more after the last attempt, before it tells its caller.
  bool sleeps_at_last = false;
};

/// Says what a client makes of the header Retry-After. `added`: on 429 and 503, its seconds and the client's own pause.
/// `clamped`: on any answer that is retried, its seconds, but at least the client's own pause, and at most 5 s more.
enum class SdkRetryAfter : std::uint8_t { ignored, added, clamped };

/// The retries that one client object may make: each takes tokens from a bucket that all of its calls share. A call
/// that succeeds gives back what its last retry took, or `success` where it had none.
struct SdkQuota {
  /// The tokens of a full bucket, as it is when the process starts; 0: retries are not counted.
  int capacity = 0;
  int retry = 0;
  int throttled_retry = 0;
  int retry_after_silence = 0;
  int success = 1;
};

/// The law of a waiter's polls. `own`: the client has no waiter, and the control plane polls as it does by itself.
/// `fixed`: after the same delay each time. The others: after anything from `delay` to `delay` doubled with each poll,
/// at most `most`, until the caller's time ends. `until_delay_is_left` polls a last time when `delay` is left of it;
/// `until_half_a_second` when 0.5 s is, if fewer than `least_polls` were made, and then makes the missing ones at once;
/// once it has made them, its delay is `most`.
enum class SdkPolls : std::uint8_t { own, fixed, until_delay_is_left, until_half_a_second };

/// A waiter for a snapshot that is pending. The first poll is made at once.
struct SdkWaiter {
  SdkPolls law = SdkPolls::own;
  sim::Duration delay{};
  sim::Duration most{};
  /// Polls in all; 0: as many as fit.
  int polls = 0;
  int least_polls = 0;
  /// The polls that fail for good and do not end the wait.
  SdkFailures outlasts{};
  /// The law of the delays after such a poll, where they follow one of their own.
  std::optional<SdkBackoff> delays_after_failure{};
  /// The polls that fail for good and end the wait as if the snapshot were completed.
  SdkFailures takes_for_completed{};
  /// How many of the row's loops, innermost first, send a poll again.
  int loops = 3;
};

/// One client in one mode.
struct SdkRow {
  Sdk sdk = Sdk::none;
  /// The client and its version that the row was measured with.
  std::string_view client{};
  /// The time that it waits for an answer; 0: without end.
  sim::Duration timeout{};
  /// Innermost first.
  std::array<SdkLoop, 3> loops{};
  /// A call whose answer was cut never ends: the client neither answers its caller nor sends it again.
  bool hangs_on_cut = false;
  /// After an answer that was cut, no later one of the same call parses: it is sent again as after any loss, and fails.
  bool cut_spoils_rest = false;
  /// Off: an answer of 4xx with an empty body is an error of its parser, which no loop hears of.
  bool reads_empty_4xx = true;
  SdkRetryAfter retry_after = SdkRetryAfter::ignored;
  SdkQuota quota{};
  /// The error of a call that the quota ended no longer says what EC2 answered.
  bool quota_hides_answer = false;
  /// The error of an answer with this status has no code of EC2's, only the status; 0: there is no such status.
  int hides_code_at = 0;
  /// RunInstances and CreateVolume get a ClientToken where the caller gives none, and keep it when they are sent again.
  bool makes_tokens = true;
  SdkWaiter waiter{};
};

[[nodiscard]] std::span<const SdkRow> sdk_rows();
[[nodiscard]] const SdkRow& sdk_row(Sdk sdk);

/// How far one call has come.
struct SdkCall {
  /// The attempt that each loop of the row is at, from 1.
  std::array<int, 3> attempts{1, 1, 1};
  /// The tokens that its last retry took.
  int paid = 0;
  /// The call is a poll of a waiter.
  bool is_poll = false;
  /// It carries a ClientToken that its caller gave.
  bool has_token = false;
  /// No answer to it can be read any more (`SdkRow::cut_spoils_rest`).
  bool spoiled = false;
};

/// Says what the client does after a failed attempt: it stops, or sends the call again as `next`. First it pauses, for
/// a time in `backoff`; a point of 0 s is no pause where it stops.
struct SdkVerdict {
  bool again = false;
  /// It does neither: the call never ends.
  bool hangs = false;
  sim::DurationRange backoff{};
  SdkCall next{};
  /// The tokens that the retry takes from the quota; without them the client stops.
  int cost = 0;
};

[[nodiscard]] SdkVerdict verdict_after(const SdkRow& row, const SdkCall& call, std::string_view action,
                                       const cloud::Error& error);

/// Returns the pause before the next attempt: what was drawn from the verdict's range, and what Retry-After does to it.
[[nodiscard]] sim::Duration pause_after(const SdkRow& row, const cloud::Error& error, sim::Duration drawn);

/// The tokens that a client object has taken from its quota. It is memory: gone with the process.
class SdkTokens {
 public:
  /// Takes tokens, and returns whether there were as many.
  [[nodiscard]] bool take(const SdkQuota& quota, int cost);
  /// Gives back what a call that succeeded gives back.
  void succeeded(const SdkQuota& quota, const SdkCall& call);
  [[nodiscard]] int taken() const { return taken_; }

 private:
  int taken_ = 0;
};

/// Returns what the client tells its caller of an answer.
[[nodiscard]] cloud::Error as_told(const SdkRow& row, cloud::Error error);

/// What a client hears where it cannot read a good answer any more, because an earlier one was cut.
[[nodiscard]] cloud::Error unreadable();

/// The error of a call that the quota ended, where the client hides what EC2 answered. It has no status.
[[nodiscard]] cloud::Error quota_exhausted();

/// Returns the range of a waiter's delay after its `polls`-th poll, from 1, which failed or not.
[[nodiscard]] sim::DurationRange poll_delay(const SdkWaiter& waiter, int polls, bool failed);
/// Returns the delay before the next poll, given what was drawn from that range and the time that is left to the
/// caller; nothing: the waiter gives up now.
[[nodiscard]] std::optional<sim::Duration> next_poll(const SdkWaiter& waiter, int polls, sim::Duration drawn,
                                                     sim::Duration left);

}  // namespace drydock::model
