#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/record.hpp"
#include "sim/time.hpp"

namespace drydock::sim {

/// One call of a port as the adversary sees it. `on` is the fault point's name (`cp.stop`, `ec2.RunInstances`,
/// `db.write`, `agent.heartbeat`, …).
struct Call {
  std::string_view on;
  Name workspace = Name::none;
  Name instance = Name::none;
};

/// The moments at which a simulated service asks what becomes of a call.
enum class FaultPoint : std::uint8_t {
  before_effect,      // the request may be delayed, refused or lost: the callee did nothing at all
  before_reply,       // it took effect; the reply may be delayed, replaced or lost
  before_visibility,  // when readers get to see a result: `delay` is by how much later
  before_completion,  // what was accepted is about to be done: it may end in `error` instead
};

/// The adversary's decision about a call at one moment. The service carries it out (sim/carry_out.hpp); a fault never
/// acts by itself.
struct Verdict {
  enum class What : std::uint8_t {
    pass,
    fail,  // answer with `error` (a provider's code, `http-NNN`, `reset`)
    lose,  // no answer: the caller waits until its own deadline
  };
  What what = What::pass;
  std::string error;
  Duration delay{};  // before anything else at this moment
  // Of an answer with an error:
  int status = 0;          // the HTTP status; 0: the one that goes with the error
  Duration retry_after{};  // whole seconds; 0: it does not say
  [[nodiscard]] bool passes() const { return what == What::pass; }
  /// Tells whether there is anything to carry out.
  [[nodiscard]] bool adverse() const { return !passes() || delay > Duration{}; }
};

/// The adversary. The calm one lets everything pass.
class Adversary {
 public:
  Adversary() = default;
  Adversary(const Adversary&) = delete;
  Adversary& operator=(const Adversary&) = delete;
  virtual ~Adversary() = default;
  virtual Verdict decide(const Call& call, FaultPoint point) = 0;
};

class Calm final : public Adversary {
 public:
  Verdict decide(const Call& /*call*/, FaultPoint /*point*/) override { return {}; }
};

}  // namespace drydock::sim
