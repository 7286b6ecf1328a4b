// The paths from the loss to a value: how many there are, and those with the largest products.

// The boxes between a value and the loss, and the uses that lead from one to the other.
function uses_between(calculation, box) {
  const on_path = new Set(), uses = new Set(), waiting = [box];
  const leads_to_loss = (candidate) => calculation.has_grad(candidate);
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (on_path.has(next)) continue;
    on_path.add(next);
    if (next === calculation.loss) continue;
    for (const use of calculation.uses_of[next]) {
      const user = calculation.uses[use].from;
      if (!leads_to_loss(user)) continue;
      uses.add(use);
      waiting.push(user);
    }
  }
  return {boxes: on_path, uses};
}

// The `top` paths of the largest |product|, and their number, as a BigInt. For each box between, from the
// loss down, the largest to it are the largest to its users, each times the arrow's local derivative.
function find_paths(calculation, box, top) {
  const {boxes, uses} = uses_between(calculation, box);
  if (!boxes.has(calculation.loss)) return {count: 0n, largest: [], uses};
  const in_order = [...boxes].sort((a, b) => calculation.boxes[b].at - calculation.boxes[a].at);
  const count = new Map(), largest = new Map();
  for (const each of in_order) {
    if (each === calculation.loss) {
      count.set(each, 1n);
      largest.set(each, [{uses: [], product: 1}]);
      continue;
    }
    let paths = 0n;
    const found = [];
    for (const use of calculation.uses_of[each]) {
      if (!uses.has(use)) continue;
      const user = calculation.uses[use].from, local = calculation.local(use);
      paths += count.get(user);
      for (const path of largest.get(user)) {
        found.push({uses: [...path.uses, use], product: path.product === 0 ? 0 : path.product * local});
      }
    }
    found.sort((a, b) => abs(b.product) - abs(a.product));
    count.set(each, paths);
    largest.set(each, found.slice(0, top));
  }
  return {count: count.get(box), largest: largest.get(box), uses};
}
