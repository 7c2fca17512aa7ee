#pragma once

#include <functional>
#include <string_view>

#include "server/live_session.hpp"
#include "sim/cloud/query/message.hpp"

namespace drydock::server {

/// What a client of `drydock serve` meets first. Requests for the world lose here what no answer depends on and what
/// nobody should keep (signatures, access keys, the client's own clock) and go to the session; `/_drydock/…` is
/// answered beside the run.
class Front {
 public:
  /// `check_clock`: a request that is signed for more than fifteen minutes before or after the virtual time is answered
  /// RequestExpired. The session outlives the front.
  Front(LiveSession& session, bool check_clock) : session_(session), check_clock_(check_clock) {}

  /// Tells whether the answer is waited for by the clock on the wall, or takes playing the session again.
  [[nodiscard]] bool waits(const cloud::query::Request& request) const;
  /// May be called from any thread.
  [[nodiscard]] cloud::query::Answer answer(cloud::query::Request request);

 private:
  [[nodiscard]] cloud::query::Answer answer_to(cloud::query::Request request);
  [[nodiscard]] cloud::query::Answer tell(const cloud::query::Request& request);
  [[nodiscard]] cloud::query::Answer status();
  [[nodiscard]] cloud::query::Answer advance(const cloud::query::Request& request);
  [[nodiscard]] cloud::query::Answer violations();
  [[nodiscard]] cloud::query::Answer report(std::string_view kind, const char* type);
  [[nodiscard]] bool is_signed_at_another_time(const cloud::query::Request& request);

  LiveSession& session_;
  bool check_clock_;
};

/// Returns the request without what no answer depends on: of its headers, Content-Type, the region of Authorization and
/// X-Confirm-Name stay; parameters that sign it go.
[[nodiscard]] cloud::query::Request as_heard(const cloud::query::Request& request);

}  // namespace drydock::server
