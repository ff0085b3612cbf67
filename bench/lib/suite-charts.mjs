// The suite's ratios as SVG: a group of bars for the boot and for each program, on a logarithmic scale, QEMU's TCG at 1.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const WIDTH = 860;
const LEFT = 120;
const RIGHT = 60;
const TOP = 56;
const BAR = 11;
const GAP = 9;
const COLOURS = ["#2a6f97", "#e07a1f", "#7a9e3a", "#8d5a97", "#a33b3b"];

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/**
 * @param {string} title
 * @param {{ name: string, values: (number | undefined)[] }[]} groups ratios, a value for each series
 * @param {string[]} series
 */
export function barChart(title, groups, series) {
  const values = groups.flatMap((group) => group.values).filter((value) => value !== undefined);
  const low = 2 ** Math.floor(Math.log2(Math.min(0.5, ...values)));
  const high = 2 ** Math.ceil(Math.log2(Math.max(2, ...values)));
  const span = Math.log2(high / low);
  const x = (value) => LEFT + (Math.log2(value / low) / span) * (WIDTH - LEFT - RIGHT);
  const groupHeight = series.length * BAR + GAP;
  const bottom = TOP + groups.length * groupHeight;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 28}" font-family="system-ui, sans-serif" font-size="11">`,
    "<style>text{fill:#333}line{stroke:#ccc}.one{stroke:#333}@media(prefers-color-scheme:dark){text{fill:#ddd}line{stroke:#555}.one{stroke:#ddd}}</style>",
    `<title>${escape(title)}</title>`,
    `<text x="10" y="18" font-size="14" font-weight="600">${escape(title)}</text>`,
  ];
  let at = 10;
  series.forEach((name, i) => {
    out.push(`<rect x="${at}" y="28" width="10" height="10" fill="${COLOURS[i % COLOURS.length]}"/>`);
    out.push(`<text x="${at + 14}" y="37">${escape(name)}</text>`);
    at += 34 + name.length * 6.2;
  });
  for (let tick = low; tick <= high; tick *= 2) {
    const place = x(tick).toFixed(1);
    out.push(`<line x1="${place}" y1="${TOP - 6}" x2="${place}" y2="${bottom}"${tick === 1 ? ' class="one"' : ""}/>`);
    out.push(`<text x="${place}" y="${bottom + 16}" text-anchor="middle">${tick}x</text>`);
  }
  groups.forEach((group, g) => {
    const y = TOP + g * groupHeight;
    const middle = y + (series.length * BAR) / 2 + 4;
    out.push(`<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escape(group.name)}</text>`);
    group.values.forEach((value, i) => {
      if (value === undefined) return;
      const [from, to] = [x(1), x(value)].sort((a, b) => a - b);
      const colour = COLOURS[i % COLOURS.length];
      const place = `x="${from.toFixed(1)}" y="${y + i * BAR}" width="${Math.max(1, to - from).toFixed(1)}"`;
      out.push(`<rect ${place} height="${BAR - 2}" fill="${colour}"/>`);
      out.push(
        `<text x="${(Math.max(from, to) + 4).toFixed(1)}" y="${y + i * BAR + 9}" font-size="9">${value.toFixed(2)}</text>`,
      );
    });
  });
  out.push("</svg>", "");
  return out.join("\n");
}

/** The chart of one guest of the summary; undefined where there is nothing to compare with QEMU. */
export function guestChart({ guest, uname, peers, programs }) {
  const shown = peers.filter((peer) => peer.compared.some((base) => base.to === "qemu"));
  if (shown.length === 0) return undefined;
  const bases = shown.map((peer) => peer.compared.find((base) => base.to === "qemu"));
  const group = (name, pick) => ({ name, values: bases.map((base) => pick(base)?.total) });
  const groups = [group("boot", (base) => base.boot)];
  for (const name of programs) groups.push(group(name, (base) => base.programs[name]));
  if (programs.length > 0) groups.push(group("geometric mean", (base) => base.geometricMean));
  const title = `CPU seconds as a multiple of QEMU TCG's: ${guest} (${uname})`;
  return barChart(
    title,
    groups,
    shown.map((peer) => peer.title),
  );
}

/** Writes `performance-GUEST.svg` for each guest into a folder, and gives the files' names by guest. */
export function writeCharts(folder, summary) {
  const names = {};
  for (const guest of summary) {
    const svg = guestChart(guest);
    if (svg === undefined) continue;
    names[guest.guest] = `performance-${guest.guest}.svg`;
    writeFileSync(join(folder, names[guest.guest]), svg);
  }
  return names;
}
