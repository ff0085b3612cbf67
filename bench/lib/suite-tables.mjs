// The suite's summary as Markdown.
import { tableLines } from "./table.mjs";

const time = (value) => (value === undefined ? "" : value < 0.1 ? value.toFixed(3) : value.toFixed(2));
const times = (value) => (value === undefined ? "" : `${value.toFixed(2)}x`);

function baseTitle(peers, id) {
  return peers.find((peer) => peer.id === id).title.replace(/, Node \d+$/, "");
}

function pair(ratio) {
  return [times(ratio?.total), times(ratio?.thread)];
}

/** @param {ReturnType<typeof import("./suite-summary.mjs").summarise>} summary */
export function bootTable(summary) {
  const head = [
    "guest",
    "emulator",
    "CPU s",
    "guest's thread s",
    "x QEMU",
    "thread x QEMU",
    "x v86",
    "peak RSS MB",
    "runs",
  ];
  const rows = [];
  for (const { guest, peers } of summary) {
    for (const peer of peers) {
      if (peer.boot === undefined) continue;
      const to = (id) => peer.compared.find((base) => base.to.startsWith(id))?.boot;
      rows.push([
        guest,
        peer.title,
        time(peer.boot.total),
        time(peer.boot.thread),
        ...pair(to("qemu")),
        times(to("v86")?.total),
        (peer.rss / 1e6).toFixed(0),
        peer.boot.runs,
      ]);
    }
  }
  return tableLines(head, rows);
}

/** CPU seconds of each program in each emulator, and Isinglass' ratios; undefined where no programs ran. */
export function programTable({ peers, programs }) {
  if (programs.length === 0) return undefined;
  const columns = [];
  for (const peer of peers) {
    const pick = (name) => peer.programs[name];
    columns.push({ head: `${peer.title} s`, cell: (name) => time(pick(name)?.total) });
    if (!peer.id.startsWith("isinglass-")) continue;
    columns.push({ head: "its guest's thread s", cell: (name) => time(pick(name)?.thread) });
    for (const base of peer.compared) {
      const title = baseTitle(peers, base.to);
      columns.push({ head: `x ${title}`, cell: (name) => times(base.programs[name]?.total), base, of: "total" });
      columns.push({ head: "thread", cell: (name) => times(base.programs[name]?.thread), base, of: "thread" });
    }
  }
  const fold = (key) => columns.map((column) => times(column.base?.[key]?.[column.of]));
  return tableLines(
    ["program", ...columns.map((column) => column.head)],
    [
      ...programs.map((name) => [name, ...columns.map((column) => column.cell(name))]),
      ["geometric mean", ...fold("geometricMean")],
      ["largest", ...fold("largest")],
    ],
  );
}

/** What differs between the CPU that a guest sees under Isinglass and under the others. */
export function differenceLines({ guest, peers, differences }) {
  return Object.entries(differences).flatMap(([id, lines]) => [
    `${guest}: the CPU under ${peers.find((peer) => peer.id === id).title} (there) is not the one under Isinglass (here):`,
    ...lines.map((line) => `- ${line}`),
  ]);
}

/** Everything, as Markdown's lines. */
export function suiteTables(summary) {
  const out = ["#### Boot to the shell", "", ...bootTable(summary)];
  for (const guest of summary) {
    const table = programTable(guest);
    if (table !== undefined) out.push("", `#### Programs, ${guest.guest} (${guest.uname})`, "", ...table);
    const notes = differenceLines(guest);
    if (notes.length > 0) out.push("", ...notes);
    if (guest.checksums.length > 0) out.push("", `Checksums differ: ${guest.checksums.join(", ")}`);
  }
  return out;
}
