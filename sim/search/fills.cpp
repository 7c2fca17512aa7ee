#include "sim/search/fills.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "sim/hash.hpp"

namespace drydock::sim::search {
namespace {

using Kind = Meaning::Kind;

std::uint64_t dice(std::uint64_t seed, const Question& question) {
  return random_bits(seed, question.site_hash, question.occurrence);
}

/// Returns further bits, for a second draw about the same question.
std::uint64_t more(std::uint64_t bits) { return mix(bits, 0x5EED); }

bool strikes(std::uint64_t bits, std::uint64_t ppm) { return scale_bits(bits, Probability::kOne) < ppm; }

std::uint32_t one_of(std::uint64_t bits, std::uint32_t bound) { return 1 + scale_bits(bits, bound - 1); }

std::uint32_t anything(std::uint64_t bits, const Question& question, const FillParameters& parameters) {
  switch (question.kind) {
    case Kind::happens:
      return strikes(bits, question.odds.ppm) ? 1 : 0;
    case Kind::fault:
    case Kind::request:
      return strikes(bits, question.odds.ppm) ? one_of(more(bits), question.bound) : 0;
    case Kind::delay:
      return varies(parameters, question.site) ? scale_bits(bits, question.bound) : 0;
    case Kind::order:
    case Kind::plain:
      return scale_bits(bits, question.bound);
  }
  return 0;
}

class RandomFill final : public Fill {
 public:
  RandomFill(std::uint64_t seed, const FillParameters& parameters) : seed_(seed), parameters_(parameters) {}
  std::uint32_t answer(const Question& question) override {
    return anything(dice(seed_, question), question, parameters_);
  }

 private:
  std::uint64_t seed_;
  const FillParameters& parameters_;
};

class SwarmFill final : public Fill {
 public:
  SwarmFill(std::uint64_t seed, const FillParameters& parameters) : seed_(seed), parameters_(parameters) {
    order_ = coin(1) % 2 == 0;
    delays_ = static_cast<Delays>(coin(2) % 4);
    constexpr std::array<std::uint64_t, 4> kRequests{1, 2, 4, 16};
    request_rate_ = kRequests[coin(3) % kRequests.size()];
    share_ = 1 + coin(4) % 3;  // of four
    constexpr std::array<std::int64_t, 4> kParts{1, 3, 10, 30};
    const std::int64_t stretch = parameters.horizon.count() / kParts[coin(5) % kParts.size()];
    const auto room = static_cast<std::uint64_t>(parameters.horizon.count() - stretch) + 1;
    from_ = kTimeZero + Duration{static_cast<std::int64_t>(coin(6) % room)};
    close(parameters.closed);
    until_ = from_ + Duration{stretch};
  }

  std::uint32_t answer(const Question& question) override {
    const std::uint64_t bits = dice(seed_, question);
    switch (question.kind) {
      case Kind::fault:
      case Kind::request:
        return add(bits, question);
      case Kind::delay:
        return delay(bits, question);
      case Kind::order:
        return order_ ? scale_bits(bits, question.bound) : 0;
      case Kind::happens:
      case Kind::plain:
        return anything(bits, question, parameters_);
    }
    return 0;
  }

 private:
  enum class Delays : std::uint8_t { typical, any, ends, by_site };

  [[nodiscard]] std::uint64_t coin(std::uint32_t which) const { return random_bits(seed_, 0xC011, which) >> 32U; }
  /// Returns the bits that decide about a family for the whole run: whether it is on, and at which of four rates.
  [[nodiscard]] std::uint64_t family_bits(std::uint32_t family) const { return random_bits(seed_, 0xFA41, family); }
  [[nodiscard]] bool is_on(std::uint32_t family) const {
    return (family_bits(family) & 3U) < share_ && std::find(off_.begin(), off_.end(), family) == off_.end();
  }

  /// Leaves out a family of each combination, unless this run is the one of eight that does not.
  void close(const std::vector<std::vector<std::uint32_t>>& combinations) {
    for (std::uint32_t nth = 0; nth < combinations.size(); ++nth) {
      const std::vector<std::uint32_t>& families = combinations[nth];
      const std::uint64_t bits = random_bits(seed_, 0xC105ED, nth) >> 32U;
      if (!families.empty() && bits % 8 != 0) off_.push_back(families[bits / 8 % families.size()]);
    }
  }

  std::uint32_t add(std::uint64_t bits, const Question& question) {
    if (question.at < from_ || question.at >= until_) return 0;
    std::uint32_t on = 0;
    for (const std::uint32_t family : question.families) on += is_on(family) ? 1 : 0;
    if (on == 0) return 0;
    std::uint32_t nth = scale_bits(more(bits), on);
    std::uint32_t value = 0;
    for (value = 1; value < question.bound; ++value) {
      if (!is_on(question.families[value - 1])) continue;
      if (nth-- == 0) break;
    }
    const std::uint64_t rate =
        question.kind == Kind::request ? request_rate_ : fault_rate(question.families[value - 1]);
    const std::uint64_t ppm = std::min<std::uint64_t>(question.odds.ppm * rate, 500'000);
    return strikes(bits, ppm) ? value : 0;
  }
  [[nodiscard]] std::uint64_t fault_rate(std::uint32_t family) const {
    constexpr std::array<std::uint64_t, 4> kRates{1, 2, 5, 12};
    return kRates[(family_bits(family) >> 8U) % kRates.size()];
  }

  std::uint32_t delay(std::uint64_t bits, const Question& question) {
    if (!varies(parameters_, question.site)) return 0;
    switch (delays_) {
      case Delays::typical:
        return 0;
      case Delays::any:
        return scale_bits(bits, question.bound);
      case Delays::ends:
        return (bits & 1U) != 0 ? 1 : question.bound - 1;
      case Delays::by_site:
        return scale_bits(random_bits(seed_, question.site_hash, 0), question.bound);
    }
    return 0;
  }

  std::uint64_t seed_;
  const FillParameters& parameters_;
  bool order_ = false;
  Delays delays_ = Delays::typical;
  std::uint64_t request_rate_ = 1;
  std::uint64_t share_ = 2;
  Instant from_{};
  Instant until_{};
  std::vector<std::uint32_t> off_;  // families that this run leaves out whatever their coins say
};

/// Tasks compete within one instant only, so each instant is a schedule of its own: it has priorities and change points
/// of its own.
class PctFill final : public Fill {
 public:
  PctFill(std::uint64_t seed, const FillParameters& parameters) : seed_(seed), parameters_(parameters) {}

  [[nodiscard]] bool wants_candidates() const override { return true; }

  std::uint32_t answer(const Question& question) override {
    if (question.kind != Kind::order) return anything(dice(seed_, question), question, parameters_);
    if (instants_ == 0 || question.at != at_) begin_instant(question.at);
    const auto point = std::find(changes_.begin(), changes_.end(), asked_++);
    std::uint32_t best = first(question);
    if (point == changes_.end()) return best;
    // The task that would go now gets a priority below every drawn one, the later change the lower.
    lowered_[question.candidates[best]] = static_cast<std::uint64_t>(changes_.end() - point);
    return first(question);
  }

 private:
  void begin_instant(Instant at) {
    at_ = at;
    ++instants_;
    asked_ = 0;
    lowered_.clear();
    changes_.clear();
    const auto most = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(parameters_.orderings, 1, UINT32_MAX));
    for (std::uint32_t i = 1; i < parameters_.depth; ++i)
      changes_.push_back(scale_bits(random_bits(seed_, mix(0xC4A6E, i), instants_), most));
  }
  [[nodiscard]] std::uint64_t priority(std::uint64_t task) const {
    const auto lowered = lowered_.find(task);
    if (lowered != lowered_.end()) return lowered->second;
    return changes_.size() + 1 + (random_bits(seed_, task, instants_) >> 8U);
  }
  [[nodiscard]] std::uint32_t first(const Question& question) const {
    const auto best = std::max_element(question.candidates.begin(), question.candidates.end(),
                                       [this](std::uint64_t a, std::uint64_t b) { return priority(a) < priority(b); });
    return static_cast<std::uint32_t>(best - question.candidates.begin());
  }

  std::uint64_t seed_;
  const FillParameters& parameters_;
  Instant at_{};
  std::uint32_t instants_ = 0;  // that asked for an order
  std::uint64_t asked_ = 0;     // at this instant
  std::vector<std::uint64_t> changes_;
  std::map<std::uint64_t, std::uint64_t> lowered_;
};

bool matches(std::string_view pattern, std::string_view point) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == point;
  return point.size() + 1 >= pattern.size() && point.starts_with(pattern.substr(0, star)) &&
         point.ends_with(pattern.substr(star + 1));
}

}  // namespace

bool varies(const FillParameters& parameters, std::string_view site) {
  if (parameters.delays.empty()) return true;
  const std::string_view point = site.substr(site.find('/') + 1);
  return std::any_of(parameters.delays.begin(), parameters.delays.end(),
                     [&](const std::string& pattern) { return matches(pattern, point); });
}

std::unique_ptr<Fill> random_fill(std::uint64_t seed, const FillParameters& parameters) {
  return std::make_unique<RandomFill>(seed, parameters);
}
std::unique_ptr<Fill> swarm_fill(std::uint64_t seed, const FillParameters& parameters) {
  return std::make_unique<SwarmFill>(seed, parameters);
}
std::unique_ptr<Fill> pct_fill(std::uint64_t seed, const FillParameters& parameters) {
  return std::make_unique<PctFill>(seed, parameters);
}

}  // namespace drydock::sim::search
