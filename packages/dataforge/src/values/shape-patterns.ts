const N = String.raw`(?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|-?Infinity|NaN)`;
const POINT = String.raw`\(${N},${N}\)`;
const POINTS = `${POINT}(?:,${POINT})*`;

/** As Postgres prints them (https://www.postgresql.org/docs/current/datatype-geometric.html). */
export const SHAPES: Readonly<Record<string, string>> = {
  point: POINT,
  line: String.raw`\{${N},${N},${N}\}`,
  lseg: String.raw`\[${POINT},${POINT}\]`,
  box: `${POINT},${POINT}`,
  path: String.raw`\(${POINTS}\)|\[${POINTS}\]`,
  polygon: String.raw`\(${POINTS}\)`,
  circle: `<${POINT},${N}>`,
};
