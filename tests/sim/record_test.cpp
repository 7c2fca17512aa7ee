#include "sim/record.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

struct Book {
  explicit Book(bool keep_details = true, std::size_t limit = 1000)
      : record(rig.scheduler, world_kinds(), keep_details, limit) {}

  std::uint32_t emit(Kind kind, std::initializer_list<Field> detail = {}) {
    return record.emit(kind, record.name("cloud"), {}, detail);
  }
  [[nodiscard]] const Event& last() const { return record.events().back(); }
  [[nodiscard]] std::string last_detail() const { return to_json(record.details(last())); }

  Rig rig;
  Record record;
};

// --- what is kept ------------------------------------------------------------------------------

TEST(Record, EventsAreNumberedFromOneAndKeepTheirHead) {
  Book book;
  book.rig.run_until(5s);
  const Name actor = book.record.name("platform");
  const Name workspace = book.record.name("w1");
  const Name instance = book.record.name("i-1");
  EXPECT_EQ(book.emit(Kind::calm_begin), 1U);
  EXPECT_EQ(book.record.emit_from(1, Kind::ec2_call, actor, {workspace, instance}), 2U);
  const Event& event = book.record.event(2);
  EXPECT_EQ(event.seq, 2U);
  EXPECT_EQ(event.cause, 1U);
  EXPECT_EQ(event.at, kTimeZero + 5s);
  EXPECT_EQ(event.kind, Kind::ec2_call);
  EXPECT_EQ(event.actor, actor);
  EXPECT_EQ(event.workspace, workspace);
  EXPECT_EQ(event.instance, instance);
  EXPECT_EQ(book.record.kind_name(event.kind), "ec2.call");
}

TEST(Record, EventsAreCountedByKind) {
  Book book;
  book.emit(Kind::ec2_call);
  book.emit(Kind::ec2_call);
  book.emit(Kind::violation);
  EXPECT_EQ(book.record.count(Kind::ec2_call), 2U);
  EXPECT_EQ(book.record.count(Kind::violation), 1U);
  EXPECT_EQ(book.record.count(Kind::ec2_error), 0U);
}

TEST(Record, NamesAreInternedAndTheEmptyOneIsNone) {
  Book book;
  const Name w1 = book.record.name("w1");
  const Name w2 = book.record.name("w2");
  EXPECT_NE(w1, w2);
  EXPECT_NE(w1, Name::none);
  EXPECT_EQ(book.record.name("w1"), w1);
  EXPECT_EQ(book.record.name(""), Name::none);
  EXPECT_EQ(book.record.text(w1), "w1");
  EXPECT_EQ(book.record.text(Name::none), "");
}

TEST(Record, ALongRunOfNamesLeavesTheEarlierOnesValid) {
  Book book;
  const Name first = book.record.name("first");
  const std::string* text = &book.record.text(first);
  for (int i = 0; i < 1000; ++i) (void)book.record.name("w" + std::to_string(i));
  EXPECT_EQ(&book.record.text(first), text);
  EXPECT_EQ(*text, "first");
}

TEST(Record, DetailsAreCopied) {
  Book book;
  {
    const std::string gone = "a text that is soon gone, and too long to be stored in place";
    book.emit(Kind::ec2_call, {{"text", gone}, {"n", 3}, {"yes", true}, {"body", JsonText{"[1]"}}});
  }
  EXPECT_EQ(book.last_detail(), R"({"text":"a text that is soon gone, and too long to be stored in place",)"
                                R"("n":3,"yes":true,"body":[1]})");
  book.emit(Kind::ec2_call);
  EXPECT_EQ(book.last_detail(), "{}");
}

TEST(Record, ItsLimitEndsTheRun) {
  Book book{true, 3};
  for (int i = 0; i < 3; ++i) book.emit(Kind::ec2_call);
  EXPECT_THROW(book.emit(Kind::ec2_call), BoundReached);
  EXPECT_EQ(book.record.events().size(), 3U);
}

TEST(Record, EveryKindOfTheWorldHasANameOfItsOwnAndAMeaning) {
  std::set<std::string_view> names;
  for (const KindInfo& kind : world_kinds()) {
    EXPECT_FALSE(kind.meaning.empty()) << kind.name;
    names.insert(kind.name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Kind::first_free));
}

TEST(Record, TheListenerHearsEachEventWithItsDetailKeptOrNot) {
  for (const bool keep : {true, false}) {
    Book book{keep};
    Log heard;
    book.emit(Kind::calm_begin);
    book.record.on_event([&](const Event& event, std::initializer_list<Field> detail) {
      heard.push_back(std::to_string(event.seq) + " " + std::to_string(detail.size()) + " of " +
                      std::to_string(book.record.events().size()));
    });
    book.emit(Kind::ec2_call, {{"a", 1}, {"b", 2}});
    book.emit(Kind::ec2_call);
    EXPECT_EQ(heard, (Log{"2 2 of 2", "3 0 of 3"}));
  }
}

// --- the hash ----------------------------------------------------------------------------------

using Story = std::function<void(Book&)>;

std::uint64_t hash_of(const Story& story, bool keep = true) {
  Book book{keep};
  story(book);
  return book.record.hash();
}

void plain_story(Book& book) {
  book.rig.run_until(1s);
  book.record.emit_from(0, Kind::ec2_call, book.record.name("cloud"), {book.record.name("w1"), book.record.name("i-1")},
                        {{"key", "value"}});
}

/// The plain story with one thing changed.
Story changed(Duration at, std::uint32_t cause, Kind kind, std::string actor, std::string workspace,
              std::string instance, std::vector<Field> detail) {
  return [=](Book& book) {
    book.rig.run_until(at);
    Record& record = book.record;
    const Subject subject{record.name(workspace), record.name(instance)};
    if (detail.empty()) {
      record.emit_from(cause, kind, record.name(actor), subject);
    } else if (detail.size() == 1) {
      record.emit_from(cause, kind, record.name(actor), subject, {detail[0]});
    } else {
      record.emit_from(cause, kind, record.name(actor), subject, {detail[0], detail[1]});
    }
  };
}

TEST(TraceHash, IsPinned) { EXPECT_EQ(hash_of(plain_story), 103161151140433334ULL); }

TEST(TraceHash, IsTheSameWhetherDetailsAreKeptOrNot) {
  EXPECT_EQ(hash_of(plain_story, true), hash_of(plain_story, false));
  Book book{false};
  plain_story(book);
  EXPECT_EQ(book.last_detail(), "{}");
}

TEST(TraceHash, IsTheSameInWhateverOrderNamesWereInterned) {
  EXPECT_EQ(hash_of([](Book& book) {
              (void)book.record.name("i-1");
              (void)book.record.name("somebody else");
              plain_story(book);
            }),
            hash_of(plain_story));
}

TEST(TraceHash, EveryPartOfAnEventChangesIt) {
  const Kind call = Kind::ec2_call;
  const std::vector<Story> stories{
      plain_story,
      [](Book& book) { book.rig.run_until(1s); },
      changed(2s, 0, call, "cloud", "w1", "i-1", {{"key", "value"}}),
      changed(1s, 1, call, "cloud", "w1", "i-1", {{"key", "value"}}),
      changed(1s, 0, Kind::ec2_error, "cloud", "w1", "i-1", {{"key", "value"}}),
      changed(1s, 0, call, "platform", "w1", "i-1", {{"key", "value"}}),
      changed(1s, 0, call, "cloud", "w2", "i-1", {{"key", "value"}}),
      changed(1s, 0, call, "cloud", "w1", "i-2", {{"key", "value"}}),
      changed(1s, 0, call, "cloud", "i-1", "w1", {{"key", "value"}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"other", "value"}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"value", "key"}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", "other"}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", ""}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", JsonText{"value"}}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", 0}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", 1}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", -1}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", false}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", true}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", "value"}, {"more", "value"}}),
      changed(1s, 0, call, "cloud", "w1", "i-1", {{"more", "value"}, {"key", "value"}}),
      [](Book& book) {
        plain_story(book);
        plain_story(book);
      },
  };
  std::set<std::uint64_t> hashes;
  for (const Story& story : stories) hashes.insert(hash_of(story));
  EXPECT_EQ(hashes.size(), stories.size());
  EXPECT_EQ(hash_of(changed(1s, 0, call, "cloud", "w1", "i-1", {{"key", "value"}})), hash_of(plain_story))
      << "the stories do tell the same when nothing is changed";
}

RC_GTEST_PROP(TraceHash, AnotherNumberIsAnotherHash, (std::int64_t one, std::int64_t other)) {
  RC_PRE(one != other);
  const auto with = [](std::int64_t number) {
    return hash_of([number](Book& book) { book.emit(Kind::ec2_call, {{"n", number}}); });
  };
  RC_ASSERT(with(one) != with(other));
}

// --- causes ------------------------------------------------------------------------------------

Task<void> emit_once(Record* record) {
  record->emit(Kind::ec2_call, Name::none, {});
  co_return;
}

Task<void> follow_and_spawn(Scheduler& scheduler, TaskGroup* tasks, Record* record) {
  record->follow(1);
  scheduler.spawn(*tasks, "child", emit_once(record));
  record->follow(2);
  co_await scheduler.pause(1s);
  record->emit(Kind::ec2_error, Name::none, {});
}

TEST(Causes, ASpawnedTaskInheritsTheOneOfThatMoment) {
  Book book;
  book.emit(Kind::calm_begin);
  book.emit(Kind::calm_begin);
  book.rig.spawn(follow_and_spawn(book.rig.scheduler, &book.rig.tasks, &book.record));
  book.rig.run();
  EXPECT_EQ(book.record.event(3).kind, Kind::ec2_call);
  EXPECT_EQ(book.record.event(3).cause, 1U);
  EXPECT_EQ(book.record.event(4).kind, Kind::ec2_error);
  EXPECT_EQ(book.record.event(4).cause, 2U);
}

Task<void> emit_in_scopes(Scheduler& scheduler, TaskGroup* tasks, Record* record) {
  record->follow(1);
  {
    const CauseScope outer(*record, 2);
    record->emit(Kind::ec2_call, Name::none, {});
    {
      const CauseScope inner(*record, 3);
      scheduler.spawn(*tasks, "child", emit_once(record));
      co_await scheduler.pause(1s);
      record->emit(Kind::ec2_call, Name::none, {});
    }
    record->emit(Kind::ec2_call, Name::none, {});
  }
  record->emit(Kind::ec2_call, Name::none, {});
}

TEST(Causes, AScopeHoldsForItsTaskAndWhatThatSpawnsAcrossSuspensions) {
  Book book;
  book.rig.spawn(emit_in_scopes(book.rig.scheduler, &book.rig.tasks, &book.record));
  book.rig.spawn(emit_once(&book.record));
  book.rig.run();
  std::vector<std::uint32_t> causes;
  for (const Event& event : book.record.events()) causes.push_back(event.cause);
  // In the scope 2; the unrelated task; the child of the inner scope; inner, outer, none.
  EXPECT_EQ(causes, (std::vector<std::uint32_t>{2, 0, 3, 3, 2, 1}));
}

TEST(Causes, AScopeMayDieWithItsTask) {
  Book book;
  book.rig.spawn(emit_in_scopes(book.rig.scheduler, &book.rig.tasks, &book.record));
  book.rig.scheduler.step(kNever);
  book.rig.tasks.kill();
  EXPECT_EQ(book.record.current_cause(), 0U);
}

TEST(Causes, OutsideOfTasksThereIsNone) {
  Book book;
  const CauseScope scope(book.record, 7);
  book.emit(Kind::ec2_call);
  EXPECT_EQ(book.last().cause, 0U);
  EXPECT_THROW(book.record.follow(1), InternalError);
}

// --- JSON --------------------------------------------------------------------------------------

TEST(Json, TextIsQuoted) {
  EXPECT_EQ(json_quote("plain"), R"("plain")");
  EXPECT_EQ(json_quote(""), R"("")");
  EXPECT_EQ(json_quote("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_quote("\n\t\r"), R"("\n\t\r")");
  EXPECT_EQ(json_quote(std::string_view{"\0\x01\x1F\x7F", 4}), "\"\\u0000\\u0001\\u001f\x7F\"");
  EXPECT_EQ(json_quote("grün 🚢"), "\"grün 🚢\"");
  EXPECT_EQ(json_quote("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

TEST(Json, ValuesAreWrittenAsTheyAre) {
  EXPECT_EQ(to_json(KeptField::Value{std::int64_t{-5}}), "-5");
  EXPECT_EQ(to_json(KeptField::Value{std::numeric_limits<std::int64_t>::min()}), "-9223372036854775808");
  EXPECT_EQ(to_json(KeptField::Value{true}), "true");
  EXPECT_EQ(to_json(KeptField::Value{std::string{"true"}}), "\"true\"");
  EXPECT_EQ(to_json(KeptField::Value{KeptJson{R"({"a":null})"}}), R"({"a":null})");
}

TEST(Json, FieldsKeepTheirOrderAndTheirTypes) {
  Book book;
  book.emit(Kind::ec2_call, {{"z", std::uint32_t{4'000'000'000U}},
                             {"a", std::uint64_t{5}},
                             {"q\"", "literal"},
                             {"s", std::string_view{"view"}},
                             {"b", false}});
  EXPECT_EQ(book.last_detail(), R"({"z":4000000000,"a":5,"q\"":"literal","s":"view","b":false})");
}

}  // namespace
}  // namespace drydock::sim
