#include "tests/tidy/tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace drydock::tidy {
namespace {

// Longest first. ">>" is missing on purpose: in templates it is two tokens, and no rule needs the
// shift.
constexpr std::array<std::string_view, 22> kOperators = {
    "<=>", "<<=", "...", "::", "->", "==", "!=", "<=", ">=", "&&", "||",
    "+=",  "-=",  "*=",  "/=", "%=", "|=", "&=", "^=", "<<", "++", "--"};

bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool continues_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Tokens run() {
    while (at_ < text_.size()) step();
    tokens_.lines = static_cast<int>(std::count(text_.begin(), text_.end(), '\n'));
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool sees(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void advance(std::size_t count = 1) {
    for (; count > 0 && at_ < text_.size(); --count, ++at_) {
      if (text_[at_] == '\n') ++line_;
    }
  }

  void step() {
    const char c = peek();
    if (c == '\n') {
      end_of_line();
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0 || sees("\\\n")) {
      advance(c == '\\' ? 2 : 1);
    } else if (sees("//")) {
      while (at_ < text_.size() && peek() != '\n') advance();
    } else if (sees("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      advance(end == std::string_view::npos ? text_.size() : end + 2 - at_);
    } else if (c == '#' && at_line_start_) {
      directive();
    } else {
      at_line_start_ = false;
      token();
    }
  }

  void end_of_line() {
    at_line_start_ = true;
    in_directive_ = false;
    advance();
  }

  void directive() {
    const int line = line_;
    in_directive_ = true;
    at_line_start_ = false;
    advance();
    while (peek() == ' ') advance();
    const std::string name = word();
    while (peek() == ' ') advance();
    if (name == "include" && (peek() == '"' || peek() == '<')) {
      const char close = peek() == '<' ? '>' : '"';
      advance();
      std::string path;
      for (; at_ < text_.size() && peek() != close && peek() != '\n'; advance()) path += peek();
      if (peek() == close) advance();
      tokens_.includes.push_back({path, line});
    }
    const bool first = tokens_.code.empty() && tokens_.directives.empty();
    tokens_.directives.push_back({Kind::punctuation, "#" + name, line});
    if (first && name == "pragma" && sees("once")) tokens_.opens_with_pragma_once = true;
  }

  std::string word() {
    std::string result;
    for (; continues_word(peek()); advance()) result += peek();
    return result;
  }

  void token() {
    const int line = line_;
    if (starts_word(peek())) {
      std::string text = word();
      if (peek() == '"' && text.ends_with('R')) return raw_string(line);
      if ((peek() == '"' || peek() == '\'') && text.size() <= 2) return quoted(line);
      return add(Kind::word, std::move(text), line);
    }
    if (std::isdigit(static_cast<unsigned char>(peek())) != 0) return number(line);
    if (peek() == '"' || peek() == '\'') return quoted(line);
    for (const std::string_view op : kOperators) {
      if (!sees(op)) continue;
      advance(op.size());
      return add(Kind::punctuation, std::string(op), line);
    }
    const char c = peek();
    advance();
    add(Kind::punctuation, std::string(1, c), line);
  }

  void number(int line) {
    std::string text;
    while (continues_word(peek()) || peek() == '.' || (peek() == '\'' && continues_word(peek(1)))) {
      text += peek();
      advance();
    }
    add(Kind::number, std::move(text), line);
  }

  void quoted(int line) {
    const char quote = peek();
    std::string text;
    advance();
    while (at_ < text_.size() && peek() != quote && peek() != '\n') {
      if (peek() == '\\') {
        advance();
        text += peek() == 'n' ? '\n' : peek();
      } else {
        text += peek();
      }
      advance();
    }
    advance();
    add(quote == '"' ? Kind::string : Kind::character, std::move(text), line);
  }

  void raw_string(int line) {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return advance(text_.size());
    const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size());
    add(Kind::string, std::string(text_.substr(open + 1, end - open - 1)), line);
    advance(end + close.size() - at_);
    for (int within = line + 1; within <= line_; ++within) tokens_.lines_of_raw_text.insert(within);
  }

  void add(Kind kind, std::string text, int line) {
    (in_directive_ ? tokens_.directives : tokens_.code).push_back({kind, std::move(text), line});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool at_line_start_ = true;
  bool in_directive_ = false;
  Tokens tokens_;
};

void match_brackets(Tokens& tokens) {
  const std::size_t size = tokens.code.size();
  tokens.match.assign(size, kNone);
  tokens.parent.assign(size, kNone);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < size; ++i) {
    const bool closes = tokens.is(i, ")") || tokens.is(i, "]") || tokens.is(i, "}");
    if (closes && !open.empty()) {
      tokens.match[i] = open.back();
      tokens.match[open.back()] = i;
      open.pop_back();
    }
    tokens.parent[i] = open.empty() ? kNone : open.back();
    if (tokens.is(i, "(") || tokens.is(i, "[") || tokens.is(i, "{")) open.push_back(i);
  }
}

}  // namespace

Tokens tokenize(std::string_view text) {
  Tokens tokens = Lexer(text).run();
  match_brackets(tokens);
  return tokens;
}

}  // namespace drydock::tidy
