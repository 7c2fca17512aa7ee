#include "sim/search/shrink.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

// A tape is made smaller while it still breaks its promise in the same way. A pass proposes a smaller tape and plays
// it; when that run breaks the same, the tape as the run consumed it (without entries that nothing asked for) becomes
// the best one. The passes go from coarse to fine:
//
// 1. Once: leave out everything that no search added (or else orders, then delays), then all of an actor, then of a
//    site.
// 2. Leave out chunks of decisions, halves first, then quarters, down to single ones (delta debugging).
// 3. With few decisions left: leave out two at once; one, while the others follow their calls; or put one fault that
//    lasts in place of several.
// 4. When 2 and 3 left nothing out: simplify what there is. Give decisions to an actor earlier in the alphabet, move
//    requests and faults earlier, lower values.
//
// Passes 2 to 4 are repeated until a round changes nothing. That ends: an accepted tape has fewer decisions, or as
// many and some of them simpler; no candidate is played twice; and `ShrinkLimits::runs` bounds the plays.

namespace drydock::sim::search {
namespace {

using Kind = Meaning::Kind;
using Decisions = std::vector<SearchDecision>;

std::string_view actor(const SearchDecision& each) {
  const std::string_view site = each.decision.site;
  return site.substr(0, site.find('/'));
}

class Shrinker {
 public:
  Shrinker(Player& player, Decisions tape, const Broken& broken, const ShrinkLimits& limits)
      : player_(player), broken_(broken), limits_(limits), best_(std::move(tape)) {}

  Shrunk run() {
    leave_out_at_large();
    while (!exhausted()) {
      const std::size_t before = best_.size();
      const std::uint64_t shape = hash_of_tape(best_);
      leave_out_chunks();
      if (best_.size() <= kFew) leave_out_cleverly();
      if (best_.size() < before) continue;
      simplify();
      if (hash_of_tape(best_) == shape) break;
    }
    return {.tape = best_, .runs = runs_, .minimal = !exhausted()};
  }

 private:
  /// A tape of at most this many decisions is small: passes whose cost grows with the square of their number pay off.
  static constexpr std::size_t kFew = 14;

  [[nodiscard]] bool exhausted() const { return runs_ >= limits_.runs || (limits_.stop && limits_.stop()); }

  /// Plays a candidate, unless it was played before or the limit is reached. When it breaks the promise in the same
  /// way, it becomes the best tape and the result is true.
  bool improves(const Decisions& candidate) {
    if (exhausted() || !tried_.insert(hash_of_tape(candidate)).second) return false;
    ++runs_;
    Reading reading = player_.play(tape_of(candidate), nullptr, {});
    if (!breaks(reading, broken_)) return false;
    best_ = std::move(reading.tape);
    return true;
  }

  bool improves_without(const std::function<bool(const SearchDecision&)>& drop) {
    Decisions rest;
    std::copy_if(best_.begin(), best_.end(), std::back_inserter(rest),
                 [&](const SearchDecision& each) { return !drop(each); });
    return rest.size() < best_.size() && improves(rest);
  }

  // --- leaving out ---

  /// Leaves out whole kinds, then all decisions of an actor, then of a site.
  void leave_out_at_large() {
    const auto is = [](Kind kind) { return [kind](const SearchDecision& each) { return each.kind == kind; }; };
    if (!improves_without([](const SearchDecision& each) { return !is_added(each); })) {
      improves_without(is(Kind::order));
      improves_without(is(Kind::delay));
    }
    leave_out_each([](const SearchDecision& each) { return std::string{actor(each)}; });
    leave_out_each([](const SearchDecision& each) { return each.decision.site; });
  }

  void leave_out_each(const std::function<std::string(const SearchDecision&)>& part_of) {
    std::set<std::string> parts;
    for (const SearchDecision& each : best_) parts.insert(part_of(each));
    for (const std::string& part : parts)
      improves_without([&](const SearchDecision& each) { return part_of(each) == part; });
  }

  /// Leaves out chunks (delta debugging): halves, quarters, … single decisions, until none can go.
  void leave_out_chunks() {
    for (std::size_t size = std::max<std::size_t>(best_.size() / 2, 1); !exhausted();) {
      bool any = false;
      for (std::size_t from = 0; from < best_.size();) {
        Decisions rest = best_;
        const std::size_t to = std::min(from + size, rest.size());
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(from), rest.begin() + static_cast<std::ptrdiff_t>(to));
        if (improves(rest)) {
          any = true;
        } else {
          from += size;
        }
      }
      if (any) continue;
      if (size == 1) return;
      size /= 2;
    }
  }

  /// Tries what leaving out single decisions cannot do: it drops two at once; drops one and moves the others to where
  /// their calls now are; puts one fault that lasts in place of several. Ends with the first success.
  void leave_out_cleverly() {
    const std::size_t before = best_.size();
    for (std::size_t i = 0; i < best_.size() && best_.size() == before; ++i) {
      if (leave_out_and_follow(i) || stretch(i)) return;
      for (std::size_t j = i + 1; j < best_.size(); ++j) {
        Decisions rest = best_;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(j));
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        if (improves(rest)) return;
      }
    }
  }

  /// Leaves a decision out and lets the others follow. The decision left out changes how many calls come before the
  /// others, so each fault and delay moves to that question of its site which is nearest in time to the one that it
  /// answered.
  bool leave_out_and_follow(std::size_t index) {
    Decisions rest = best_;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(index));
    if (exhausted()) return false;
    ++runs_;
    const Reading reading = player_.play(tape_of(rest), nullptr, {.asked = true, .coverage = false, .every = true});
    bool moved = false;
    for (SearchDecision& each : rest) {
      const SearchDecision* nearest = nearest_question(reading.asked, each);
      if (nearest == nullptr || nearest->decision.occurrence == each.decision.occurrence) continue;
      each.decision.occurrence = nearest->decision.occurrence;
      moved = true;
    }
    return moved && improves(rest);
  }

  static const SearchDecision* nearest_question(const Decisions& asked, const SearchDecision& answered) {
    // A request's number is its moment; turns are too many to be told apart by theirs.
    if (answered.kind == Kind::request || answered.kind == Kind::order) return nullptr;
    const SearchDecision* nearest = nullptr;
    for (const SearchDecision& question : asked) {
      if (question.decision.site != answered.decision.site) continue;
      if (nearest == nullptr || distance(question, answered) < distance(*nearest, answered)) nearest = &question;
    }
    return nearest;
  }
  static Duration distance(const SearchDecision& a, const SearchDecision& b) {
    return a.at < b.at ? b.at - a.at : a.at - b.at;
  }

  /// Makes a fault last longer (its next values) and leaves out other faults that the longer one may make up for.
  bool stretch(std::size_t index) {
    if (best_[index].kind != Kind::fault) return false;
    const SearchDecision fault = best_[index];
    for (std::uint32_t by = 1; by <= 2; ++by) {
      if (fault.decision.value + by >= fault.bound) break;
      Decisions longer = best_;
      longer[index].decision.value += by;
      if (improves_by_dropping(longer, index)) return true;
    }
    return false;
  }
  bool improves_by_dropping(const Decisions& longer, std::size_t kept) {
    Decisions alone;
    for (std::size_t i = 0; i < longer.size(); ++i) {
      if (i == kept || longer[i].kind != Kind::fault) alone.push_back(longer[i]);
    }
    if (alone.size() < longer.size() && improves(alone)) return true;
    for (std::size_t i = 0; i < longer.size(); ++i) {
      if (i == kept || longer[i].kind != Kind::fault) continue;
      Decisions rest = longer;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      if (improves(rest)) return true;
    }
    return false;
  }

  // --- simpler decisions ---

  void simplify() {
    rename_actors();
    move_all_earlier();
    for (std::size_t i = 0; i < best_.size(); ++i) {
      lower_value(i);
      move_earlier(i);
    }
  }

  /// Returns the index of `decision` in the best tape, whose order may have changed; its size when the decision is
  /// gone.
  [[nodiscard]] std::size_t find(const Decision& decision) const {
    const auto found =
        std::find_if(best_.begin(), best_.end(), [&](const SearchDecision& each) { return each.decision == decision; });
    return static_cast<std::size_t>(found - best_.begin());
  }

  void lower_value(std::size_t index) {
    constexpr std::uint32_t kMostTried = 12;
    const std::uint32_t value = best_[index].decision.value;
    for (std::uint32_t lower = 1; lower < std::min(value, kMostTried); ++lower) {
      Decisions candidate = best_;
      candidate[index].decision.value = lower;
      if (candidate.size() == best_.size() && improves(candidate)) return;
    }
    // Shorter spells of the same fault.
    for (std::uint32_t by = 1; by <= 2 && by + kMostTried <= value; ++by) {
      Decisions candidate = best_;
      candidate[index].decision.value = value - by;
      if (improves(candidate)) return;
    }
  }

  /// Moves a fault or a request to an earlier occurrence, by halves of the way towards the first.
  void move_earlier(std::size_t index) {
    if (!is_added(best_[index])) return;
    Decision moving = best_[index].decision;
    for (std::uint32_t by = moving.occurrence / 2; by > 0; by /= 2) {
      while (moving.occurrence > by) {
        Decisions candidate = best_;
        const std::size_t at = find(moving);
        if (at >= candidate.size()) return;
        candidate[at].decision.occurrence -= by;
        if (!improves(candidate)) break;
        moving.occurrence -= by;
      }
    }
  }

  /// Moves all requests earlier by the same number, so that their distances stay.
  void move_all_earlier() {
    while (true) {
      std::uint32_t first = UINT32_MAX;
      for (const SearchDecision& each : best_) {
        if (each.kind == Kind::request) first = std::min(first, each.decision.occurrence);
      }
      if (first == UINT32_MAX || first <= 1) return;
      if (!move_requests(first - 1) && !move_requests(first / 2) && !move_requests(1)) return;
    }
  }
  bool move_requests(std::uint32_t by) {
    if (by == 0) return false;
    Decisions candidate = best_;
    for (SearchDecision& each : candidate) {
      if (each.kind == Kind::request) each.decision.occurrence -= by;
    }
    return improves(candidate);
  }

  /// Gives all decisions of one actor to another actor that comes before it in the alphabet.
  void rename_actors() {
    std::set<std::string> actors;
    for (const SearchDecision& each : best_) {
      if (each.kind == Kind::request) actors.insert(std::string{actor(each)});
    }
    for (const std::string& from : actors) {
      for (const std::string& to : actors) {
        if (to >= from) break;
        if (rename_actor(from, to)) break;
      }
    }
  }
  bool rename_actor(const std::string& from, const std::string& to) {
    Decisions candidate = best_;
    std::set<std::pair<std::string, std::uint32_t>> places;
    for (SearchDecision& each : candidate) {
      if (actor(each) == from) each.decision.site.replace(0, from.size(), to);
      // Two decisions cannot stand in one place.
      if (!places.insert({each.decision.site, each.decision.occurrence}).second) return false;
    }
    return improves(candidate);
  }

  Player& player_;
  const Broken& broken_;
  ShrinkLimits limits_;
  Decisions best_;
  std::set<std::uint64_t> tried_;
  std::uint64_t runs_ = 0;
};

}  // namespace

Shrunk shrink(Player& player, std::vector<SearchDecision> tape, const Broken& broken, const ShrinkLimits& limits) {
  return Shrinker(player, std::move(tape), broken, limits).run();
}

}  // namespace drydock::sim::search
