#include "engine/worksheet/solution_markup.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "engine/data/file.h"
#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/solution_worksheets.h"

using namespace bp;

namespace {

Solution solution_of(const std::string& text) { return solve(parse_worksheet(text, "a_sheet #1.bp")); }

// Names and formulas that TeX and Markdown would rather not see.
const std::string hostile =
    "w = -0.00001234\n__ = 2\n_ = 3\nw5 = 1e-9\nw_5 = 4\n\u03B1_\u03B2 = 1\n\u0394\u03A9 = "
    "2\n\u00E9t\u00E9_1 = 1\n"
    "\u53D8\u91CF = 3\n\u0436_\u044F = 0.5\n\u0142\u00F8\u00DF\u00E6 = 2\na_b_c_d_e_f = 1\n"
    "mmmmmmmmmmmmmmmmmmmmmmmm = 2\n" +
    std::string(1000, 'W') + " = 1.5\n" +
    "y = (w^3 - w5^2)^2 / (__ / (_ / (w_5 / \u03B1_\u03B2))) + \u0394\u03A9^(-2) + abs(\u00E9t\u00E9_1 - "
    "\u53D8\u91CF)\n"
    "z = leaky_relu(\u0436_\u044F) + max(y, \u0142\u00F8\u00DF\u00E6)*gelu(a_b_c_d_e_f + y*w5) - " +
    std::string(1000, 'W') + "*sqrt(mmmmmmmmmmmmmmmmmmmmmmmm)\n" +
    "s = logsumexp(y, z, w5) + mean(y, z, y, z) + exp(sqrt(y)/y/z)\n"
    "E = s - softmax_cross_entropy(0, s, y, z, s, y, z, w5)*log(0*y)\nlearning_rate 1e-5\n";

std::string many_terms() {
  std::string sheet, sum = "E = 1";
  for (int i = 0; i < 400; ++i) {
    sheet += "w" + std::to_string(i) + " = 0." + std::to_string(i + 1) + "\n";
    sum += " + w" + std::to_string(i) + "*w" + std::to_string(i / 2);
  }
  return sheet + sum + "\n";
}

// A name of each letter of two bytes up to the Greek ones: some 400 of Latin and Greek letters.
std::string many_letters() {
  std::string sheet, sum = "E = 1";
  for (unsigned code = 0xC0; code < 0x3CA; ++code) {
    const std::string letter = {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    try {
      (void)parse_worksheet(letter + " = 1\ny = " + letter + "^2\n", "letter");
    } catch (const Bad_worksheet&) { continue; }  // not a letter
    sheet += letter + " = 1\n";
    sum += " + " + letter + "*2";
  }
  return sheet + sum + "\n";
}

// Brackets as deep as the language allows, around signs, fractions and functions.
std::string deep_nesting() {
  const auto nested = [](const std::string& opening, const std::string& closing, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += opening;
    text += "a";
    for (int i = 0; i < times; ++i) text += closing;
    return text + "\n";
  };
  return "a = 0.9\nF = " + nested("(1/(a+", "))", 450) + "G = " + nested("tanh(", ")", 900) +
         "H = " + nested("-(", ")", 480) + "L = F + G + H\n";
}

std::vector<std::string> sheets() {
  std::vector<std::string> all = {test::worked_example, hostile, many_terms(), many_letters(),
                                  deep_nesting()};
  for (std::uint64_t seed = 1; seed <= 12; ++seed) all.push_back(test::Random_worksheet(seed).text());
  return all;
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

// Every brace is closed, and none before it was opened.
bool braces_balance(const std::string& text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = i > 0 && text[i - 1] == '\\';
    if (text[i] == '{' && !escaped) ++depth;
    if (text[i] == '}' && !escaped) --depth;
    if (depth < 0) return false;
  }
  return depth == 0;
}

// What stands between dollars, single or double.
std::vector<std::string> mathematics_of(const std::string& page) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; (at = page.find('$', at)) != std::string::npos;) {
    if (at > 0 && page[at - 1] == '\\') {
      ++at;
      continue;
    }
    const std::string fence = page.compare(at, 2, "$$") == 0 ? "$$" : "$";
    const std::size_t begin = at + fence.size(), end = page.find(fence, begin);
    if (end == std::string::npos) throw std::runtime_error("dollars do not pair");
    parts.push_back(page.substr(begin, end - begin));
    at = end + fence.size();
  }
  return parts;
}

}  // namespace

TEST_CASE("Markdown's mathematics holds nothing that Markdown takes for its own", "[solution_markup]") {
  for (const std::string& sheet : sheets()) {
    const std::string page = solution_as_markdown(solution_of(sheet));
    CAPTURE(page);
    const std::vector<std::string> parts = mathematics_of(page);

    CHECK(parts.size() > 3);
    for (const std::string& part : parts) {
      CAPTURE(part);
      CHECK(braces_balance(part));
      CHECK(count(part, "\\begin{aligned}") == count(part, "\\end{aligned}"));
      CHECK(part.find_first_of("*<>`") == std::string::npos);
      for (std::size_t i = 0; i + 1 < part.size(); ++i) {
        if (part[i] == '\\') REQUIRE(std::isalpha(static_cast<unsigned char>(part[i + 1])) != 0);
        if (part[i + 1] == '_') REQUIRE(part[i] == ' ');
      }
    }
  }
}

TEST_CASE("Markdown shows the worked example as mathematics", "[solution_markup]") {
  const std::string page = solution_as_markdown(solution_of(test::worked_example));

  CHECK_THAT(page, test::contains_text("# The calculation of a\\_sheet \\#1.bp, step by step\n"));
  CHECK_THAT(page,
             test::contains_text(R"(\mathrm{out} _{h1} &= \operatorname{sigmoid}(\mathrm{net} _{h1}) = )"
                                 R"(\operatorname{sigmoid}(0.3775) = 0.593269992 \cr)"));
  CHECK_THAT(page,
             test::contains_text(
                 R"(\frac{\partial E}{\partial w _{5}} &= \frac{\partial E}{\partial \mathrm{net} _{o1}} )"
                 R"(\cdot \mathrm{out} _{h1} = 0.138498562 \cdot 0.593269992 \approx 0.0821670406)"));
  CHECK_THAT(page, test::contains_text(
                       R"(w _{5}^{\prime} &= w _{5} - 0.5 \cdot \frac{\partial E}{\partial w _{5}})"));
}

TEST_CASE("LaTeX balances its braces and environments", "[solution_markup]") {
  for (const std::string& sheet : sheets()) {
    const std::string page = solution_as_latex(solution_of(sheet));
    CAPTURE(page);
    CHECK(braces_balance(page));
    CHECK(count(page, "\\begin{align*}") == count(page, "\\end{align*}"));
    CHECK(count(page, "\\begin{") == count(page, "\\end{"));
    CHECK(count(page, "$") % 2 == 0);
  }
}

TEST_CASE("pdflatex makes pages of it, and nothing runs off them", "[solution_markup]") {
  if (std::system("pdflatex --version >/dev/null 2>&1") != 0) {
    test::skip("pdflatex is not installed (Debian: texlive-latex-recommended)");
    return;
  }
  namespace fs = std::filesystem;
  std::string place = (fs::temp_directory_path() / "backstep-latex-XXXXXX").string();
  REQUIRE(mkdtemp(place.data()) != nullptr);
  const fs::path folder = place;
  int number = 0;
  for (const std::string& sheet : sheets()) {
    const std::string stem = (folder / ("sheet" + std::to_string(++number))).string();
    write_file_whole(stem + ".tex", solution_as_latex(solution_of(sheet)));

    const int status =
        std::system(("cd '" + folder.string() + "' && pdflatex -interaction=nonstopmode -halt-on-error '" +
                     stem + ".tex' >'" + stem + ".out' 2>&1")
                        .c_str());

    const std::string said = read_file(stem + ".out", 10'000'000);
    CAPTURE(sheet, said);
    CHECK(status == 0);
    CHECK(fs::exists(stem + ".pdf"));
    CHECK(said.find("Overfull") == std::string::npos);  // neither broader nor higher than the page
    CHECK(said.find("Missing character") == std::string::npos);
  }
  fs::remove_all(folder);
}
