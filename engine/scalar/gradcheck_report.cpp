#include "engine/scalar/gradcheck_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bp {

namespace {

using Evidence = Gradcheck_entry::Evidence;

// --- The verdict -----------------------------------------------------------------------------------------

// A NaN may have a sign, which says nothing.
std::string said(double number) { return std::isnan(number) ? "nan" : fmt::format("{:.12g}", number); }

void fail(Gradcheck_report& report, std::string reason) {
  report.verdict = Gradcheck_verdict::failed;
  report.reason = std::move(reason);
}

// The node nearest to the root that turns a finite gradient into one that is not.
std::string where_gradient_breaks(Copy& subject) {
  subject.root().backward();
  for (std::size_t i = subject.graph().size(); i-- > 0;) {
    const Value node = subject.graph()[i];
    if (!node.has_grad() || node.grad() == 0.0) continue;
    for (std::size_t k = 0; k < node.input_count(); ++k) {
      const double slope = node.local_derivative(k);
      if (std::isfinite(slope)) continue;
      return fmt::format(": {} has a derivative of {} there", subject.describe(node), said(slope));
    }
  }
  return "";
}

std::string say_disagreement(const Gradcheck_entry& entry, std::string_view who) {
  std::string text = fmt::format("{}: {} says {}, forward mode {}", entry.input, who, said(entry.backward),
                                 said(entry.forward));
  if (!std::isnan(entry.central)) text += fmt::format(", the central difference {}", said(entry.central));
  if (entry.forward_badness() <= 1.0) {
    return text + ". Is there a jump or a kink that the table of operations does not list?";
  }
  if (entry.central_badness() <= 1.0 && entry.evidence == Evidence::good) {
    return text + ". Forward mode stands alone.";
  }
  if (entry.forward == 0.0 || entry.backward == 0.0) return text + ".";
  return text + fmt::format(". The ratio to forward mode is {:.6g}.", entry.backward / entry.forward);
}

bool any(const Gradcheck_report& report, Evidence evidence) {
  return std::any_of(report.entries.begin(), report.entries.end(),
                     [&](const Gradcheck_entry& entry) { return entry.evidence == evidence; });
}

std::string say_kinks(const Gradcheck_report& report) {
  const auto kink = [](const Gradcheck_entry& entry) { return entry.evidence == Evidence::kink; };
  const auto first = std::find_if(report.entries.begin(), report.entries.end(), kink);
  const auto more = std::count_if(report.entries.begin(), report.entries.end(), kink) - 1;
  return fmt::format(
      "{} stands on its kink, or so near it that every step of {} crosses it{}: there is no derivative to "
      "compare with. Move the point a little.",
      first->obstacle, first->input, more > 0 ? fmt::format(" (and of {} more)", more) : "");
}

void judge_evidence(Gradcheck_report& report, Copy& subject) {
  const auto zero = [](const Gradcheck_entry& entry) { return entry.backward == 0.0; };
  const auto shown = [](const Gradcheck_entry& entry) {
    return entry.backward != 0.0 && entry.evidence == Evidence::good;
  };
  const auto& entries = report.entries;
  if (any(report, Evidence::kink)) {
    report.verdict = Gradcheck_verdict::kink_crossed;
    report.reason = say_kinks(report);
  } else if (subject.root().is_leaf()) {
    report.reason = "the result is itself an input: there is no operation to check.";
  } else if (std::all_of(entries.begin(), entries.end(), zero)) {
    report.reason =
        "every gradient is 0, and a backward pass that does nothing would say the same. Check at a point "
        "where the result depends on the inputs.";
  } else if (std::none_of(entries.begin(), entries.end(), shown)) {
    report.reason =
        "every central difference drowns in rounding, for the result hardly changes here. Check at another "
        "point, or leave out of the result what is large and constant.";
  } else {
    report.verdict = Gradcheck_verdict::passed;
    const std::string all = entries.size() == 1   ? "the gradient agrees"
                            : entries.size() == 2 ? "both gradients agree"
                                                  : fmt::format("all {} gradients agree", entries.size());
    report.reason = all + " with forward mode and with central differences.";
  }
}

}  // namespace

void judge(Gradcheck_report& report, Copy& subject, std::string_view who) {
  const auto& entries = report.entries;
  const auto worse = [](const auto& a, const auto& b) { return a.badness() < b.badness(); };
  const auto worst = std::max_element(entries.begin(), entries.end(), worse);
  const auto broken = std::find_if(entries.begin(), entries.end(),
                                   [](const auto& entry) { return !std::isfinite(entry.backward); });
  const auto edge = std::find_if(entries.begin(), entries.end(),
                                 [](const auto& entry) { return entry.evidence == Evidence::not_finite; });
  report.worst = static_cast<std::size_t>(worst - entries.begin());
  if (entries.empty()) {
    report.reason = "there is no input to check.";
  } else if (broken != entries.end()) {
    fail(report, fmt::format("{}: {} says {}{}.", broken->input, who, said(broken->backward),
                             where_gradient_breaks(subject)));
  } else if (!worst->agrees()) {
    fail(report, say_disagreement(*worst, who));
  } else if (edge != entries.end()) {
    fail(report, fmt::format("{}: {} is not finite at a step to one side, however small the step.",
                             edge->input, edge->obstacle));
  } else {
    judge_evidence(report, subject);
  }
}

void judge_non_finite(Gradcheck_report& report, const Copy& subject, Value node) {
  fail(report, fmt::format("{} is {}: there is nothing to differentiate.", subject.describe(node),
                           said(node.data())));
  for (Gradcheck_entry& entry : report.entries) {
    entry.evidence = Evidence::not_finite;
    entry.obstacle = subject.describe(node);
    entry.forward = entry.central = std::numeric_limits<double>::quiet_NaN();
  }
}

// --- The table -------------------------------------------------------------------------------------------

namespace {

// Catch2 breaks what it prints at 80 columns, and indents it.
constexpr std::size_t columns = 77, most_rows = 20, name_columns = 11;

bool begins_character(char byte) { return (byte & 0xC0) != 0x80; }  // in UTF-8

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string without_control_characters(std::string_view text) {
  std::string clean(text);
  for (char& byte : clean) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) byte = ' ';
  }
  return clean;
}

// The first characters of a name, filled up with spaces.
std::string fitted(std::string_view name, std::size_t most) {
  if (width(name) <= most) return std::string(name) + std::string(most - width(name), ' ');
  std::size_t end = 0;
  for (std::size_t used = 0; used < most - 1 || !begins_character(name[end]); ++end) {
    if (begins_character(name[end])) ++used;
  }
  return std::string(name.substr(0, end)) + "~";
}

std::string note(const Gradcheck_entry& entry) {
  std::string verdict = entry.agrees() && std::isfinite(entry.backward) ? "ok" : "WRONG";
  switch (entry.evidence) {
    case Evidence::good: break;
    case Evidence::noise: return verdict + ", noisy";
    case Evidence::kink: return verdict + ", kink";
    case Evidence::not_finite: return "not finite";
  }
  return verdict;
}

// As many of at most 8 digits as fit.
std::string number(double x, std::size_t most) {
  for (int digits = 8; digits > 1; --digits) {
    std::string text = fmt::format("{:.{}g}", x, digits);
    if (text.size() <= most) return text;
  }
  return fmt::format("{:.1g}", x);
}

std::string row(const Gradcheck_entry& entry) {
  return fmt::format("{} {:>9} {:>13} {:>13} {:>13}  {}\n",
                     fitted(without_control_characters(entry.input), name_columns), number(entry.at, 9),
                     number(entry.backward, 13), number(entry.forward, 13),
                     std::isnan(entry.central) ? "-" : number(entry.central, 13), note(entry));
}

// The rows to show: all of them, or the worst, in the order of the inputs.
std::vector<std::size_t> rows_of(const Gradcheck_report& report) {
  std::vector<std::size_t> rows(report.entries.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (rows.size() <= most_rows) return rows;
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return report.entries[a].badness() > report.entries[b].badness();
  });
  rows.resize(most_rows);
  std::sort(rows.begin(), rows.end());
  return rows;
}

// Lines of at most so many columns, broken between words.
std::string wrapped(std::string_view text) {
  std::string out, line;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (!line.empty() && width(line) + 1 + width(word) > columns) {
      out += line + '\n';
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += width(word) > columns ? fitted(word, columns) : std::string(word);
    text.remove_prefix(std::min(text.size(), space + 1));
  }
  return out + line + '\n';
}

}  // namespace

const char* to_string(Gradcheck_verdict verdict) {
  switch (verdict) {
    case Gradcheck_verdict::passed: return "passed";
    case Gradcheck_verdict::failed: return "failed";
    case Gradcheck_verdict::kink_crossed: return "kink crossed";
    case Gradcheck_verdict::proved_nothing: return "proved nothing";
  }
  return "";
}

std::string to_string(const Gradcheck_report& report) {
  std::string text = wrapped(without_control_characters(
      fmt::format("gradient check: {}: {}", to_string(report.verdict), report.reason)));
  if (report.entries.empty()) return text;
  text += fmt::format("{:<11} {:>9} {:>13} {:>13} {:>13}\n", "input", "at", "backward", "forward mode",
                      "central diff.");
  for (std::size_t i : rows_of(report)) text += row(report.entries[i]);
  if (report.entries.size() > most_rows) {
    text += fmt::format("and {} more, none of them worse\n", report.entries.size() - most_rows);
  }
  return text;
}

}  // namespace bp
