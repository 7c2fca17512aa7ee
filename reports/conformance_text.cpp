#include <fmt/format.h>

#include <algorithm>

#include "reports/conformance.hpp"
#include "reports/decisions.hpp"
#include "reports/layout.hpp"
#include "reports/log_report.hpp"
#include "reports/reproduce.hpp"
#include "reports/style.hpp"
#include "reports/words.hpp"
#include "scenarios/conform/log_faults.hpp"

namespace drydock::reports {
namespace {

using scenarios::Conformance;
using scenarios::LogEvent;
using scenarios::NearEvent;
using scenarios::Parting;
using scenarios::ShownDecision;
using scenarios::ShownEvent;

constexpr std::size_t kMostDecisions = 40;

std::string seconds_text(sim::Duration duration) { return sim::format_seconds(duration) + "s"; }

class Text {
 public:
  Text(const ConformReport& report, TextStyle style) : report_(report), found_(report.found), style_(style) {}

  [[nodiscard]] std::string text() const {
    std::string out = verdict();
    out += found_.explained ? explanation() : parting();
    if (const std::string lines = unmatched_text(report_.log); !lines.empty()) out += "\n" + lines;
    return out;
  }

 private:
  [[nodiscard]] std::string verdict() const {
    const std::string word =
        found_.explained ? paint("explained", kGreen, style_) : paint("not explained", kRed, style_);
    return fmt::format("{} by {}: {} of {}, within {}\n", word, printable(report_.question.policy), explained_lines(),
                       counted(report_.log.events.size(), "line"), sim::format_duration(report_.question.skew)) +
           paragraph("  ", effort());
  }

  [[nodiscard]] std::size_t explained_lines() const {
    if (found_.explained) return report_.log.events.size();
    return found_.parting ? found_.parting->explained : 0;
  }

  [[nodiscard]] std::string effort() const {
    const std::string runs = fmt::format("{} in {:.1f} s", counted(found_.runs, "run"), found_.wall_s);
    if (found_.explained) {
      return fmt::format("{}; the largest difference of times is {}", runs, seconds_text(found_.largest_error));
    }
    return fmt::format("the search {} after {}: no proof that there is no such run",
                       found_.interrupted ? "was interrupted" : "gave up", runs);
  }

  // ---- explained ----

  [[nodiscard]] std::string explanation() const {
    std::string out = decisions();
    if (!report_.tape.empty()) {
      out += "\n  The run, step by step:\n    drydock replay " + shell_quote(report_.tape) + "\n";
    }
    if (!report_.scenario.empty()) {
      out += "\n  The same as a scenario:\n    drydock run " + shell_quote(report_.scenario) + "\n";
    }
    return out;
  }

  [[nodiscard]] std::string decisions() const {
    const auto& tape = found_.outcome.tape;
    if (tape.empty()) return "  it takes no decision: the calm run explains it\n";
    std::string out = fmt::format("  it takes {}:\n", counted(tape.size(), "decision"));
    const std::vector<ShownDecision> decisions = by_time(tape);
    for (std::size_t i = 0; i < decisions.size() && i < kMostDecisions; ++i)
      out += paragraph("    " + since_start(decisions[i].at) + "  ", printable(words(decisions[i])));
    if (decisions.size() > kMostDecisions) out += fmt::format("    … {} more …\n", decisions.size() - kMostDecisions);
    return out;
  }

  /// Says a decision in words. A fault that the log shows is named by the line that shows it.
  [[nodiscard]] std::string words(const ShownDecision& decision) const {
    for (std::size_t i = 0; i < report_.log.events.size(); ++i) {
      if (decision.means != fmt::format("{}{}", scenarios::kLogFault, i + 1)) continue;
      const LogEvent& event = report_.log.events[i];
      return fmt::format("as {} says: {}", place_text(event.place), log_event_words(event));
    }
    return in_words(decision);
  }

  // ---- not explained ----

  [[nodiscard]] std::string parting() const {
    if (!found_.parting) return {};
    const Parting& parting = *found_.parting;
    std::string out = "\n" + heading("the first that is not explained", style_);
    out += parting.line ? line(report_.log.events[*parting.line]) : field("line", "none: the log ends before");
    if (parting.surplus) {
      out += "\n" + heading("before it the model does what the log would show", style_);
      out += event_line(*parting.surplus);
    }
    out += nearest(parting) + instead(parting);
    return out;
  }

  [[nodiscard]] static std::string line(const LogEvent& event) {
    std::string when = log_time(event.at);
    if (event.within.count() != 0) when += ", or up to " + sim::format_duration(event.within) + " later";
    // A place is to be copied: it is not broken.
    return fmt::format("    {:<11}{}\n", "line", printable(place_text(event.place))) + field("when", when) +
           field("event", printable(log_event_words(event))) + field("text", printable(event.place.text));
  }

  [[nodiscard]] std::string time_of(const ShownEvent& event) const {
    if (!report_.log.absolute) return since_start(event.at);
    return date_of(found_.outcome, event.at);
  }

  [[nodiscard]] std::string event_line(const ShownEvent& event) const {
    std::string text = in_words(event);
    if (text.find(event.kind) == std::string::npos) text = event.kind + ": " + text;
    return paragraph("    " + time_of(event) + "  ", printable(text));
  }

  [[nodiscard]] static std::string off_text(const NearEvent& near) {
    std::string text = "in time";
    if (near.off != sim::Duration{}) {
      text = fmt::format("{} too {}", seconds_text(std::max(near.off, -near.off)),
                         near.off > sim::Duration{} ? "late" : "early");
    }
    if (near.taken) return text + ", and another line's";
    return near.fits ? text : text + ", but not what the line says";
  }

  [[nodiscard]] std::string nearest(const Parting& parting) const {
    if (!parting.line) return {};
    const LogEvent& wanted = report_.log.events[*parting.line];
    if (parting.nearest.empty()) {
      return "\n" + paragraph("  ", fmt::format("In the best run there is no {}{} at all.", wanted.kind,
                                                of_workspace(wanted)));
    }
    std::string out =
        "\n" + heading(fmt::format("the nearest {}{} in the best run", wanted.kind, of_workspace(wanted)), style_);
    for (const NearEvent& near : parting.nearest) {
      out += event_line(near.event);
      out += "      " + off_text(near) + "\n";
    }
    if (parting.grid_step) {
      out += paragraph("  ", fmt::format("The line is between two points of the delays' grid, whose "
                                         "steps here are up to {} wide: widen --skew.",
                                         seconds_text(*parting.grid_step)));
    }
    return out;
  }

  static std::string of_workspace(const LogEvent& event) {
    return event.workspace.empty() ? "" : " of " + printable(event.workspace);
  }

  [[nodiscard]] std::string instead(const Parting& parting) const {
    if (parting.instead.empty()) return {};
    std::string out = "\n" + heading("what the best run does there", style_);
    for (const ShownEvent& event : parting.instead) out += event_line(event);
    return out;
  }

  const ConformReport& report_;
  const Conformance& found_;
  TextStyle style_;
};

}  // namespace

std::string conform_text(const ConformReport& report, TextStyle style) { return Text(report, style).text(); }

}  // namespace drydock::reports
