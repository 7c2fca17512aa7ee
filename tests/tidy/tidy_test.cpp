// The lint, tested on snippets: each rule finds what it is for and leaves its lookalikes alone.
// Then the real tree.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/snippets.hpp"

namespace drydock::tidy {
namespace {

// Wraps statements into a coroutine without parameters.
std::string coroutine(std::string_view statements) {
  return "Task<int> f() { int local = 0; " + std::string(statements) + " }";
}

TEST(StopGate, FindsATerminateThatNobodyVouchedFor) {
  expect_bad({
      {"stop-gate", "void f() { deps_.control_plane.stop(context, request); }", "model/platform/restart.cpp"},
      {"stop-gate", "void f() { cp_stop(context, key, source, &permit); }", "model/platform/restart.cpp"},
      {"stop-gate", "void f() { stop_instance(context, key, id, source, &permit); }", "model/platform/pause.cpp"},
      {"stop-gate", "void f() { ec2_.terminate_instances(context, ids); }", "model/controlplane/backup.cpp"},
      {"stop-gate", "void f() { backups_.of_removed(); }", "model/platform/restart.cpp"},
      {"stop-gate",
       "void f() { log(\"proceeding with terminate (state will NOT be restorable on next "
       "recreate)\"); }",
       "model/platform/stop.cpp"},
  });
}

TEST(StopGate, LetsTheListedPlacesStop) {
  expect_good({
      {"", "void f() { deps_.control_plane.stop(context, request); }", "model/platform/stop.cpp"},
      {"", "void f() { cp_stop(context, key, source, &permit); }", "model/platform/pause.cpp"},
      {"", "void f() { ec2_.terminate_instances(context, ids); }", "model/controlplane/launch.cpp"},
      {"", "void f() { cp_stop_with_retry_err(context, key, source, &permit); }", "model/platform/restart.cpp"},
      {"", "void f() { backups_.of_removed(); }", "model/platform/remove.cpp"},
      {"", "void f() { deps_.control_plane.status(context, request); }", "model/platform/restart.cpp"},
  });
}

TEST(AwaitForm, FindsEveryOtherPlace) {
  for (const std::string_view statements : {
           "if (co_await g()) { h(); }",
           "if (x && co_await g()) h();",
           "if (auto v = co_await g(); v) h();",
           "while (co_await g()) { h(); }",
           "while (!(co_await g()).ok()) h();",
           "switch (co_await g()) { default: h(); }",
           "for (auto x : co_await g()) { h(); }",
           "for (int i = 0; i < co_await g(); ++i) { h(); }",
           "for (co_await g(); ready; ) { h(); }",
           "do { h(); } while (co_await g());",
           "h(co_await g());",
           "h(1, co_await g());",
           "v.push_back(co_await g());",
           "auto x = a[co_await g()];",
           "auto x = c ? co_await g() : h();",
           "auto x = c ? h() : co_await g();",
           "auto x = h() + co_await g();",
           "auto x = !co_await g();",
           "auto x = (co_await g()).value();",
           "auto x = co_await g() == 3;",
           "bool x = co_await g() && h();",
           "x += co_await g();",
           "Req r{co_await g(), co_await h()};",
           "Req r = {co_await g()};",
           "Req r(co_await g());",
           "co_return (co_await g());",
           "co_return {co_await g()};",
           "co_return h(co_await g());",
           "co_return !co_await g();",
           "throw co_await g();",
           "co_await f({.a = 1, .b = text});",
           "co_await f(Req{1, text});",
           "auto v = co_await f(Req{text});",
           "co_await f([x] { return x; });",
           "co_await f([](int y) { return y; });",
           "co_await (c ? g() : h());",
           "co_await g(co_await h());",
           "auto v = co_await g(co_await h());",
           "auto a = 1, b = co_await g();",
           "map[key(1)] = co_await g();",
           "CHECK(co_await g());",
           "auto v =\n    co_await\n      f(Req{\n      text});",
       }) {
    const std::string code = coroutine(statements);
    expect_bad({{"await-form", code}});
    expect_bad({{"await-form", code, "tests/model/x_test.cpp"}});
  }
}

TEST(AwaitForm, LeavesTheFourFormsAlone) {
  for (const std::string_view statements : {
           "co_await g();",
           "auto v = co_await g();",
           "const std::optional<Reply> v = co_await g();",
           "std::map<int, std::vector<int>> v = co_await g();",
           "auto [a, b] = co_await g();",
           "v = co_await g();",
           "this->v_ = co_await g();",
           "row.field = co_await g();",
           "rows[i] = co_await g();",
           "*out = co_await g();",
           "co_return co_await g();",
           "auto v = co_await x(a[i], b);",
           "auto v = co_await deps.cloud.describe(std::move(request));",
           "auto v = co_await deps->store->rows<std::pair<int, Row>>(id, count + 1, a && b);",
           "auto v = co_await\n      deps.store\n          .select(a,\n                  b);",
           "if (ready) co_await g();",
           "if (ready) { co_await g(); } else { v = co_await h(); }",
           "if (ready) v = co_await g(); else co_return co_await h();",
           "if constexpr (kFast) co_await g();",
           "for (const auto& row : rows) co_await g(row);",
           "for (;;) { co_await g(); }",
           "while (ready) { auto v = co_await g(); if (v) h(); }",
           "switch (x) { case A::b: co_await g(); break; default: v = co_await h(); }",
           "// if (co_await g()) is what one must not write\n h();",
           "/* f(co_await g()) */ h();",
           "auto text = \"if (co_await g())\"; auto more = R\"(h(co_await g()))\";",
           "auto c = '{'; auto n = 1'000'000; co_await g();",
           "[[maybe_unused]] auto v = co_await g();",
       }) {
    expect_good({{"", coroutine(statements)}});
  }
}

TEST(AwaitForm, SeesLambdasAndBlocks) {
  expect_good({
      {"", "void f() { auto t = [](Deps& deps) -> Task<void> { co_await deps.g(); }; run(t); }"},
      {"", "void f() { spawn([](int x) -> Task<int> { auto v = co_await g(x); co_return v; }(3)); }"},
  });
  expect_bad({{"await-form", "void f() { spawn([](int x) -> Task<int> { co_return h(co_await g(x)); }(3)); }"}});
}

TEST(CoroutineCapture, FindsCapturingLambdas) {
  expect_bad({
      {"coroutine-capture", "void f() { auto t = [x]() -> Task<int> { co_return x; }; }"},
      {"coroutine-capture", "void f() { auto t = [&] { co_await g(); }; }"},
      {"coroutine-capture",
       "void f() { auto t = [this](int y) mutable -> Task<std::optional<int>> { co_return y; }; }"},
      {"coroutine-capture",
       "void f() { auto t = [=]<class T>(T y) noexcept(true) -> Task<T> { if (y) { co_return y; } co_return y; }; }"},
  });
  expect_good({
      {"", "void f() { auto t = [x]() { return x; }; auto u = [](int y) -> Task<int> { co_return y; }; }"},
      {"", "Task<int> f() { std::sort(a, b, [&](int x, int y) { return x < y; }); co_return 1; }"},
  });
}

TEST(CoroutineParameter, FindsWhatMayDangle) {
  expect_bad({
      {"coroutine-parameter", "Task<int> f(const std::string& id) { co_return id.size(); }"},
      {"coroutine-parameter", "Task<int> f(Row& row) { co_await g(); co_return 1; }"},
      {"coroutine-parameter", "Task<int> f(Row&& row) { co_return 1; }"},
      {"coroutine-parameter", "Task<int> f(std::string_view id) { co_return 1; }"},
      {"coroutine-parameter", "Task<int> f(int a, std::span<const Row> rows) { co_return 1; }"},
      {"coroutine-parameter", "Task<int> f(std::optional<std::string_view> id = {}) { co_return 1; }"},
      {"coroutine-parameter", "Task<int> f(const char* id) { co_return 1; }"},
      {"coroutine-parameter", "Task<int> f(const std::map<int, Row>& rows) { co_return 1; }"},
      {"coroutine-parameter", "Task<int> Agent::f(Deps& deps, const Row& row) const { for (;;) { co_await g(); } }"},
      {"coroutine-parameter", "auto f(Row& row) -> Task<int> { co_return 1; }"},
      {"coroutine-parameter", "void f() { auto t = [](Row& row) -> Task<int> { co_return 1; }; }"},
  });
  expect_good({
      {"", "Task<int> f(Deps& deps, std::string id, Row row) { co_return 1; }"},
      {"", "Task<int> f(RestartDeps& deps, sim::Scheduler& scheduler, const World& world) { co_return 1; }"},
      {"", "Task<int> f(std::map<int, std::vector<Row>> rows, int n = a & b) { co_return 1; }"},
      {"", "Task<int> f(std::function<void(Row&)> then) { co_return 1; }"},
      {"", "int f(const std::string& id, std::string_view b) { return 1; }"},
      {"", "Task<int> f(const std::string& id) { return g(id); }"},
      {"", "Task<int> f(const std::string& id);"},
      {"", "struct S { S(Row& row) : row_(row) { } Task<int> f() { co_return 1; } Row& row_; };"},
  });
}

TEST(SymmetricTransfer, FindsHandlesReturned) {
  expect_bad({
      {"symmetric-transfer",
       "struct A { std::coroutine_handle<> await_suspend(std::coroutine_handle<P> h) { return h; } };"},
      {"symmetric-transfer",
       "struct A { auto await_suspend(std::coroutine_handle<> h) -> std::coroutine_handle<> { return h; } };"},
  });
  expect_good({{"", "struct A { void await_suspend(std::coroutine_handle<> h) { park(h); } };"}});
}

TEST(SingleResume, OnlyTheSchedulerResumes) {
  expect_bad({
      {"single-resume", "void f() { handle.resume(); }"},
      {"single-resume", "void f() { p->resume(); }", "sim/task.hpp"},
      {"single-resume", "void f() { h.resume(); h.resume(); }", "sim/scheduler.cpp"},
      {"single-resume", "void f() { }", "sim/scheduler.cpp"},
  });
  expect_good({
      {"", "void f() { h.resume(); }", "sim/scheduler.cpp"},
      {"", "void f() { resume_workspace(id); resume(id); platform.resume_by_id(id); }"},
      {"", "void f() { handle.resume(); }", "tests/sim/task_test.cpp"},
  });
}

TEST(Floors, IncludesGoDownwards) {
  expect_bad({
      {"floor", "#include \"model/store.hpp\"", "sim/time.cpp"},
      {"floor", "#include \"faults/plan.hpp\"", "model/store.cpp"},
      {"floor", "#include \"model/store.hpp\"", "faults/plan.cpp"},
      {"floor", "#include \"scenarios/run.hpp\"", "model/store.cpp"},
      {"floor", "#include \"reports/text.hpp\"", "scenarios/run.cpp"},
      {"floor", "#include \"cli/args.hpp\"", "reports/text.cpp"},
      {"floor", "#include <model/store.hpp>", "sim/time.cpp"},
      {"floor", "#include \"sim/cloud/ec2.hpp\"", "sim/search/random.cpp"},
      {"include-path", "#include \"store.hpp\"", "model/store.cpp"},
      {"include-path", "#include \"../sim/time.hpp\"", "model/store.cpp"},
      {"include-path", "#include \"tests/support/x.hpp\"", "model/store.cpp"},
  });
  expect_good({
      {"", "#include <vector>\n#include <nlohmann/json.hpp>\n#include \"sim/time.hpp\"", "model/a.cpp"},
      {"", "#include \"sim/time.hpp\"\n#include \"model/a.hpp\"\n#include \"faults/b.hpp\"", "scenarios/a.cpp"},
      {"", "#include \"reports/text.hpp\"\n#include \"model/a.hpp\"", "cli/a.cpp"},
      {"", "#include \"sim/choices.hpp\"", "sim/search/random.cpp"},
      {"", "// #include \"cli/args.hpp\"", "sim/time.cpp"},
  });
}

TEST(Floors, CyclesAreFoundOnce) {
  // In tests/, for on the floors it would be a circle of units as well.
  const std::vector<SourceFile> files = {
      {"tests/a.hpp", "#pragma once\n#include \"tests/b.hpp\"\n"},
      {"tests/b.hpp", "#pragma once\n#include \"tests/c.hpp\"\n"},
      {"tests/c.hpp", "#pragma once\n#include \"tests/a.hpp\"\n"},
      {"tests/d.hpp", "#pragma once\n#include \"tests/a.hpp\"\n#include \"tests/b.hpp\"\n"},
  };
  const Findings findings = lint(files);
  ASSERT_EQ(findings.size(), 1U) << listing(findings);
  EXPECT_EQ(findings[0].rule, "include-cycle");
  EXPECT_EQ(findings[0].path, "tests/c.hpp");
  EXPECT_EQ(findings[0].line, 2);
}

TEST(Determinism, FindsOtherSourcesOfOrderChanceAndTime) {
  expect_bad({
      {"hash-order", "std::unordered_map<int, int> m;"},
      {"hash-order", "#define MAP std::unordered_set<int>"},
      {"std-hash", "auto h = std::hash<int>{}(3);"},
      {"kept-static", "void f() { static const std::vector<int> kept{1, 2}; }", "model/platform/restart.cpp"},
      {"kept-static", "int f() { static int calls = 0; return ++calls; }", "sim/scheduler.cpp"},
      {"chance", "std::shuffle(a, b, rng);"},
      {"chance", "std::ranges::shuffle(a, rng);"},
      {"chance", "std::uniform_int_distribution<int> d(0, 3);"},
      {"chance", "std::random_device r;"},
      {"chance", "int x = rand();"},
      {"wall-clock", "auto t = std::chrono::steady_clock::now();", "scenarios/run.cpp"},
      {"wall-clock", "using C = std::chrono::system_clock;", "reports/text.cpp"},
      {"wall-clock", "auto t = time(nullptr);"},
      {"wall-clock", "auto t = std::time(0);"},
      {"wall-clock", "auto t = std::localtime(&x);"},
      {"wall-clock", "auto t = std::clock();"},
      {"wall-clock", "auto t = std::chrono::utc_clock::now();"},
      {"address", "auto key = reinterpret_cast<std::uintptr_t>(row);"},
      {"thread-local", "thread_local int x;"},
      {"thread-local", "static thread_local int x;", "cli/main.cpp"},
      {"pointer-key", "std::map<Row*, int> m;"},
      {"pointer-key", "std::set<const Row*> m;"},
      {"pointer-key", "std::set<std::pair<int, Row*>> m;"},
      {"pointer-key", "std::map<std::shared_ptr<Row>, int> m;"},
      {"pointer-key", "std::set<std::coroutine_handle<>> m;"},
  });
  expect_good({
      {"", "std::map<int, Row*> m; std::set<std::string> s; std::vector<Row*> v;"},
      {"", "auto t = std::chrono::steady_clock::now();", "cli/main.cpp"},
      {"", "Instant time() const; Instant t = record.time(); auto u = time(event); int operand(int);"},
      {"", "Scheduler& clock(); auto t = deps.clock().now();"},
      {"", "// std::unordered_map, rand()\nauto s = \"std::unordered_map thread_local\";"},
      {"", "auto h = sim::hash(text); deck.shuffle(choices);"},
  });
}

TEST(MemberInit, FindsMembersThatHoldAnything) {
  expect_bad({
      {"member-init", "struct A { int x; };"},
      {"member-init", "struct A { std::string s; std::uint32_t x; };"},
      {"member-init", "class A final : public B { public: void f() { g(); } private: Row* row_; };"},
      {"member-init", "struct A { const Row* row; };"},
      {"member-init", "struct A { sim::Duration every; };"},
      {"member-init", "enum class Mode { on }; struct A { Mode mode; };"},
      {"member-init", "struct A { struct B { bool x; }; B b; };"},
      {"member-init", "struct A { unsigned char x[4]; };"},
      {"member-init", "struct A { A() = default; bool x; };"},
      {"member-init", "struct A { explicit A(int y) : y_(y) {} int y_; int x_; };"},
      {"member-init", "struct A { int f() const { return 1; } int x; };", "sim/a.cpp"},
  });
  expect_good({
      {"", "struct A { int x = 0; Row* row{}; Mode mode = Mode::on; Duration d{}; std::string s; };"},
      {"", "struct A { int f(); Row* g() const; static int n; using T = int; friend bool operator==(A, A); };"},
      {"", "class A { public: explicit A(Row* row) : row_(row), n_{1} {} private: Row* row_; int n_; };"},
      {"", "class A { public: explicit A(Row* row); private: Row* row_; }; A::A(Row* r) : row_(r) {}"},
      {"", "struct A { Row& row; std::optional<int> n; std::vector<Row*> rows; };"},
      {"", "struct A; enum class B : int { x, y }; void f(struct C c); class D* d;"},
      {"", "struct A { int x; };", "tests/sim/a.cpp"},
  });
}

TEST(Sql, FindsClocksAndChance) {
  expect_bad({
      {"sql-nondeterminism", "auto s = \"UPDATE w SET at = datetime('now') WHERE id = ?\";"},
      {"sql-nondeterminism", "auto s = \"INSERT INTO w VALUES (CURRENT_TIMESTAMP)\";"},
      {"sql-nondeterminism", "auto s = \"INSERT INTO w VALUES (random())\";"},
      {"sql-nondeterminism", "auto s = R\"(strftime('%s', 'now'))\";"},
  });
  expect_good({{"", "auto t = now(); auto s = \"what happens now\"; auto r = \"a random thing\";"}});
}

TEST(Sql, FindsRowsWithoutAnOrder) {
  expect_bad({
      {"sql-order", "auto s = \"SELECT id FROM w WHERE status = ?\";"},
      {"sql-order", "auto s = \"SELECT id \"\n  \"FROM w WHERE workspace_id = ?\";"},
      {"sql-order", "auto s = R\"sql(\n  SELECT id\n  FROM w\n)sql\";"},
      {"sql-order", "auto s = \"SELECT id FROM w WHERE id = ? OR parent_id = ?\";"},
      {"sql-order", "auto s = \"SELECT s.key FROM w JOIN s ON s.w = w.id WHERE w.id = ?\";"},
      {"sql-order", "auto s = \"SELECT status, COUNT(*) FROM w GROUP BY status\";"},
      {"sql-order", "auto s = \"SELECT id FROM (SELECT id FROM w ORDER BY id) WHERE a = 1\";"},
      {"sql-order", "auto s = \"INSERT INTO a SELECT id FROM b\";"},
      {"sql-order", "auto s = \"SELECT id FROM w WHERE a = ? LIMIT 1\";"},
      {"sql-order", "auto s = \"UPDATE w SET a = 1 WHERE id = (SELECT id FROM q LIMIT 1)\";"},
      {"sql-order", "auto s = \"DELETE FROM w WHERE a = ? RETURNING id\";"},
      {"sql-order", "auto s = \"WITH RECURSIVE t AS (SELECT 1) SELECT id FROM t\";"},
      {"sql-order", "auto s = \"SELECT a FROM b ORDER BY a; SELECT c FROM d;\";"},
  });
  expect_good({
      {"", "auto s = \"SELECT id FROM w WHERE status = ? ORDER BY id\";"},
      {"", "auto s = \"SELECT id FROM w \"\n  \"ORDER BY id\";"},
      {"", "auto s = \"SELECT status FROM w WHERE id = ?1 AND status <> 'removed'\";"},
      {"", "auto s = \"SELECT status FROM w WHERE status = 'x' AND w.id = :id\";"},
      {"", "auto s = \"SELECT COUNT(*) FROM w WHERE status = ?\";"},
      {"", "auto s = \"SELECT id FROM w WHERE a = ? ORDER BY id LIMIT 1\";"},
      {"", "auto s = \"UPDATE w SET a = 1 WHERE id = (SELECT id FROM q ORDER BY id LIMIT 1) RETURNING a\";"},
      {"", "auto s = \"INSERT INTO w (a) VALUES (?1) RETURNING id\";"},
      {"", "auto s = \"SELECT value FROM kv WHERE key = ? AND ns = ? -- one row\";"},
      {"", "auto s = \"SELECT EXISTS(SELECT 1 FROM w WHERE parent_id = ?)\";"},
      {"", "auto s = \"UPDATE w SET a = 1 WHERE id IN (SELECT id FROM v)\";"},
      {"", "auto s = \"CREATE VIEW orphans AS SELECT id FROM w\";"},
      {"", "auto s = \"select a scenario from the list\"; auto t = \"SELECT\";"},
  });
}

TEST(Shape, HeadersAndLengths) {
  const std::string long_file(500, '\n');
  expect_bad({
      {"pragma-once", "#include <vector>\n#pragma once", "sim/a.hpp"},
      {"pragma-once", "struct A {};", "sim/a.hpp"},
      {"file-length", long_file},
  });
  expect_good({
      {"", "// What this is.\n#pragma once\nstruct A {};", "sim/a.hpp"},
      {"", std::string_view(long_file).substr(0, 498)},
  });
}

TEST(Lint, NamesTheLine) {
  const Findings findings = lint_one({"", "int a;\n/* two\nlines */ R\"(\n)\";\nthread_local int x;"});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(to_string(findings[0]).substr(0, 27), "model/x.cpp:5: thread-local");
}

TEST(Tree, IsClean) {
  const std::vector<SourceFile> files = read_tree(DRYDOCK_SOURCE_DIR);
  ASSERT_FALSE(files.empty());
  EXPECT_EQ(listing(lint(files)), "");
}

}  // namespace
}  // namespace drydock::tidy
