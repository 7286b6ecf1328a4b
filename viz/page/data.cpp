// The JSON of a step-through page.
#include <fmt/format.h>

#include "engine/model/json_text.h"
#include "viz/claim.h"
#include "viz/json.h"
#include "viz/page/formula.h"
#include "viz/page/model.h"
#include "viz/text.h"

namespace bp {
namespace {

constexpr std::size_t longest_text = 40;  // characters of a claim

std::string operations_as_json() {
  Json_list names;
  for (std::size_t op = 0; op < op_count; ++op) names.add(json_text(info(static_cast<Op>(op)).name));
  return names.text();
}

std::string tape_as_json(Graph& graph) {
  Json_list nodes;
  for (const Value value : graph) {
    Json_list node;
    node.add(std::to_string(static_cast<int>(value.op())));
    if (value.is_leaf() || value.is_constant()) node.add(json_number(value.data()));
    for (std::size_t k = 0; k < value.input_count(); ++k) node.add(std::to_string(value.input(k).index()));
    nodes.add(node.text());
  }
  return nodes.text();
}

std::string box_as_json(const Page_model::Box& box) {
  std::string start = fmt::format("{{\"name\":{},\"at\":{}", json_text(box.name), box.place);
  if (box.group) start += fmt::format(",\"group\":{}", *box.group);
  if (box.is_leaf) return start + "}";
  return start +
         fmt::format(",\"formula\":{},\"text\":{}}}", formula_as_json(box.formula), json_text(box.line));
}

std::string use_as_json(const Page_model::Use& use) {
  return fmt::format("{{\"to\":{},\"from\":{},\"node\":{},\"input\":{},\"formula\":{}}}", use.to, use.from,
                     use.node, use.input, use.formula ? formula_as_json(*use.formula) : "0");
}

std::string group_as_json(const Page_model::Group& group) {
  return fmt::format("{{\"name\":{},\"parent\":{}}}", json_text(group.name),
                     group.parent ? std::to_string(*group.parent) : "null");
}

std::string diagnosis_as_json(const Claim& claim, const Checked_claim& checked) {
  const Diagnosis& diagnosis = checked.diagnosis;
  Json_list texts;
  if (diagnosis.method_right) texts.add(json_text("The method is right."));
  for (const Mistake& mistake : diagnosis.mistakes) texts.add(json_text(mistake.id + ": " + mistake.says));
  if (diagnosis.mistakes.empty()) texts.add(json_text(no_mistake_makes(claim, checked)));
  if (!diagnosis.ask.empty()) texts.add(json_text(question_of(diagnosis)));
  return texts.text();
}

std::string claims_as_json(const Worksheet& worksheet, const Check& check) {
  constexpr int digits = 12;  // as `backstep check` prints
  Json_list claims;
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    const Claim& claim = worksheet.claims[i];
    const Checked_claim& checked = check.claims[i];
    claims.add(fmt::format(
        "{{\"line\":{},\"target\":{},\"written\":{},\"truth\":{},\"verdict\":\"{}\",\"diagnosis\":{}}}",
        claim.line, json_text(shown_target(claim, longest_text)),
        json_text(shown_name(claim.written, longest_text)), json_text(shown_number(checked.truth, digits)),
        word_of(checked.verdict),
        checked.verdict == Verdict::wrong ? diagnosis_as_json(claim, checked) : "[]"));
  }
  return claims.text();
}

}  // namespace

std::string page_data_as_json(const Page_model& model, const Worksheet& worksheet, const Check& check,
                              int digits) {
  return fmt::format(
      "{{\"digits\":{},\"loss\":{},\"rate\":{},\"train\":{},\"boxes\":{},\"uses\":{},\"groups\":{},"
      "\"claims\":{},\"operations\":{},\"tape\":{}}}",
      digits, model.loss, worksheet.learning_rate ? json_number(*worksheet.learning_rate) : "null",
      json_list(model.train, [](std::size_t leaf) { return std::to_string(leaf); }),
      json_list(model.boxes, box_as_json), json_list(model.uses, use_as_json),
      json_list(model.groups, group_as_json), claims_as_json(worksheet, check), operations_as_json(),
      tape_as_json(*worksheet.graph));
}

}  // namespace bp
