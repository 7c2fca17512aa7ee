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

}  // namespace
}  // namespace drydock::tidy
