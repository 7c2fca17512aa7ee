#include "scenarios/explore/stage.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "model/store/database.hpp"
#include "model/store/sqlite_setup.hpp"
#include "sim/check.hpp"
#include "sim/hash.hpp"

namespace drydock::scenarios {
namespace {

/// The marks of one stage: few, so that they stay in the processor's cache, and not the memory of a huge world.
constexpr std::size_t kMostMarks = 4;
constexpr std::size_t kMarkBytes = std::size_t{16} << 20U;
/// So many steps are played again rather than that another mark is made.
constexpr std::uint64_t kNear = 24;

std::uint64_t key_of(std::uint64_t site_hash, std::uint32_t occurrence) {
  return sim::mix(sim::mix(0, site_hash), occurrence);
}
std::uint64_t key_of(const sim::Tape::Key& key) { return key_of(sim::hash_text(key.first), key.second); }

}  // namespace

struct Stage::Act {
  Act(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const RunOptions& options,
      model::Database& database, bool coverage)
      : world(scenario, played, tape, options, database), covers(coverage) {
    if (covers) world.watch(states);
  }

  AbstractStates states;
  World world;
  const bool covers;
  bool bounded = false;  // before it was finished
};

/// Answers as the beginning did, up to a cut, and then as another fill does.
class Stage::Tail final : public sim::Fill {
 public:
  Tail(const std::vector<Known>& known, std::uint64_t cut, sim::Fill& tail) : known_(known), cut_(cut), tail_(tail) {}

  /// Says that so many questions are answered already.
  void start_at(std::uint64_t asked) { asked_ = asked; }

  std::uint32_t answer(const sim::Question& question) override {
    if (asked_ >= cut_) return tail_.answer(question);
    const Known& same = known_[asked_++];
    DRYDOCK_CHECK(key_of(question.site_hash, question.occurrence) == same.key,
                  "the same answers led to another question: {}#{}", question.site, question.occurrence);
    return same.value;
  }
  [[nodiscard]] bool wants_candidates() const override { return tail_.wants_candidates(); }

 private:
  const std::vector<Known>& known_;
  const std::uint64_t cut_;
  sim::Fill& tail_;
  std::uint64_t asked_ = 0;
};

Stage::Stage(const Scenario& scenario, const CaseSpec& played, StageOptions options)
    : scenario_(scenario), case_(played), options_(std::move(options)) {}

Stage::~Stage() = default;

// --- the arena ------------------------------------------------------------------------------------------------------

/// Calls `part` inside the arena. What it throws is made again outside, where it outlives the arena.
template <typename Part>
auto Stage::inside(const Part& part) {
  if (!arena_) return part();
  try {
    const sim::Arena::Inside entered(*arena_);
    return part();
  } catch (const sim::RunStopped&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw sim::InternalError(error.what());
  }
}

void Stage::set_up() {
  if (arena_workbench_ != nullptr) learn_statements();
  if (arena_workbench_ != nullptr || workbench_) return;
  auto workbench = std::make_unique<Workbench>();
  if (model::set_up_sqlite()) arena_ = sim::Arena::make();
  if (arena_) {
    set_up_arena(workbench->database());
  } else {
    workbench_ = std::move(workbench);
  }
}

/// Begins a run outside first: what the program makes once and keeps must not lie in the arena (a lint holds such
/// things to a few, all of which a World makes at once), and most statements of a run are known by it.
void Stage::set_up_arena(model::Database& outside) {
  constexpr std::uint64_t kSteps = 256;
  {
    Act act(scenario_, case_, {}, options_of(nullptr), outside, true);
    if (act.world.begin().empty()) (void)act.world.play_steps(kSteps);
  }
  Workbench* const made = inside([] { return new Workbench; });
  prepare(*made, outside.prepared());
  arena_workbench_ = made;
}

/// Prepares the statements in the empty arena, so that no run needs to.
void Stage::prepare(Workbench& workbench, const std::vector<const char*>& statements) {
  inside([&] { workbench.database().prepare_all(statements); });
  arena_->save(empty_);
  statements_ = statements.size();
  begun_ = {};
  marks_.clear();
}

/// A run may have prepared a statement that none needed before: from here on they all have it.
void Stage::learn_statements() {
  const std::vector<const char*> prepared = arena_workbench_->database().prepared();
  if (prepared.size() <= statements_) return;
  arena_->restore(empty_);
  prepare(*arena_workbench_, prepared);
}

// --- runs -----------------------------------------------------------------------------------------------------------

RunOptions Stage::options_of(sim::Fill* fill) const {
  RunOptions run;
  run.keep_record = false;
  run.fill = fill;
  run.full_calm = options_.full_calm;
  run.limits = options_.limits;
  if (options_.stop) {
    run.limits.stop = [this] {
      const sim::Arena::Outside outside;
      return options_.stop();
    };
  }
  return run;
}

Stage::Act& Stage::make_act(const sim::Tape& tape, sim::Fill* fill, bool coverage) {
  const RunOptions run = options_of(fill);
  if (!arena_) {
    act_.reset();
    act_ = std::make_unique<Act>(scenario_, case_, tape, run, workbench_->database(), coverage);
    return *act_;
  }
  arena_->restore(empty_);
  return *inside([&] { return new Act(scenario_, case_, tape, run, arena_workbench_->database(), coverage); });
}

/// Begins a run. Where nothing is asked by then, all runs begin alike, and are begun once.
Stage::Act& Stage::begin(const sim::Tape& tape, sim::Fill* fill, bool coverage) {
  Begun& begun = begun_[coverage ? 1 : 0];
  if (arena_ && !begun.tried) {
    begun.act = &begin_anew({}, nullptr, coverage);
    begun.tried = true;
    begun.alike = !begun.act->bounded && begun.act->world.choices().asked().empty();
    if (begun.alike) arena_->save(begun.image);
  }
  if (!begun.alike) return begin_anew(tape, fill, coverage);
  arena_->restore(begun.image);
  inside([&] { begun.act->world.answer_from(tape, fill); });
  return *begun.act;
}

Stage::Act& Stage::begin_anew(const sim::Tape& tape, sim::Fill* fill, bool coverage) {
  Act& act = make_act(tape, fill, coverage);
  act.bounded = inside([&] { return !act.world.begin().empty(); });
  return act;
}

StagedRun Stage::finish(Act& act) {
  const bool cut_short = act.bounded || inside([&] { return !act.world.finish().empty(); });
  return {.world = &act.world, .states = act.covers ? &act.states : nullptr, .cut_short = cut_short, .stopped = false};
}

StagedRun Stage::play(const sim::Tape& tape, sim::Fill* fill, bool coverage) {
  try {
    set_up();
    if (fill == nullptr && may_share(tape)) {
      if (!beginning_is_known_) {
        Act& act = get_to_know_beginning(coverage);
        if (tape.entries() == beginning_->entries()) return finish(act);
      }
      const std::size_t difference = first_difference(tape);
      if (Act* act = beginning_before(difference, coverage))
        return is_to_be_checked() ? checked_run(difference, tape, nullptr) : go_on(*act, tape, nullptr);
    }
    return finish(begin(tape, fill, coverage));
  } catch (const sim::RunStopped&) {
    return {.stopped = true};
  }
}

StagedRun Stage::play_tail(std::uint64_t same, sim::Fill& tail) {
  DRYDOCK_CHECK(beginning_.has_value(), "a tail has no beginning");
  try {
    set_up();
    if (!beginning_is_known_) (void)get_to_know_beginning(false);
    Tail fill(questions_, same, tail);
    Act* act = arena_ ? beginning_before(same, false) : nullptr;
    if (act == nullptr) return finish(begin({}, &fill, false));
    if (is_to_be_checked()) return checked_run(same, {}, &fill);
    fill.start_at(act->world.choices().asked().size());
    return go_on(*act, {}, &fill);
  } catch (const sim::RunStopped&) {
    return {.stopped = true};
  }
}

// --- shared beginnings ----------------------------------------------------------------------------------------------

void Stage::begin_with(const sim::Tape& tape) {
  beginning_ = tape;
  beginning_is_known_ = false;
  marks_.clear();
}

/// Tells whether the entries of both tapes are all in which they differ.
bool Stage::may_share(const sim::Tape& tape) const {
  return arena_ && beginning_ && !tape.seed() && !beginning_->seed();
}

/// Plays the trouble of the beginning, and notes which of its steps asks what. Gives the run, which stands before calm.
Stage::Act& Stage::get_to_know_beginning(bool coverage) {
  questions_.clear();
  by_key_.clear();
  Act& act = begin(*beginning_, nullptr, coverage);
  const World& world = act.world;
  const auto note = [&](std::uint64_t step) {
    for (std::size_t i = questions_.size(); i < world.choices().asked().size(); ++i) {
      const sim::Asked asked = world.choices().asked()[i];
      questions_.push_back({key_of(world.choices().site_hash(asked.site), asked.occurrence), asked.value, step});
    }
  };
  note(0);
  for (std::uint64_t step = 1; !act.bounded; ++step) {
    act.bounded = inside([&] { return !act.world.play_steps(step).empty(); });
    if (act.bounded || world.scheduler().steps() < step) break;
    note(step);
  }
  for (std::size_t i = 0; i < questions_.size(); ++i) by_key_.emplace_back(questions_[i].key, i);
  std::sort(by_key_.begin(), by_key_.end());
  beginning_is_bounded_ = act.bounded;
  beginning_is_known_ = true;
  return act;
}

/// Returns the place of the first question of the beginning that the tape answers otherwise; their number where it
/// answers none otherwise.
std::size_t Stage::first_difference(const sim::Tape& tape) const {
  std::size_t first = questions_.size();
  const auto differs = [&](const sim::Tape::Key& key) {
    const std::pair wanted{key_of(key), std::size_t{0}};
    const auto known = std::lower_bound(by_key_.begin(), by_key_.end(), wanted);
    if (known != by_key_.end() && known->first == wanted.first) first = std::min(first, known->second);
  };
  auto ours = beginning_->entries().begin();
  auto theirs = tape.entries().begin();
  while (ours != beginning_->entries().end() || theirs != tape.entries().end()) {
    if (theirs == tape.entries().end() || (ours != beginning_->entries().end() && ours->first < theirs->first)) {
      differs((ours++)->first);
    } else if (ours == beginning_->entries().end() || theirs->first < ours->first) {
      differs((theirs++)->first);
    } else {
      if (ours->second != theirs->second) differs(ours->first);
      ++ours;
      ++theirs;
    }
  }
  return first;
}

/// Returns the number of the first step behind all that the beginning asks.
std::uint64_t Stage::end_of_questions() const { return questions_.empty() ? 0 : questions_.back().step + 1; }

/// Puts the beginning to where it has played all steps before the one that asks this question, or all before calm where
/// there is no such question. Null where no run was begun by then.
Stage::Act* Stage::beginning_before(std::size_t question, bool coverage) {
  if (question >= questions_.size() && beginning_is_bounded_) return nullptr;
  const std::uint64_t step = question < questions_.size() ? questions_[question].step : end_of_questions();
  if (step <= 1) return nullptr;
  if (coverage != marks_cover_) marks_.clear();
  marks_cover_ = coverage;
  const Mark* nearest = nullptr;
  for (const Mark& mark : marks_) {
    if (mark.steps < step && (nearest == nullptr || mark.steps > nearest->steps)) nearest = &mark;
  }
  if (nearest != nullptr) arena_->restore(nearest->image);
  Act& act = nearest != nullptr ? *nearest->act : begin(*beginning_, nullptr, coverage);
  const std::uint64_t played = step - 1 - act.world.scheduler().steps();
  const bool bounded = inside([&] { return !act.world.play_steps(step - 1).empty(); });
  DRYDOCK_CHECK(!bounded && act.world.scheduler().steps() == step - 1, "a beginning went another way");
  if (played > kNear && arena_->used() <= kMarkBytes) keep_mark(act);
  return &act;
}

void Stage::keep_mark(Act& act) {
  if (marks_.size() < kMostMarks) {
    marks_.emplace_back();
  } else {
    std::rotate(marks_.begin(), marks_.begin() + 1, marks_.end());
  }
  marks_.back().steps = act.world.scheduler().steps();
  marks_.back().act = &act;
  arena_->save(marks_.back().image);
}

StagedRun Stage::go_on(Act& act, const sim::Tape& tape, sim::Fill* fill) {
  inside([&] { act.world.answer_from(tape, fill); });
  return finish(act);
}

/// Plays a run that goes on from the beginning whole, then as it goes on from there by the tape that it consumed.
StagedRun Stage::checked_run(std::size_t question, const sim::Tape& tape, sim::Fill* fill) {
  const StagedRun whole = finish(begin(tape, fill, marks_cover_));
  const std::uint64_t hash = whole.world->trace_hash();
  const sim::Tape consumed = sim::Tape::of(whole.world->choices().consumed());
  Act* act = beginning_before(question, marks_cover_);
  DRYDOCK_CHECK(act != nullptr, "a beginning is gone");
  const StagedRun played = go_on(*act, consumed, nullptr);
  DRYDOCK_CHECK(played.world->trace_hash() == hash, "a run that began amid another one went on otherwise");
  return played;
}

bool Stage::is_to_be_checked() {
  ++shared_;
  return options_.check_every != 0 && shared_ % options_.check_every == 0;
}

}  // namespace drydock::scenarios
