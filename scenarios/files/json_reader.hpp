#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/json_source.hpp"

namespace drydock::scenarios {

/// The recursive-descent reader behind JsonSource. It stops at the first thing that is not JSON.
class JsonReader {
 public:
  JsonReader(std::string_view text, std::vector<JsonSource::Duplicate>& duplicates)
      : text_(text), duplicates_(duplicates) {}

  /// Reads the whole text and gives the error, if there is any.
  std::optional<JsonSource::SyntaxError> read(Json& value, Node& node);

 private:
  struct Step {
    const std::string* key{};
    std::size_t index{};
  };

  bool fail(std::size_t offset, std::string message, std::string hint = {});
  bool skip_blank();
  bool value(Json& out, Node& node);
  bool object(Json& out, Node& node);
  bool member(Json::object_t& members, Node& node);
  bool array(Json& out, Node& node);
  bool string(std::string& out);
  bool escape(std::string& out, std::size_t string_start);
  bool code_point(std::string& out, std::size_t escape_start);
  bool hex4(unsigned& out, std::size_t escape_start);
  bool number(Json& out);
  bool literal(Json& out);
  bool after_item(char close, const char* inside);
  bool enter(std::size_t open_at);
  bool unexpected(const char* wanted);
  void note_duplicate(const std::string& key, std::size_t offset, const Node& object);
  [[nodiscard]] std::string path() const;
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char here() const { return at_end() ? '\0' : text_[at_]; }

  std::string_view text_;
  std::vector<JsonSource::Duplicate>& duplicates_;
  std::optional<JsonSource::SyntaxError> error_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::vector<Step> steps_;
};

}  // namespace drydock::scenarios
