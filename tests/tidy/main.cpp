#include <cstdio>

#include "tests/tidy/lint.hpp"

// drydock_lint [ROOT]: prints findings as a compiler would; exit 1 if there are any.
int main(int argc, char** argv) {
  const auto files = drydock::tidy::read_tree(argc > 1 ? argv[1] : ".");
  const auto findings = drydock::tidy::lint(files);
  for (const auto& finding : findings) std::puts(to_string(finding).c_str());
  std::printf("%zu files, %zu findings\n", files.size(), findings.size());
  return findings.empty() ? 0 : 1;
}
