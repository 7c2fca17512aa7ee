#pragma once

#include <span>
#include <string_view>

namespace drydock::scenarios {

/// One key of an object in a file. `type` names a definition of the schema (schema.cpp):
/// `duration`, `step`; `[step]` is a list of them, `a|b` one or the other, `=user|ops` one of these
/// words.
struct Key {
  std::string_view name;
  bool required{};
  std::string_view type;
  std::string_view meaning;
};

/// An object of fixed keys. The decoder and the schema are both made from these tables, so they
/// cannot disagree.
struct Shape {
  std::string_view name;
  std::span<const Key> keys;
};

/// All objects of the file formats, by their name in the schema.
namespace shape {
extern const Shape scenario;
extern const Shape cloud;
extern const Shape snapshot_limit;
extern const Shape workspace;
extern const Shape traffic;
extern const Shape step;
extern const Shape repeat;
extern const Shape answer;
extern const Shape wire_request;
extern const Shape fault;
extern const Shape fis_fault;
extern const Shape fis_template_fault;
extern const Shape fis_template;
extern const Shape fis_target;
extern const Shape fis_step;
extern const Shape event_trigger;
extern const Shape explore;
extern const Shape scenario_case;
extern const Shape expect_count;
extern const Shape expect_response;
extern const Shape expect_final;
extern const Shape expect_holds;
extern const Shape expect_violates;
extern const Shape expect_sometimes;
extern const Shape expect_sql;
extern const Shape policy;
extern const Shape tape;
extern const Shape decision;
extern const Shape finding;
extern const Shape mapping;
extern const Shape mapping_rule;
extern const Shape visible_kind;
}  // namespace shape

/// The shapes of all expectations of a case; the first key of each names its kind.
[[nodiscard]] std::span<const Shape* const> expectation_shapes();

}  // namespace drydock::scenarios
