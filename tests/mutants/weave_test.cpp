#include "tests/mutants/weave.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace drydock::mutants {
namespace {

Mutant mutant_of(std::vector<Change> changes) {
  Mutant mutant;
  mutant.name = "a-mutant";
  mutant.changes = std::move(changes);
  return mutant;
}

/// The woven text without the two lines that every woven source begins with.
std::string woven(const std::string& source, std::vector<Change> changes) {
  const Mutant mutant = mutant_of(std::move(changes));
  std::string text = weave(source, "model/x.cpp", {&mutant, 1});
  // Its number follows from its name; the expectations below call it 7.
  const std::string number = "active(" + std::to_string(number_of(mutant.name)) + ")";
  for (std::size_t at = 0; (at = text.find(number)) != std::string::npos;) text.replace(at, number.size(), "active(7)");
  const std::string head = "#include \"tests/mutants/active.hpp\"\n#line 1 \"model/x.cpp\"\n";
  EXPECT_TRUE(text.starts_with(head)) << text;
  return text.substr(head.size());
}

std::string refusal(const std::string& source, std::vector<Change> changes) {
  try {
    return "woven: " + woven(source, std::move(changes));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Weave, AnExpressionIsOneOfTwo) {
  EXPECT_EQ(woven("if (a && b) go();", {{"", "a && b", "a"}}),
            "if ((::drydock::mutants::active(7) ? (a) : (a && b))) go();");
}

TEST(Weave, AStatementIsABranch) {
  EXPECT_EQ(woven("f();\nco_await g();\n", {{"", "co_await g();", ""}}),
            "f();\n{ if (::drydock::mutants::active(7)) {  } else { co_await g(); } }\n");
}

TEST(Weave, ATextIsSwitchedWithItsNeighbours) {
  EXPECT_EQ(woven("q(\"SELECT a \"\n  \"WHERE b\");", {{"", "WHERE b", "WHERE c"}}),
            "q((::drydock::mutants::active(7) ? (\"SELECT a \"   \"WHERE c\") : "
            "(\"SELECT a \"\n  \"WHERE b\")));");
}

TEST(Weave, LinesKeepTheirNumbers) {
  const std::string source = "a;\nb(1,\n  2);\nc;\n";
  const std::string text = woven(source, {{"", "b(1, 2);", "d();"}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), std::count(source.begin(), source.end(), '\n'));
}

TEST(Weave, WhatIsNotThereIsRefused) {
  const std::string said = refusal("a(); // b();", {{"", "b();", ""}});
  EXPECT_TRUE(contains(said, "a-mutant: this text is not there in model/x.cpp: b();")) << said;
}

TEST(Weave, WhatIsThereTwiceIsRefused) {
  const std::string said = refusal("b(); b();", {{"", "b();", ""}});
  EXPECT_TRUE(contains(said, "this text is there 2 times")) << said;
}

TEST(Weave, AFunctionNarrowsTheSearch) {
  const std::string source = "void f() {\n  b();\n}\nvoid g() {\n  b();\n}\n";
  const std::string text = woven(source, {{"void g()", "b();", ""}});
  EXPECT_TRUE(text.starts_with("void f() {\n  b();\n}\n")) << text;
  EXPECT_TRUE(contains(text, "else { b(); }")) << text;
  EXPECT_TRUE(contains(refusal(source, {{"void h()", "b();", ""}}), "not there"));
}

TEST(Weave, AnAwaitInAnExpressionIsRefused) {
  const std::string said = refusal("x = co_await f();", {{"", "co_await f()", "co_await g()"}});
  EXPECT_TRUE(contains(said, "may not await")) << said;
}

TEST(Weave, ATextOverTwoLiteralsIsRefused) {
  const std::string said = refusal("q(\"a \" \"b\");", {{"", "a \" \"b", "c"}});
  EXPECT_TRUE(contains(said, "spans two string literals")) << said;
}

TEST(Weave, OverlappingMutantsAreRefusedAndNestedOnesAreNot) {
  const std::string said = refusal("a(); b(); c();", {{"", "a(); b();", ""}, {"", "b(); c();", ""}});
  EXPECT_TRUE(contains(said, "overlaps")) << said;
  EXPECT_EQ(woven("if (a) b();", {{"", "if (a) b();", ""}, {"", "a", "c"}}),
            "{ if (::drydock::mutants::active(7)) {  } else "
            "{ if ((::drydock::mutants::active(7) ? (c) : (a))) b(); } }");
}

// --- the catalogue's format -----------------------------------------------------------------------------------------

constexpr const char* kTwo =
    "# a comment\n"
    "file model/x.cpp\n\n"
    "mutant first\nkind skip-write\nwhat It forgets.\n- a();\n- b();\n+ c();\n\n"
    "mutant second\nkind swap-effects\nwhat It mixes up.\nin void f(\n- a();\n+\n- b();\n+ b();\n+ a();\n"
    "equivalent Nobody can\nequivalent tell.\n";

TEST(Catalogue, ReadsMutantsWithTheirChanges) {
  const std::vector<Mutant> read = read_catalogue("x.txt", kTwo);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].name, "first");
  EXPECT_EQ(read[0].file, "model/x.cpp");
  ASSERT_EQ(read[0].changes.size(), 1U);
  EXPECT_EQ(read[0].changes[0].find, "a(); b();");
  EXPECT_EQ(read[0].changes[0].replace, "c();");
  EXPECT_EQ(read[0].equivalent, "");
  ASSERT_EQ(read[1].changes.size(), 2U);
  EXPECT_EQ(read[1].changes[0].in, "void f(");
  EXPECT_EQ(read[1].changes[0].replace, "");
  EXPECT_EQ(read[1].changes[1].replace, "b(); a();");
  EXPECT_EQ(read[1].equivalent, "Nobody can tell.");
}

std::string reading(const std::string& text) {
  try {
    (void)read_catalogue("x.txt", text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "read";
}

TEST(Catalogue, MistakesAreNamedWithTheirLine) {
  EXPECT_EQ(reading("mutant a"), "x.txt:1: a mutant needs a file line before it");
  EXPECT_EQ(reading("file f\nmutant A b"), "x.txt:2: a mutant's name is in kebab case");
  EXPECT_EQ(reading("file f\nwhat x"), "x.txt:2: 'what' belongs to no mutant");
  EXPECT_EQ(reading("file f\nmutant a\n+ x"), "x.txt:3: '+' has no '-' before it");
  EXPECT_EQ(reading("file f\nmutant a\nkind odd\nwhat x\n- y"), "x.txt:5: a has no kind, or one that is not known");
  EXPECT_EQ(reading("file f\nmutant a\nkind drop-guard\nwhat x"), "x.txt:4: a needs 'what' and a '-' line");
}

TEST(Catalogue, TwoOfOneNameAreRefused) {
  EXPECT_THROW((void)join({read_catalogue("x", kTwo), read_catalogue("y", kTwo)}), std::invalid_argument);
}

}  // namespace
}  // namespace drydock::mutants
