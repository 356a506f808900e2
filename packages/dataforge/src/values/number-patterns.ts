/** A whole number without leading zeros; `-0` is none. */
export const WHOLE = String.raw`0|-?[1-9]\d*`;

/** Digits that a `numeric` without limits may have before and after the point. */
const MAX_DIGITS = 131_072;
const MAX_SCALE = 16_383;

/**
 * What a `numeric` takes. Places beyond its scale are rounded, so only what is left of them is limited, with one trap:
 * 999999.995 in a `numeric(8,2)` is rounded to a number that does not fit.
 *
 * @param modifiers  precision and scale; the scale may be negative, or above the precision
 */
export function numeric([precision, scale = 0]: readonly number[]): string {
  if (precision === undefined) {
    return String.raw`NaN|-?Infinity|-?(?:0|[1-9]\d{0,${MAX_DIGITS - 1}})(?:\.\d{1,${MAX_SCALE}})?`;
  }
  // A number with typmod may be NaN, but not infinite.
  return `NaN|-?(?!${overflow(precision, scale)})${magnitude(precision, scale)}`;
}

function magnitude(precision: number, scale: number): string {
  const whole = precision - scale;
  if (whole > 0) return String.raw`(?:0|[1-9]\d{0,${whole - 1}})(?:\.\d+)?`;
  // As many zeros as follow the point in all of its values, unless the number ends before.
  const zeros = -whole;
  if (zeros === 0) return String.raw`0(?:\.\d+)?`;
  return String.raw`0(?:\.(?:0{1,${zeros}}|0{${zeros}}\d+))?`;
}

/** Nines as far as the precision goes, then a digit that rounds them up. */
function overflow(precision: number, scale: number): string {
  const rounds = '[5-9]';
  if (scale < 0) return String.raw`9{${precision}}${rounds}\d{${-scale - 1}}(?!\d)`;
  if (scale > precision) return String.raw`0\.0{${scale - precision}}9{${precision}}${rounds}`;
  const whole = precision - scale;
  const point = scale === 0 ? String.raw`\.` : String.raw`\.9{${scale}}`;
  return `${whole === 0 ? '0' : `9{${whole}}`}${point}${rounds}`;
}
