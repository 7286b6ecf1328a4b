#include "engine/worksheet/math_names.h"

#include <set>

#include "tests/support/catch2.h"

using namespace bp::worksheet;

namespace {

std::string latex(const std::string& name) { return Math_names({name}, Dialect::latex)[0].text; }
std::string markdown(const std::string& name) { return Math_names({name}, Dialect::markdown)[0].text; }

}  // namespace

TEST_CASE("names are set as a teacher would write them", "[math_names]") {
  CHECK(latex("x") == "x");
  CHECK(latex("w5") == "w_{5}");
  CHECK(latex("w_5") == "w_{5}");
  CHECK(latex("out_h1") == R"(\mathrm{out}_{h1})");
  CHECK(latex("E_total") == R"(E_{\mathrm{total}})");
  CHECK(latex("w1_2") == "w_{1,2}");
  CHECK(latex("loss") == R"(\mathrm{loss})");
}

TEST_CASE("Greek letters are commands, European ones text, others their numbers for pdflatex",
          "[math_names]") {
  CHECK(latex("\u03B1_1") == R"({\alpha}_{1})");
  CHECK(latex("\u0394w") == R"({\Delta}w)");
  CHECK(latex("\u00E9t\u00E9") == "\\text{\u00E9t\u00E9}");
  CHECK(latex("\u53D8") == R"(\text{U+53D8})");
  CHECK(markdown("\u53D8") == "\\text{\u53D8}");
}

TEST_CASE("in Markdown no underscore can end an emphasis, and none is escaped", "[math_names]") {
  for (const std::string name : {"out_h1", "a_b_c", "_x", "w5", "__", "x__1"}) {
    const std::string text = markdown(name);
    CAPTURE(name, text);
    CHECK(text.find(R"(\_)") == std::string::npos);
    for (std::size_t at = text.find('_'); at != std::string::npos; at = text.find('_', at + 1)) {
      REQUIRE(at > 0);
      CHECK(text[at - 1] == ' ');
    }
  }
}

TEST_CASE("no two names look the same", "[math_names]") {
  const std::vector<std::string> names = {
      "w5",    "w_5",   "w__5", "out_h1", "out_h_1", "out_h__1", "A", "\u0391", "_A",      "A_",      "x1_2",
      "x_1_2", "x1__2", "x12",  "x1_2_",  "\u03B1",  "a",        "o", "\u03BF", "E_total", "E_t_otal"};
  for (const Dialect dialect : {Dialect::latex, Dialect::markdown}) {
    const Math_names set(names, dialect);

    std::set<std::string> looks;
    for (std::size_t i = 0; i < names.size(); ++i) looks.insert(set[i].text);
    CHECK(looks.size() == names.size());
  }
}

TEST_CASE("long names are cut short and numbered", "[math_names]") {
  const std::string long_name(300, 'a');
  const Math_names names({long_name + "b", "x", long_name + "c"}, Dialect::latex);

  CHECK(names.shortened() == std::vector<std::size_t>{0, 2});
  CHECK(names[0].text != names[2].text);
  CHECK(names[0].width < 24);
}

TEST_CASE("plain text is escaped", "[math_names]") {
  CHECK(as_plain_text("a_b#%", Dialect::latex) == R"(a\_b\#\%)");
  CHECK(as_plain_text(R"(\^~)", Dialect::latex) == R"(\textbackslash{}\^{}\~{})");
  CHECK(as_plain_text("\u53D8", Dialect::latex) == "[U+53D8]");
  CHECK(as_plain_text("<stdin> *a*_", Dialect::markdown) == R"(\<stdin\> \*a\*\_)");
}
