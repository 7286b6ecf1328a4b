#include "engine/worksheet/diagnose.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "engine/worksheet/check.h"
#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"

using bp::Diagnosis, bp::Graph, bp::Hand_number, bp::Value;

namespace {

// The worked example with 0.05 and 0.10, its biases held.
const std::string example =
    "i1 = 0.05\ni2 = 0.10\nt1 = 0.01\nt2 = 0.99\nb1 = 0.35\nb2 = 0.60\n"
    "w1 = 0.15\nw2 = 0.20\nw3 = 0.25\nw4 = 0.30\nw5 = 0.40\nw6 = 0.45\nw7 = 0.50\nw8 = 0.55\n"
    "net_h1 = w1*i1 + w2*i2 + b1\nout_h1 = sigmoid(net_h1)\n"
    "net_h2 = w3*i1 + w4*i2 + b1\nout_h2 = sigmoid(net_h2)\n"
    "net_o1 = w5*out_h1 + w6*out_h2 + b2\nout_o1 = sigmoid(net_o1)\n"
    "net_o2 = w7*out_h1 + w8*out_h2 + b2\nout_o2 = sigmoid(net_o2)\n"
    "E_o1 = 0.5*(t1 - out_o1)^2\nE_o2 = 0.5*(t2 - out_o2)^2\nE = E_o1 + E_o2\n"
    "train w*\nlearning_rate 0.5\n";

std::vector<Diagnosis> diagnoses_of(const std::string& claims) {
  const bp::Worksheet sheet = bp::parse_worksheet(example + claims, "test.bp");
  std::vector<Diagnosis> diagnoses;
  for (bp::Checked_claim& claim : bp::check_worksheet(sheet).claims)
    diagnoses.push_back(std::move(claim.diagnosis));
  return diagnoses;
}

Diagnosis diagnosis_of(const std::string& claim) { return diagnoses_of("claim " + claim + "\n").at(0); }

std::vector<std::string> ids_of(const Diagnosis& diagnosis) {
  std::vector<std::string> ids;
  for (const bp::Mistake& mistake : diagnosis.mistakes) ids.push_back(mistake.id);
  return ids;
}

bool names(const Diagnosis& diagnosis, const std::string& id) {
  const std::vector<std::string> ids = ids_of(diagnosis);
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("each mistake is named by the number that it makes of dE/dw5", "[diagnose]") {
  // d = out_o1 - t1 = 0.741365070, s = out_o1 (1 - out_o1) = 0.186815602, h = out_h1 = 0.593269992:
  // dE/dw5 = d s h = 0.082167041
  CHECK(names(diagnosis_of("dE/dw5 = 0.16433"), "factor-two"));                    // 2 d s h
  CHECK(names(diagnosis_of("dE/dw5 = -0.08217"), "sign"));                         // -d s h
  CHECK(names(diagnosis_of("dE/dw5 = 0.09579"), "double-activation-derivative"));  // d s'(out) h
  CHECK(
      names(diagnosis_of("dE/dw5 = -0.05151"), "activation-formula-at-preactivation"));  // d net (1 - net) h
  CHECK(names(diagnosis_of("dE/dw5 = 0.43983"), "no-output-activation-derivative"));     // d h
  CHECK(names(diagnosis_of("dE/dw5 = 0.13850"), "missing-input-factor"));                // d s
  CHECK(names(diagnosis_of("dE/dw5 = 0.08267"), "neighbour-input"));                     // d s out_h2
  CHECK(names(diagnosis_of("dE/dw6 = -0.02260"), "transposed"));                         // dE/dw7
  CHECK(names(diagnosis_of("dE/dw5 = 0.40000"), "value-for-gradient"));                  // w5 itself
}

TEST_CASE("each mistake is named by the number that it makes of dE/dw1", "[diagnose]") {
  // dE/dw1 = (d1 s1 w5 + d2 s2 w7) out_h1 (1 - out_h1) i1 = 0.000438568
  CHECK(names(diagnosis_of("dE/dw1 = 0.001818"),
              "no-hidden-activation-derivative"));                          // without out_h1 (1 - out_h1)
  CHECK(names(diagnosis_of("dE/dw1 = 0.000668"), "one-path"));              // through o1 alone
  CHECK(names(diagnosis_of("dE/dw1 = -0.0002298"), "one-path"));            // through o2 alone
  CHECK(names(diagnosis_of("dE/dw1 = 0.000365"), "updated-weights"));       // w5', w7' for w5, w7
  CHECK(names(diagnosis_of("dE/dw1 = 0.0001477"), "gradient-for-weight"));  // dE/dw5, dE/dw7 for w5, w7
  CHECK(names(diagnosis_of("dE/dw1 = 0.000462"), "transposed"));            // w5, w6 for w5, w7
}

TEST_CASE("a path that was left out is named, and what it adds", "[diagnose]") {
  const Diagnosis diagnosis = diagnosis_of("dE/dw1 = 0.000668");

  REQUIRE_FALSE(diagnosis.mistakes.empty());
  const bp::Mistake& mistake = diagnosis.mistakes[0];
  CHECK(mistake.id == "one-path");
  CHECK(contains(mistake.says, "from out_h1 through net_o1"));
  CHECK(contains(mistake.says, "through net_o2"));
  CHECK(contains(mistake.says, "-0.000229828"));  // d2 s2 w7 out_h1 (1 - out_h1) i1
  CHECK(contains(mistake.says, "0.000438568"));
  CHECK(std::abs(mistake.predicted - 0.00066839602) < 1e-10);
}

TEST_CASE("a hint has no number in it that would give the answer away", "[diagnose]") {
  for (const char* claim : {"dE/dw1 = 0.000668", "dE/dw5 = 0.16433", "dE/dw5 = 0.43983"}) {
    const Diagnosis diagnosis = diagnosis_of(claim);

    REQUIRE_FALSE(diagnosis.mistakes.empty());
    CHECK_FALSE(contains(diagnosis.mistakes[0].hint, "0.0"));
    CHECK_FALSE(contains(diagnosis.mistakes[0].hint, "Right:"));
  }
}

TEST_CASE("weights changed too early are named for a loss after one step", "[diagnose]") {
  const Diagnosis diagnosis = diagnosis_of("E' = 0.291027924");

  CHECK(ids_of(diagnosis) == std::vector<std::string>{"updated-weights"});
}

TEST_CASE("a weight after a step is explained by what leads to it", "[diagnose]") {
  // w1 - 0.5 * dE/dw1, where dE/dw1 was taken with w5' and w7' in the place of w5 and w7
  const Diagnosis diagnosis = diagnosis_of("w1' = 0.149817639");

  REQUIRE_FALSE(diagnosis.mistakes.empty());
  CHECK(diagnosis.mistakes[0].id == "updated-weights");
  CHECK(contains(diagnosis.mistakes[0].says,
                 "There dnet_o1/dout_h1 is 0.4, and 0.358916 was put in its place"));
  CHECK(contains(diagnosis.mistakes[0].says, "so that w1' = 0.14978071613"));
}

TEST_CASE("a number that no mistake makes has an empty diagnosis", "[diagnose]") {
  CHECK(diagnosis_of("dE/dw1 = 0.00057731").mistakes.empty());
  CHECK(diagnosis_of("dE/dw5 = 0.0713377").mistakes.empty());
}

TEST_CASE("a right claim has no diagnosis, nor has one that was cut off", "[diagnose]") {
  const std::vector<Diagnosis> diagnoses = diagnoses_of(
      "claim dE/dw5 = 0.082167041\nclaim dE/dw5 = 0.08216704\nclaim dE/dw8 = -0.0227402\nclaim dE/dw6 = "
      "0.08266\n");

  for (const Diagnosis& diagnosis : diagnoses) CHECK(diagnosis.mistakes.empty());
}

TEST_CASE("what follows rightly from an earlier wrong number is said to", "[diagnose]") {
  // 0.15 in the place of 0.138498562, and 0.15 * 0.59326999 = 0.08899050
  const std::vector<Diagnosis> diagnoses =
      diagnoses_of("claim dE/dnet_o1 = 0.15\nclaim dE/dw5 = 0.0889905\n");

  CHECK(diagnoses[0].mistakes.empty());
  CHECK(diagnoses[1].method_right);
  REQUIRE_FALSE(diagnoses[1].mistakes.empty());
  CHECK(diagnoses[1].mistakes[0].id == "carried-forward");
  CHECK(contains(diagnoses[1].mistakes[0].says, "dE/dnet_o1"));
}

TEST_CASE("a forward slip is carried through the backward pass", "[diagnose]") {
  // With out_h1 = 0.6: dE/dw5 = d1 s1 out_h1, d1 and s1 taken at net_o1 = 0.4*0.6 + 0.45*0.59688438 + 0.6.
  const double net = 0.4 * 0.6 + 0.45 * 0.5968843782597671 + 0.6, out = 1.0 / (1.0 + std::exp(-net));
  const double gradient = (out - 0.01) * out * (1.0 - out) * 0.6;
  const std::vector<Diagnosis> diagnoses =
      diagnoses_of("claim out_h1 = 0.6000\nclaim dE/dw5 = " + std::to_string(gradient) + "\n");

  CHECK(diagnoses[1].method_right);
}

TEST_CASE("claims are evidence together: what explains all of them comes first", "[diagnose]") {
  // -1 times dE/dw5, dE/dw6 and dE/dw1
  const std::vector<Diagnosis> diagnoses =
      diagnoses_of("claim dE/dw5 = -0.08217\nclaim dE/dw6 = -0.08267\nclaim dE/dw1 = -0.00043857\n");

  for (const Diagnosis& diagnosis : diagnoses) {
    REQUIRE_FALSE(diagnosis.mistakes.empty());
    CHECK(diagnosis.mistakes[0].id == "sign");
    CHECK(diagnosis.mistakes[0].explains == 3);
    CHECK(diagnosis.mistakes[0].contradicts == 0);
  }
}

TEST_CASE("a rule that would make a right claim wrong comes after one that would not", "[diagnose]") {
  // Twice dE/dw5, while dE/dw7 is right: not everything was doubled.
  const std::vector<Diagnosis> diagnoses =
      diagnoses_of("claim dE/dw5 = 0.16433\nclaim dE/dw7 = -0.022602540\n");

  REQUIRE_FALSE(diagnoses[0].mistakes.empty());
  CHECK(diagnoses[0].mistakes[0].contradicts == 0);
}

TEST_CASE("where several mistakes remain, a value is named that tells them apart", "[diagnose]") {
  // i2 is twice i1: the neighbour's input makes twice the gradient, but leaves dE/dnet_h1 alone.
  const Diagnosis diagnosis = diagnosis_of("dE/dw1 = 0.0008771");

  CHECK(names(diagnosis, "factor-two"));
  CHECK(names(diagnosis, "neighbour-input"));
  CHECK(diagnosis.ask == "dE/dnet_h1");
}

TEST_CASE("where no value tells the mistakes apart, none is named", "[diagnose]") {
  // With two samples the mean forgotten is a factor of 2, whatever is asked for.
  const std::string batch =
      "x1 = 0.5\nx2 = 0.25\nw = 0.7\nb = 0.1\nn1 = w*x1 + b\ny1 = tanh(n1)\nn2 = w*x2 + b\ny2 = tanh(n2)\n"
      "t = 0.9\nE1 = (t - y1)^2\nE2 = (t - y2)^2\nE = (E1 + E2)/2\n";
  const double truth =
      bp::check_worksheet(bp::parse_worksheet(batch + "claim dE/dw = 1\n", "test.bp")).claims[0].truth;
  const bp::Worksheet sheet =
      bp::parse_worksheet(batch + "claim dE/dw = " + std::to_string(2.0 * truth) + "\n", "test.bp");

  const Diagnosis diagnosis = bp::check_worksheet(sheet).claims[0].diagnosis;

  CHECK(names(diagnosis, "factor-two"));
  CHECK(names(diagnosis, "mean"));
  CHECK(diagnosis.ask.empty());
}

TEST_CASE("what is found for one claim does not depend on those beside it", "[diagnose]") {
  // A penalty has no part in dnet/db, though 1 + 2 lambda b = 1.2 is what one would add to it.
  const bp::Worksheet sheet = bp::parse_worksheet(
      "x = 0.5\nt = 0.9\nlambda = 0.2\nw = 0.7\nb = 0.5\nnet = w*x + b\ny = tanh(net)\nE = 0.5*(t - y)^2\n"
      "J = E + lambda*w^2\nclaim dJ/dw = 0.12345\nclaim dnet/db = 1.2000\n",
      "test.bp");

  CHECK_FALSE(names(bp::check_worksheet(sheet).claims[1].diagnosis, "penalty"));
}

TEST_CASE("two mistakes at once are named, and only where no single one fits", "[diagnose]") {
  // -d h: no derivative of the output's activation, and the sign turned round.
  const Diagnosis diagnosis = diagnosis_of("dE/dw5 = -0.4398296490");

  REQUIRE_FALSE(diagnosis.mistakes.empty());
  CHECK(diagnosis.mistakes[0].id == "two-mistakes");
  CHECK(contains(diagnosis.mistakes[0].says, "sign"));
  CHECK(contains(diagnosis.mistakes[0].says, "no-output-activation-derivative"));
}

TEST_CASE("values of a graph are diagnosed as those of a worksheet are, and the graph is left alone",
          "[diagnose]") {
  Graph graph;
  const Value x = graph.leaf(2.0, "x"), w = graph.leaf(-0.5, "w"), b = graph.leaf(1.5, "b");
  const Value y = tanh(w * x + b).named("y");
  const Value E = (0.5 * square(y - 1.0)).named("E");
  E.backward();
  const double grad = w.grad();
  const std::vector<Hand_number> claims = {{E, w, "-1.692", 0}, {E, b, "-0.423", 0}};

  const std::vector<Diagnosis> diagnoses = diagnose(graph, E, claims);

  CHECK(names(diagnoses[0], "factor-two"));
  CHECK(diagnoses[1].mistakes.empty());
  CHECK(w.grad() == grad);
  CHECK(E.data() == 0.5 * (std::tanh(0.5) - 1.0) * (std::tanh(0.5) - 1.0));
}

TEST_CASE("what cannot be diagnosed is refused", "[diagnose]") {
  Graph graph, other;
  const Value x = graph.leaf(2.0, "x"), y = square(x).named("y"), stranger = other.leaf(1.0);
  const auto refuses = [&](const Hand_number& claim) {
    CHECK_THROWS_AS(diagnose(graph, y, std::vector{claim}), std::invalid_argument);
  };

  refuses({x, x, "1.5", 0});         // a leaf has no derivative
  refuses({y, stranger, "1.5", 0});  // of another graph
  refuses({y, x, "four", 0});        // no number
  refuses({y, x, "4.0", 1});         // after a step, and no learning rate
  CHECK_THROWS_AS(diagnose(graph, y, std::vector<Hand_number>{{y, x, "4.0", 1'000'000'000}}, {{x}, 0.1}),
                  std::length_error);
}

TEST_CASE("every mistake that is named is one of the catalogue", "[diagnose]") {
  const auto ids = bp::mistake_ids();

  for (const char* claim :
       {"dE/dw1 = 0.000668", "dE/dw5 = 0.16433", "dE/dw5 = -0.4398296490", "E' = 0.291027924"}) {
    for (const std::string& id : ids_of(diagnosis_of(claim))) {
      CHECK(std::find(ids.begin(), ids.end(), id) != ids.end());
    }
  }
}
