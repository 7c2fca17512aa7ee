#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/search/fills.hpp"
#include "tests/sim/search_toy.hpp"

namespace drydock::sim::search {

/// Something that a planted bug can be made of.
struct Happening {
  std::uint32_t tick = 0;
  std::string who;  // `a`, `b`, `c`; of order `world`
  std::string what;
  std::uint32_t value = 0;
};
using History = std::vector<Happening>;

/// Three workspaces for thirty ticks. A request makes calls, each of them tried twice; what a search may add are
/// requests (six at most), refusals and lost replies (four at most, each for once or for four ticks), boot times, and
/// who goes first. Calls of all workspaces share their sites, so that leaving anything out renumbers what is left.
class PlantedWorld {
 public:
  explicit PlantedWorld(ToyRun& run) : run_(run) {}

  History play() {
    for (tick_ = 1; tick_ <= kTicks; ++tick_) {
      run_.at(std::chrono::seconds{5 * tick_});
      if (const auto first = run_.order({1, 2, 3}); first != 0) note("world", "order", first);
      for (const std::string_view who : {"a", "b", "c"}) request(who);
      call("c", "ping");
    }
    return std::move(history_);
  }

  static constexpr std::uint32_t kTicks = 30;

 private:
  static constexpr std::uint32_t kLasts = 4;
  struct Spell {
    std::string site;
    std::uint32_t until;
  };

  void note(std::string_view who, std::string what, std::uint32_t value = 0) {
    run_.tell(mix(tick_, mix(hash_text(who), mix(hash_text(what), value))));
    history_.push_back({tick_, std::string{who}, std::move(what), value});
  }

  void request(std::string_view who) {
    if (requests_ == 6) return;
    constexpr std::array kRequests{"restart", "pause", "resume", "write"};
    const auto value = run_.ask(who, "request", 5, Meaning::Kind::request, {40'000});
    if (value == 0) return;
    ++requests_;
    note(who, kRequests[value - 1]);
    if (value == 1 && call(who, "stop") && call(who, "start")) boot(who);
    if (value == 2) call(who, "stop");
    if (value == 3) call(who, "start");
    if (value == 4) call(who, "put");
  }

  void boot(std::string_view who) {
    const auto boot = run_.ask(who, "boot", 9, Meaning::Kind::delay);
    if (boot >= 6) note(who, "slow");
  }

  /// True when one of two tries went through and its reply came.
  bool call(std::string_view who, std::string_view on) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (strikes(on, ".fault")) {
        note(who, std::string{on} + " refused");
      } else if (strikes(on, ".reply.fault")) {
        note(who, std::string{on} + " lost");
      } else {
        return true;
      }
    }
    note(who, std::string{on} + " failed");
    return false;
  }

  bool strikes(std::string_view on, std::string_view point) {
    const std::string site = std::string{on} + std::string{point};
    for (const Spell& spell : spells_) {
      if (spell.site == site && tick_ < spell.until) return true;
    }
    if (faults_ == 4) return false;
    const auto value = run_.offer("cp", site, Meaning::Kind::fault, {9, 9}, {on == "ping" ? 4'000U : 200'000U});
    if (value == 0) return false;
    ++faults_;
    if (value == 2) spells_.push_back({site, tick_ + kLasts});
    return true;
  }

  ToyRun& run_;
  History history_;
  std::vector<Spell> spells_;
  std::uint32_t tick_ = 0;
  std::uint32_t requests_ = 0;
  std::uint32_t faults_ = 0;
};

/// `a pause`: this, of that workspace, once; patterns are met in order, by one workspace (`x`) or by any (`*`).
inline bool meets(std::string_view pattern, const Happening& happening, std::string_view x) {
  const std::string_view who = pattern.substr(0, pattern.find(' '));
  if (pattern.substr(who.size() + 1) != happening.what) return false;
  return who == "*" || happening.who == (who == "x" ? x : who);
}
inline bool in_order(const History& history, const std::vector<std::string_view>& patterns) {
  const auto by = [&](std::string_view x) {
    std::size_t met = 0;
    for (const Happening& happening : history) {
      if (met < patterns.size() && meets(patterns[met], happening, x)) ++met;
    }
    return met == patterns.size();
  };
  return by("a") || by("b") || by("c");
}
inline bool any(const History& history, const std::function<bool(const Happening&)>& is) {
  return std::any_of(history.begin(), history.end(), is);
}
/// Two happenings, the second one `from` to `to` ticks after the first.
inline bool apart(const History& history, std::string_view first, std::string_view second, std::uint32_t from,
                  std::uint32_t to) {
  return any(history, [&](const Happening& a) {
    return meets(first, a, a.who) && any(history, [&](const Happening& b) {
             return meets(second, b, a.who) && b.tick >= a.tick + from && b.tick <= a.tick + to;
           });
  });
}

struct Planted {
  const char* name;
  /// The least number of decisions that break it: one for each thing that it is made of, since none of them happens by
  /// itself and no decision makes two of them happen, but where the comment says otherwise.
  std::size_t minimum;
  std::function<bool(const History&)> is_there;
};

inline std::vector<Planted> planted_bugs() {
  return {
      // A restart.
      {"a request", 1, [](const History& h) { return in_order(h, {"x restart"}); }},
      // Both requests are one decision each.
      {"two requests in order", 2,
       [](const History& h) {
         return in_order(h, {"x pause", "x resume"});
       }},
      {"two requests far apart", 2, [](const History& h) { return apart(h, "x pause", "x resume", 8, 30); }},
      // The request that makes the call, and the refusal.
      {"a refused call", 2, [](const History& h) { return in_order(h, {"x stop refused"}); }},
      // One refusal that lasts refuses both tries, so two decisions, not three.
      {"a call that fails for good", 2, [](const History& h) { return in_order(h, {"x start failed"}); }},
      // One refusal that lasts refuses the calls of two requests.
      {"two refused calls", 3,
       [](const History& h) {
         return apart(h, "a stop refused", "b stop refused", 0, 3) || in_order(h, {"a stop refused", "b stop refused"});
       }},
      {"a lost reply after a pause", 3,
       [](const History& h) {
         return in_order(h, {"x pause", "x resume", "x start lost"});
       }},
      // The issue's: three requests in order, a refusal and a lost reply.
      {"three requests, a fault, a lost reply", 5,
       [](const History& h) {
         return in_order(h, {"x write", "x pause", "x stop refused", "x resume", "x start lost"});
       }},
      {"a slow boot", 2,
       [](const History& h) {
         return in_order(h, {"x restart", "x slow"});
       }},
      // Boots of one workspace are counted at one site: a restart between them renumbers them.
      {"two slow boots and a lost reply", 5,
       [](const History& h) {
         return in_order(h, {"x slow", "x start lost", "x slow"});
       }},
      {"an order at a request", 2,
       [](const History& h) {
         return any(h, [&](const Happening& order) {
           return order.what == "order" && order.value == 2 &&
                  any(h, [&](const Happening& other) { return other.what == "pause" && other.tick == order.tick; });
         });
       }},
      {"every workspace written", 3,
       [](const History& h) {
         return in_order(h, {"a write"}) && in_order(h, {"b write"}) && in_order(h, {"c write"});
       }},
      // `put` is shared: other writes before it renumber it.
      {"a refused write after a restart elsewhere", 3,
       [](const History& h) {
         return in_order(h, {"b restart", "a put refused"});
       }},
      // Pings come once a tick: this one does not move, but the restart may.
      {"a refused ping right after a restart", 2,
       [](const History& h) {
         return any(h, [&](const Happening& restart) {
           return restart.what == "restart" && any(h, [&](const Happening& ping) {
                    return ping.what == "ping refused" && ping.tick == restart.tick + 1;
                  });
         });
       }},
      {"a write lost while paused", 4,
       [](const History& h) {
         return in_order(h, {"x pause", "x put lost", "x resume"});
       }},
      // A restart and its boot, an order, a pause and its refusal.
      {"one of everything", 5,
       [](const History& h) {
         return in_order(h, {"a slow", "world order", "b pause", "b stop refused"});
       }},
  };
}

/// The world with one bug.
inline ToyWorld world_of(const Planted& bug) {
  return [bug](ToyRun& run) {
    const History history = PlantedWorld(run).play();
    if (bug.is_there(history)) run.breaks("planted", bug.name);
  };
}

inline FillParameters planted_parameters() {
  FillParameters parameters;
  parameters.horizon = std::chrono::seconds{5 * PlantedWorld::kTicks};
  parameters.orderings = PlantedWorld::kTicks;
  return parameters;
}

}  // namespace drydock::sim::search
