// Numbers for a reader, and whether one that somebody typed agrees with the true one:
// engine/worksheet/digits.h.

// Rounded to so many significant digits, as the engine prints them: whole numbers below a million are not
// rounded, below 1e-4 there is an exponent.
function shown_number(number, digits) {
  if (number !== number) return "nan";
  if (abs(number) === Infinity) return number < 0 ? "-inf" : "inf";
  if (number === 0) return "0";
  if (abs(number) < 1e6 && Number.isInteger(number)) return String(number);
  const [mantissa, exponent_text] = rounded(abs(number), digits).split("e");
  const exponent = Number(exponent_text), sign = number < 0 ? "-" : "";
  const all = mantissa.replace(".", "");
  const without_zeros = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= digits) {
    return sign + without_zeros(mantissa) + "e" + exponent;
  }
  if (exponent < 0)
    return sign +
        without_zeros(
               "0." +
               "0".repeat(-exponent - 1) + all);
  return sign + without_zeros(all.slice(0, exponent + 1) + "." + all.slice(exponent + 1));
}

// Text with its minuses as they are printed elsewhere: in front of a number and in its exponent.
const with_minus = (text) =>
    text.replace(/(^|[\s(=*/])-(?=[\d.]|inf\b)/g, "$1\u2212").replace(/(\de)-(?=\d)/g, "$1\u2212");
const printed_number = (number, digits) => with_minus(shown_number(number, digits));

// "1.234e-5". Half a unit goes to the even digit, as in C; toExponential would always go up.
function rounded(size, digits) {
  const up = size.toExponential(digits - 1);
  const exact = size.toExponential(60).split("e")[0].replace(".", "");
  if (!/^50*$/.test(exact.slice(digits)) || Number(exact[digits - 1]) % 2 === 1) return up;
  const kept = exact.slice(0, digits);
  return (digits > 1 ? kept[0] + "." + kept.slice(1) : kept) + "e" + size.toExponential(60).split("e")[1];
}

// A number as it was typed: its sign, its digits as a whole number, and the power of ten of the last of them.
// Nothing when it is not one.
function written_number(text) {
  const parts = /^([+\-\u2212]?)(\d*)(?:[.,](\d*))?(?:[eE]([+\-\u2212]?\d{1,4}))?$/.exec(text.trim());
  if (parts === null || !(parts[2] || parts[3])) return null;
  const digits = (parts[2] + (parts[3] || "")).replace(/^0+(?=\d)/, "");
  if (digits.length > 100) return null;
  const exponent = Number((parts[4] || "0").replace("\u2212", "-"));
  if (abs(exponent) > 2000) return null;
  return {
    negative: parts[1] === "-" || parts[1] === "\u2212",
    digits,
    unit: exponent - (parts[3] || "").length,
    is_zero: digits === "0",
  };
}

// A double is m * 2^two, exactly.
function parts_of_double(size) {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const high = bits.getUint32(0), low = BigInt(bits.getUint32(4));
  const biased = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | low;
  return biased === 0 ? [fraction, -1074] : [fraction | (1n << 52n), biased - 1075];
}

// "right": within half a unit of the last digit that was written, and 4 ulp. "truncated": cut off there
// instead of rounded. Else "wrong". In whole numbers, so that nothing needs rounding.
function compare_digits(written, truth) {
  if (!Number.isFinite(truth)) return "wrong";
  if (written.is_zero || truth === 0) return written.is_zero && truth === 0 ? "right" : "wrong";
  const [m, two] = parts_of_double(abs(truth));
  const scale = Math.max(0, -two, 1 - written.unit);  // 10^scale makes all of it whole
  const ten = (power) => 10n ** BigInt(power);
  const whole = (count) =>
      (two >= 0 ? (count << BigInt(two)) * ten(scale) : (count * ten(scale)) >> BigInt(-two));
  const said = BigInt(written.digits) * ten(scale + written.unit), is = whole(m);
  const half_unit = 5n * ten(scale + written.unit - 1);
  const same_sign = written.negative === truth < 0;
  const distance = same_sign ? (said > is ? said - is : is - said) : said + is;
  if (distance <= half_unit + whole(4n)) return "right";
  return same_sign && is >= said && is < said + 2n * half_unit ? "truncated" : "wrong";
}
