// The rules that look at several files, or at how a file is laid out.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/snippets.hpp"

namespace drydock::tidy {
namespace {

struct Text {
  std::string path;
  std::string code;
};

/// What the lint finds in a tree of these files.
std::string findings_in(const std::vector<Text>& texts) {
  std::vector<SourceFile> files;
  for (const Text& text : texts) {
    const std::string head = text.path.ends_with(".hpp") ? "#pragma once\n" : "";
    files.push_back({text.path, head + text.code + "\n"});
  }
  return listing(lint(files));
}

TEST(UnitCircle, IsPrintedWhole) {
  EXPECT_EQ(findings_in({{"sim/a.hpp", "struct A;"},
                         {"sim/a.cpp", "#include \"sim/a.hpp\"\n#include \"sim/b.hpp\""},
                         {"sim/b.hpp", "struct B;"},
                         {"sim/b.cpp", "#include \"sim/b.hpp\"\n#include \"sim/search/c.hpp\""},
                         {"sim/search/c.hpp", "#include \"sim/a.hpp\""},
                         {"sim/d.cpp", "#include \"sim/a.hpp\"\n#include \"sim/b.hpp\""}}),
            "sim/a.cpp:2: unit-circle: sim/a.cpp:2 includes sim/b, sim/b.cpp:2 includes sim/search/c, "
            "sim/search/c.hpp:2 includes sim/a: units may not include each other in a circle\n");
}

TEST(UnitCircle, IsReportedOnceAndEachOfSeveral) {
  EXPECT_EQ(findings_in({{"sim/a.hpp", ""},
                         {"sim/a.cpp", "#include \"sim/b.hpp\""},
                         {"sim/b.hpp", ""},
                         {"sim/b.cpp", "#include \"sim/a.hpp\"\n#include \"sim/c.hpp\""},
                         {"sim/c.hpp", "#include \"sim/b.hpp\""}}),
            "sim/a.cpp:1: unit-circle: sim/a.cpp:1 includes sim/b, sim/b.cpp:1 includes sim/a: "
            "units may not include each other in a circle\n"
            "sim/c.hpp:2: unit-circle: sim/c.hpp:2 includes sim/b, sim/b.cpp:2 includes sim/c: "
            "units may not include each other in a circle\n");
}

TEST(UnitCircle, APairOfTheTableIsOneUnit) {
  const Text header{"sim/cloud/sim_ec2.hpp", ""};
  const Text source{"sim/cloud/sim_ec2.cpp", "#include \"sim/cloud/serve.hpp\"\n#include \"sim/cloud/sim_ec2.hpp\""};
  const Text serve{"sim/cloud/serve.hpp", "#include \"sim/cloud/sim_ec2.hpp\"\n#include \"sim/cloud/ids.hpp\""};
  EXPECT_EQ(findings_in({header, source, serve, {"sim/cloud/ids.hpp", ""}}), "");
  EXPECT_EQ(findings_in({header, source, serve, {"sim/cloud/ids.hpp", "#include \"sim/cloud/sim_ec2.hpp\""}}),
            "sim/cloud/ids.hpp:2: unit-circle: sim/cloud/ids.hpp:2 includes sim/cloud/sim_ec2+serve, "
            "sim/cloud/serve.hpp:3 includes sim/cloud/ids: units may not include each other in a circle\n");
}

TEST(UnitCircle, OnlyTheFloorsCount) {
  EXPECT_EQ(findings_in({{"tests/sim/a.hpp", ""},
                         {"tests/sim/a.cpp", "#include \"tests/sim/b.hpp\""},
                         {"tests/sim/b.hpp", ""},
                         {"tests/sim/b.cpp", "#include \"tests/sim/a.hpp\""}}),
            "");
}

TEST(Homonym, OfATypeOfAnotherHeader) {
  const std::string found = "cli/a.hpp:2: homonym: Player: another type has this name, at sim/b.hpp:2\n";
  for (const std::string_view first :
       {"namespace drydock::cli { struct Player {}; }",
        "namespace drydock { namespace cli { class Player final : public B { }; } }",
        "namespace drydock::cli { template <typename T, int N = (1)> class Player {}; }",
        "namespace drydock::cli { enum class Player : std::int8_t { x }; }  // <cstdint>",
        "struct [[nodiscard]] Player { int f() const { return 1; } };",
        "namespace drydock::cli { using Player = Other<int>; }"}) {
    for (const std::string_view second :
         {"namespace drydock::sim { struct Player { struct Other {}; }; }", "enum Player { x };"}) {
      const std::string text = findings_in({{"cli/a.hpp", std::string(first)}, {"sim/b.hpp", std::string(second)}});
      EXPECT_NE(text.find(found), std::string::npos) << first << "\n" << second << "\n" << text;
    }
  }
}

TEST(Homonym, IsNotWhatNamesOneThing) {
  const Text type{"sim/b.hpp", "namespace drydock::sim { class Player {}; }"};
  for (const std::string_view same :
       {"namespace drydock::cli { class Player; void f(struct Player* player); }",
        "namespace drydock::cli { using sim::Player; }", "namespace drydock::cli { using Player = sim::Player; }",
        "namespace drydock::cli { template <class Player> class Other {}; }",
        "namespace drydock::cli { class Other { class Player {}; friend class Player; }; }",
        "namespace drydock::cli { inline int f() { struct Player {}; return 1; } }",
        "namespace drydock::sim { template <> struct Player<int> {}; struct Player::Part {}; }",
        "namespace drydock::cli { enum class Other { Player }; }", "namespace player = drydock::sim;"}) {
    EXPECT_EQ(findings_in({type, {"cli/a.hpp", std::string(same)}}), "") << same;
  }
  EXPECT_EQ(findings_in({type, {"tests/cli/a.hpp", "struct Player {};"}}), "");
  const std::string alias = "using Json = nlohmann::ordered_json;";
  EXPECT_EQ(findings_in({{"cli/a.hpp", alias}, {"sim/b.hpp", alias}}), "");
  EXPECT_NE(findings_in({{"cli/a.hpp", alias}, {"sim/b.hpp", "using Json = nlohmann::json;"}}), "");
}

TEST(Homonym, OfAPrivateTypeAndOneThatTheFileIncludes) {
  const Text low{"sim/b.hpp", "namespace drydock::sim { class Player {}; }"};
  const Text between{"sim/c.hpp", "#include \"sim/b.hpp\""};
  const std::string hidden = "namespace drydock::cli { namespace { struct Player {}; } }";
  EXPECT_EQ(findings_in({low, between, {"cli/a.cpp", "#include \"sim/c.hpp\"\n" + hidden}}),
            "cli/a.cpp:2: homonym: Player: this file includes another type of this name, from sim/b.hpp:2\n");
  EXPECT_EQ(findings_in({low, between, {"cli/a.cpp", hidden}}), "");
  EXPECT_EQ(findings_in({low, {"cli/a.cpp", hidden}, {"cli/b.cpp", hidden}}), "");
  EXPECT_EQ(findings_in({low, {"cli/a.cpp", "#include \"sim/b.hpp\"\nstruct Other { struct Player {}; };"}}), "");
}

TEST(SelfContained, AHeaderIncludesWhatItUses) {
  const auto bad = [](std::string_view code) { expect_bad({{"self-contained", code, "sim/a.hpp"}}); };
  bad("#pragma once\nstd::uint32_t f();");
  bad("#pragma once\n#include <string>\nstd::optional<std::string> f();");
  bad("#pragma once\n#include <string>\nvoid f(std::string_view text);");
  bad("#pragma once\nstruct A { auto operator<=>(const A&) const = default; };");
  bad("#pragma once\nusing namespace std::chrono_literals;");
  bad("#pragma once\nvoid f(std::ostream& out);");
  const auto good = [](std::string_view code, std::string_view path) { expect_good({{"", code, path}}); };
  good("#pragma once\n#include <cstdint>\n#include <optional>\nstd::optional<std::uint8_t> f();", "sim/a.hpp");
  good("#pragma once\n#include <ostream>\nvoid f(std::ostream& out);", "sim/a.hpp");
  good("#pragma once\n#include <map>\nextern std::map<int, int, std::less<>> m;", "sim/a.hpp");
  good("#pragma once\nmine::optional<string> f(tl::optional<int> g);  // std::vector", "sim/a.hpp");
  good("std::uint32_t f();", "sim/a.cpp");
  good("#pragma once\nstd::uint32_t f();", "tests/sim/a.hpp");
}

TEST(SelfContained, NamesEachHeaderOnce) {
  EXPECT_EQ(findings_in({{"sim/a.hpp", "std::size_t f();\nstd::size_t g();"}}),
            "sim/a.hpp:2: self-contained: std::size_t: this header uses it and does not include <cstddef>\n");
}

TEST(LineWidth, CountsCharacters) {
  const std::string at_the_edge = "// " + std::string(117, 'x');
  std::string accents = "// ";
  for (int i = 0; i < 117; ++i) accents += "é";
  const std::string too_long = at_the_edge + "x";
  const std::string in_raw_text = "auto a = R\"(\n" + too_long + "\n" + too_long + ")\";";
  const std::string raw_in_one_line = "auto a = R\"(" + std::string(117, 'x') + ")\";";
  for (const std::string_view path : {"sim/a.cpp", "tests/sim/a.cpp", "bench/a.cpp"}) {
    expect_bad({{"line-width", too_long, path}, {"line-width", raw_in_one_line, path}});
    expect_good({{"", at_the_edge, path}, {"", accents, path}, {"", in_raw_text, path}});
  }
  EXPECT_EQ(findings_in({{"sim/a.cpp", "int a;\n" + too_long}}),
            "sim/a.cpp:2: line-width: 121 columns: lines end within 120\n");
}

TEST(UnusedUsing, IsANameThatNothingSays) {
  expect_bad({{"unused-using", "using std::vector;", "sim/a.cpp"},
              {"unused-using", "using sim::Task;\n// Task\nauto a = \"Task\";", "tests/sim/a.cpp"},
              {"unused-using", "void f() { using a::b; }", "sim/a.cpp"}});
  expect_good({{"", "using std::vector;\nvector<int> f();", "sim/a.cpp"},
               {"", "using namespace std::chrono_literals;", "sim/a.cpp"},
               {"", "using Names = std::vector<int>;", "sim/a.cpp"},
               {"", "#pragma once\nusing std::vector;", "sim/a.hpp"},
               {"", "using a::b;\n#define C b()", "sim/a.cpp"}});
}

}  // namespace
}  // namespace drydock::tidy
